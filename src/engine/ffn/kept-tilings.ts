import { z } from 'zod';
import type { Zyx } from '../../core/vec';
import type { KeptValues } from '../../disk/kept-values';
import type { AdapterInfo } from '../../gpu/device';
import { type Tiling, tilingOf, tilingsFor } from '../../segment/network/gpu/tiling';
import { KERNELS_VERSION } from '../../segment/network/gpu/version';
import type { Precision } from '../../segment/network/network';

/** What a tiling was timed for, beside the adapter. */
export interface TimedFor {
  readonly fieldOfViewZyx: Zyx;
  readonly features: number;
  readonly precision: Precision;
}

/** An entry says again what it is of: one that was moved or written over says something else. */
const entry = z.strictObject({ of: z.string(), tiling: z.unknown() });

/** The tilings that were found fastest on an adapter, kept for later visits. What is read is believed only where it is one of those that would be tried. */
export class KeptTilings {
  constructor(
    private readonly values: KeptValues,
    private readonly adapter: AdapterInfo,
  ) {}

  /** Undefined where none is kept, or what is kept is damaged, of other kernels, or of another adapter. */
  async find(what: TimedFor): Promise<Tiling | undefined> {
    const of = this.keyOf(what);
    const parsed = entry.safeParse(await this.values.read(of).catch(() => undefined));
    if (!parsed.success || parsed.data.of !== of) return undefined;
    return tilingOf(this.adapter, parsed.data.tiling);
  }

  async keep(what: TimedFor, tiling: Tiling): Promise<void> {
    const of = this.keyOf(what);
    await this.values.write(of, { of, tiling }).catch(() => {});
  }

  private keyOf({ fieldOfViewZyx, features, precision }: TimedFor): string {
    const { vendor, architecture, device, description, features: own } = this.adapter;
    return JSON.stringify([
      'tiling',
      [KERNELS_VERSION, tilingsFor(this.adapter)],
      [vendor, architecture, device, description, own],
      [fieldOfViewZyx, features, precision],
    ]);
  }
}
