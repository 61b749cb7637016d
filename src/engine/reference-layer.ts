import { BRICK_VOXELS } from '../core/brick';
import { colourOfId64, packColour } from '../core/colour';
import type { Zyx } from '../core/vec';
import type { LabelLayer } from '../volume/model';

/**
 * A stored label layer as slices draw it: its ids, of up to 64 bits (of negative ones the bits), mapped to indices from 1 on in the order in which they
 * were met; 0 stays 0.
 */
export class ReferenceLayer {
  private readonly indices = new Map<bigint, number>();
  private readonly colours: number[] = [0];
  /** Set when new ids came since `takeColours`. */
  private stale = true;

  constructor(readonly layer: LabelLayer) {}

  /** A brick's indices, 64³, C-ordered. */
  async readBrick(
    level: number,
    brickZyx: Zyx,
    signal: AbortSignal,
  ): Promise<Uint32Array<ArrayBuffer>> {
    const reader = this.layer.levels[level];
    const indices = new Uint32Array(BRICK_VOXELS);
    if (!reader) return indices;
    const { data } = await reader.readBrick(brickZyx, signal);
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

  /** The colours of all indices so far, packed; undefined when none are new. */
  takeColours(): Uint32Array<ArrayBuffer> | undefined {
    if (!this.stale) return undefined;
    this.stale = false;
    return new Uint32Array(this.colours);
  }

  private indexOf(id: bigint): number {
    if (id === 0n) return 0;
    const known = this.indices.get(id);
    if (known !== undefined) return known;
    const index = this.colours.length;
    this.indices.set(id, index);
    this.colours.push(packColour(colourOfId64(id)));
    this.stale = true;
    return index;
  }
}
