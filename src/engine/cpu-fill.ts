import { brickBox } from '../core/brick';
import type { ImageArray } from '../core/dtype';
import { FloodlightError } from '../core/errors';
import type { Zyx } from '../core/vec';
import type { ComponentsFunction } from '../segment/components/types';
import type { SegmentThreads } from '../segment/cpu/threads';
import type { FillFunction } from '../segment/flood-fill/cpu/context';
import { CpuFloodFill } from '../segment/flood-fill/cpu/fill';
import type { Volume } from '../volume/model';
import { comparisonOf } from './comparison';
import type { FillBackend, FillHooks, StoredFillRequest } from './fill-backend';
import { priorityOf } from './scheduler/priority';
import type { Scheduler } from './scheduler/scheduler';

/** Surfaces are made on the processors that segment: they get a quarter of their time meanwhile. */
export const SURFACE_SHARE = 0.25;
const FRONTIER = priorityOf('frontier', 0);
const AHEAD = priorityOf('prefetch', 0);

/** Fills on the processor, in WebAssembly. */
export class CpuFill implements FillBackend {
  readonly id = 'cpu';
  readonly adapter: string;
  readonly surfaceShare = SURFACE_SHARE;
  readonly threads: number;
  private readonly floodFill: CpuFloodFill;

  constructor(
    readonly pool: SegmentThreads<FillFunction | ComponentsFunction>,
    private readonly openVolume: () => Volume | undefined,
    private readonly scheduler: Scheduler,
  ) {
    this.threads = pool.count;
    this.adapter = `CPU, ${pool.count} thread${pool.count === 1 ? '' : 's'}`;
    this.floodFill = new CpuFloodFill(pool);
  }

  draws(): boolean {
    return false;
  }

  /** What WebAssembly holds: the bricks of a fill, mostly. */
  get memoryBytes(): number {
    return this.pool.arena.sizeBytes;
  }

  /** What the bricks of the next fill may take in memory. */
  set budgetBytes(bytes: number) {
    this.floodFill.budgetBytes = bytes;
  }

  prepare(): Promise<void> {
    return this.floodFill.prepare();
  }

  fill(_id: number, request: StoredFillRequest, hooks: FillHooks) {
    const volume = this.openVolume();
    const finest = volume?.levels[0];
    if (!volume || !finest) throw new FloodlightError('NO_VOLUME', {});
    const { shapeZyx } = volume.info;
    const { dtype, range, prepare } = comparisonOf(finest.dtype, request.range);
    const read = async (brickZyx: Zyx, signal?: AbortSignal) =>
      prepare(
        (await this.scheduler.run(FRONTIER, signal, (own) => finest.readBrick(brickZyx, own))).data,
      );
    // Where it fails the fill will meet that itself.
    const prefetch = (brickZyx: Zyx, signal?: AbortSignal) => {
      const box = brickBox(brickZyx);
      this.scheduler.run(AHEAD, signal, (own) => finest.prefetch(box, own)).catch(() => {});
    };
    const recycle = (voxels: ImageArray) => finest.recycle?.(voxels);
    return this.floodFill.run(
      { dtype, shapeZyx, read, prefetch, recycle },
      { ...request, range },
      hooks,
    );
  }

  /** Ends the threads. */
  dispose(): void {
    this.pool.dispose();
  }
}
