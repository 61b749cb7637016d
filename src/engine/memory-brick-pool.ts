import { BRICK_VOXELS } from '../core/brick';
import { BrickLru } from '../core/brick-lru';
import type { ImageArray } from '../core/dtype';

/** 64³ voxels of an image or of u32 labels. */
export type BrickVoxels = ImageArray | Uint32Array;

/** Where a brick lies in main memory. */
export interface MemorySlot {
  readonly voxels: BrickVoxels;
}

/** Bricks of one dtype in main memory; keeps the arrays it is given, without a copy. */
export class MemoryBrickPool extends BrickLru<MemorySlot> {
  constructor(
    label: string,
    bytesPerVoxel: number,
    protected budgetBytes: number,
  ) {
    super(label, BRICK_VOXELS * bytesPerVoxel);
  }

  get mostBricks(): number {
    return Math.floor(this.budgetBytes / this.bytesPerBrick);
  }

  get memoryBytes(): number {
    return this.size * this.bytesPerBrick;
  }

  setLimit(limitBytes: number): void {
    this.budgetBytes = limitBytes;
    while (this.size > this.mostBricks && this.evictOne());
  }

  protected allocate(): MemorySlot | undefined {
    return this.size < this.mostBricks ? { voxels: new Uint8Array() } : undefined;
  }

  protected write(slot: { voxels: BrickVoxels }, data: ArrayBufferView<ArrayBuffer>): void {
    slot.voxels = data as BrickVoxels;
  }
}
