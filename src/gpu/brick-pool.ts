import { BRICK_VOXELS } from '../core/brick';
import { BrickLru } from '../core/brick-lru';
import type { GpuMemory, Refusal } from './memory';

/** Where a brick lies on the GPU: the `slot`-th brick of a block, one storage buffer. */
export interface BrickSlot {
  readonly block: GPUBuffer;
  readonly slot: number;
}

/** Bricks of 64³ in one block: 32 MiB of u8, far below the 128 MiB binding limit. */
const BRICKS_PER_BLOCK = 128;
const BLOCK_BYTES_LIMIT = 32 * 2 ** 20;
/** A new block has so many times fewer bricks than there are places, the first ones one each: no more of these stay empty while the pool fills. */
const GROWTH = 16;
/** A block has as many bricks as fit into this, or one. */
const LEAST_BLOCK_BYTES = BRICK_VOXELS;
/** Blocks that would be smaller are not tried for where a larger one was refused: there is no memory left to speak of. */
const LEAST_BRICKS_RETRIED = 8;

/**
 * Bricks of one dtype on the GPU. Blocks are allocated as needed until the memory's budget, or `limitBytes`, is reached. A block
 * that the device refuses is forgotten with its bricks, and later ones are half as large at most.
 */
export class BrickPool extends BrickLru<BrickSlot> {
  readonly memoryBytes = 0;
  private mostPerBlock: number;
  private free: BrickSlot[] = [];
  private readonly blocks = new Set<GPUBuffer>();
  private blockBytes = 0;

  constructor(
    private readonly memory: GpuMemory,
    label: string,
    bytesPerVoxel: number,
    private limitBytes: number = Number.POSITIVE_INFINITY,
  ) {
    super(label, BRICK_VOXELS * bytesPerVoxel);
    this.mostPerBlock = Math.min(BRICKS_PER_BLOCK, BLOCK_BYTES_LIMIT / this.bytesPerBrick);
  }

  get mostBricks(): number {
    return this.places + this.room;
  }

  override dispose(): void {
    super.dispose();
    for (const block of this.blocks) this.memory.release(block);
    this.blocks.clear();
    this.blockBytes = 0;
    this.free = [];
  }

  setLimit(limitBytes: number): void {
    this.limitBytes = limitBytes;
    for (const block of [...this.blocks].reverse())
      if (this.blockBytes > limitBytes) this.releaseBlock(block);
  }

  protected get budgetBytes(): number {
    return Math.min(this.limitBytes, this.memory.budgetBytes);
  }

  protected allocate(): BrickSlot | undefined {
    return this.free.pop() ?? this.grow();
  }

  protected write({ block, slot }: BrickSlot, data: ArrayBufferView<ArrayBuffer>): void {
    this.memory.device.queue.writeBuffer(
      block,
      slot * this.bytesPerBrick,
      data.buffer,
      data.byteOffset,
      this.bytesPerBrick,
    );
  }

  /** Bricks for which there are blocks, and those for which there may yet be. */
  private get places(): number {
    return this.blockBytes / this.bytesPerBrick;
  }

  private get room(): number {
    const { usedBytes, budgetBytes } = this.memory;
    const bytes = Math.min(this.limitBytes - this.blockBytes, budgetBytes - usedBytes);
    return Math.floor(Math.max(0, bytes) / this.bytesPerBrick);
  }

  private releaseBlock(block: GPUBuffer): void {
    if (!this.evictAll((slot) => slot.block === block)) return;
    this.free = this.free.filter((slot) => slot.block !== block);
    this.blocks.delete(block);
    this.blockBytes -= block.size;
    this.memory.release(block);
  }

  private grow(): BrickSlot | undefined {
    const least = Math.floor(LEAST_BLOCK_BYTES / this.bytesPerBrick);
    const wanted = Math.max(1, least, Math.floor(this.places / GROWTH));
    const bricks = Math.min(wanted, this.mostPerBlock, this.room);
    if (bricks === 0) return undefined;
    const bytes = bricks * this.bytesPerBrick;
    const block = this.memory.allocate(
      this.label,
      bytes,
      GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
      () => this.lose(block),
    );
    this.blocks.add(block);
    this.blockBytes += bytes;
    for (let slot = bricks - 1; slot > 0; slot--) this.free.push({ block, slot });
    return { block, slot: 0 };
  }

  /** What lies in a block that the device has no memory for is not there. */
  private lose(block: GPUBuffer): Refusal {
    this.blocks.delete(block);
    this.blockBytes -= block.size;
    this.free = this.free.filter((slot) => slot.block !== block);
    this.forget((slot) => slot.block === block);
    const half = Math.floor(block.size / this.bytesPerBrick / 2);
    this.mostPerBlock = Math.max(1, half);
    return { isRetried: half >= LEAST_BRICKS_RETRIED };
  }
}
