import { BRICK_VOXELS } from '../core/brick';
import { colourOfId64, packColour } from '../core/colour';
import type { Zyx } from '../core/vec';
import type { LevelReader } from '../volume/model';
import type { ShownColours } from './slice-source';

const DIGITS = /^-?\d{1,20}$/;
const ALPHA = 0xff000000;
/** The alpha of labels beside those that stand out: a quarter. */
const FAINT_ALPHA = 0x40000000;

/**
 * A stored label layer as slices draw it: its ids, of up to 64 bits (of negative ones the bits), mapped to indices from 1 on in the order in which they
 * were met; 0 stays 0.
 */
export class IndexedLabels implements ShownColours {
  version = 0;
  private readonly indices = new Map<bigint, number>();
  private colours = new Uint32Array(256);
  private count = 1;
  private emphasized: string | undefined;
  private bright: ReadonlySet<bigint> | undefined;

  constructor(private readonly levels: readonly LevelReader[]) {}

  /** The colours of all indices so far. */
  get words(): Uint32Array<ArrayBuffer> {
    return this.colours.subarray(0, this.count);
  }

  emphasize(ids: readonly string[] | undefined): void {
    const emphasized = ids?.join();
    if (emphasized === this.emphasized) return;
    this.emphasized = emphasized;
    const known = ids?.filter((id) => DIGITS.test(id));
    this.bright = known && new Set(known.map((id) => BigInt.asUintN(64, BigInt(id))));
    for (const [id, index] of this.indices)
      this.colours[index] = this.withAlpha(this.colours[index] ?? 0, id);
    this.version++;
  }

  /** A brick's indices, 64³, C-ordered. */
  async readBrick(
    level: number,
    brickZyx: Zyx,
    signal: AbortSignal,
    onFetched?: () => void,
  ): Promise<Uint32Array<ArrayBuffer>> {
    const reader = this.levels[level];
    const indices = new Uint32Array(BRICK_VOXELS);
    if (!reader) return indices;
    const { data } = await reader.readBrick(brickZyx, signal, onFetched);
    let lastId: number | bigint | undefined;
    let lastIndex = 0;
    for (let i = 0; i < BRICK_VOXELS; i++) {
      const id = data[i] ?? 0;
      if (id !== lastId) {
        lastId = id;
        lastIndex = this.indexOf(BigInt.asUintN(64, BigInt(id)));
      }
      indices[i] = lastIndex;
    }
    return indices;
  }

  private indexOf(id: bigint): number {
    if (id === 0n) return 0;
    const known = this.indices.get(id);
    if (known !== undefined) return known;
    const index = this.count++;
    this.indices.set(id, index);
    if (index === this.colours.length) {
      const larger = new Uint32Array(2 * index);
      larger.set(this.colours);
      this.colours = larger;
    }
    this.colours[index] = this.withAlpha(packColour(colourOfId64(id)), id);
    this.version++;
    return index;
  }

  private withAlpha(colour: number, id: bigint): number {
    const isBright = this.bright?.has(id) ?? true;
    return ((colour & ~ALPHA) | (isBright ? ALPHA : FAINT_ALPHA)) >>> 0;
  }
}
