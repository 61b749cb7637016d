import { type BrickKey, brickOfKey } from '../../core/brick';
import { measureWords, type PackedBits, type SegmentBits } from '../../core/packed-bits';
import { volumeOf } from '../../core/vec';
import { clearBits, finestBricks, maskOfBrick } from '../../segment/ffn/mask';
import type { FfnObject } from '../../segment/ffn/object';
import type { Segmentation } from '../segmentation';
import type { Placing } from './placing';

/** An object as it grows into a segment: which of its voxels are shown, and in the end kept. */
export class GrowingObject {
  private readonly masks = new Map<BrickKey, PackedBits>();
  private voxelsSoFar = 0;

  constructor(
    readonly object: FfnObject,
    readonly id: number,
    private readonly placing: Placing,
    private readonly segmentLogit: number,
    private readonly segmentation: Segmentation,
  ) {}

  /** Of the finest level. */
  get voxels(): number {
    return this.voxelsSoFar;
  }

  /** Of the level that the network sees. */
  get levelVoxels(): number {
    return this.voxelsSoFar / volumeOf(this.placing.grid.scaleZyx);
  }

  get bits(): SegmentBits {
    return this.masks;
  }

  /** Shows what changed since the last time; what was there before an object went on, all. */
  show(keys: Iterable<BrickKey> = this.object.canvas.takeTouched()): void {
    const { grid } = this.placing;
    const finest = new Set<BrickKey>();
    for (const key of keys) for (const covered of finestBricks(key, grid)) finest.add(covered);
    const changed = new Map<BrickKey, PackedBits>();
    for (const key of finest) {
      const packed = this.mask(key);
      if (packed) changed.set(key, packed);
    }
    this.segmentation.grow(this.id, changed);
  }

  /** Looks at all bricks again: segments that were finished meanwhile keep what they own. */
  settle(): void {
    this.show(this.object.canvas.keys());
    for (const [key, { voxels }] of this.masks) if (voxels === 0) this.masks.delete(key);
  }

  /** What a brick holds of the object; undefined where it never held anything. */
  private mask(key: BrickKey): PackedBits | undefined {
    const { labels } = this.segmentation;
    const bits = maskOfBrick(
      this.object.canvas,
      brickOfKey(key),
      this.segmentLogit,
      this.placing.grid,
    );
    const others = labels.othersOf(this.id, key);
    if (others) clearBits(bits, others);
    const before = this.masks.get(key);
    if (!before && measureWords(bits).voxels === 0) return undefined;
    const packed = labels.vault.pack(bits);
    this.masks.set(key, packed);
    this.voxelsSoFar += packed.voxels - (before?.voxels ?? 0);
    return packed;
  }
}
