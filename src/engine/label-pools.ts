import { BRICK_VOXELS } from '../core/brick';
import { BRICK_BITS_BYTES } from '../core/brick-bits';
import type { BrickLru } from '../core/brick-lru';
import type { SliceBackend } from './slices';

const ID_BYTES = 4;
const BIT_BYTES = BRICK_BITS_BYTES / BRICK_VOXELS;
/** What bits take of the limit: four times as many bricks as ids have room for. */
const BITS_SHARE = 1 / 8;

/** Where copies of the segmentation's bricks lie: bits of those that hold one segment alone, u32 ids of the others. */
export class LabelPools<Slot> {
  readonly ids: BrickLru<Slot>;
  readonly bits: BrickLru<Slot>;

  /** For `limitBytes` of both together. */
  constructor(backend: Pick<SliceBackend<Slot>, 'createPool'>, limitBytes: number) {
    this.ids = backend.createPool('label bricks', ID_BYTES, limitBytes * (1 - BITS_SHARE));
    this.bits = backend.createPool('label bits', BIT_BYTES, limitBytes * BITS_SHARE);
  }

  get all(): readonly BrickLru<Slot>[] {
    return [this.ids, this.bits];
  }

  /** Where a brick of one segment goes, or of several: undefined. */
  of(segment: number | undefined): BrickLru<Slot> {
    return segment === undefined ? this.ids : this.bits;
  }

  setLimit(limitBytes: number): void {
    this.ids.setLimit(limitBytes * (1 - BITS_SHARE));
    this.bits.setLimit(limitBytes * BITS_SHARE);
  }

  dispose(): void {
    for (const pool of this.all) pool.dispose();
  }
}
