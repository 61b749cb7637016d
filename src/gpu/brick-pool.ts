import { BRICK_VOXELS } from '../core/brick';
import { BrickLru } from '../core/brick-lru';
import type { GpuMemory, Refusal } from './memory';

/** Where a brick lies on the GPU: the `slot`-th brick of a block, one storage buffer. */
export interface BrickSlot {
  readonly block: GPUBuffer;
  readonly slot: number;
}

/** Bricks of 64³ in one block: 32 MiB of u8. Small enough to grow in steps, far below the 128 MiB binding limit. */
const BRICKS_PER_BLOCK = 128;
/** What a device refuses as a whole it may have in parts; smaller ones than of so many bricks are not worth their bindings. */
const LEAST_BRICKS_PER_BLOCK = 8;
const BLOCK_BYTES_LIMIT = 32 * 2 ** 20;

/**
 * Bricks of one dtype on the GPU. Blocks are allocated as needed until the memory's budget, or `limitBytes`, is reached. A block
 * that the device refuses is forgotten with its bricks, and later ones are half as large.
 */
export class BrickPool extends BrickLru<BrickSlot> {
  readonly memoryBytes = 0;
  private bricksPerBlock: number;
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
    this.bricksPerBlock = Math.min(BRICKS_PER_BLOCK, BLOCK_BYTES_LIMIT / this.bytesPerBrick);
  }

  get mostBricks(): number {
    const { usedBytes, budgetBytes } = this.memory;
    const room = Math.min(this.limitBytes - this.blockBytes, Math.max(0, budgetBytes - usedBytes));
    const more = Math.floor(room / (this.bricksPerBlock * this.bytesPerBrick));
    return this.blockBytes / this.bytesPerBrick + Math.max(0, more) * this.bricksPerBlock;
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

  private releaseBlock(block: GPUBuffer): void {
    if (!this.evictAll((slot) => slot.block === block)) return;
    this.free = this.free.filter((slot) => slot.block !== block);
    this.blocks.delete(block);
    this.blockBytes -= block.size;
    this.memory.release(block);
  }

  private grow(): BrickSlot | undefined {
    const bytes = this.bricksPerBlock * this.bytesPerBrick;
    if (this.blockBytes + bytes > this.limitBytes || !this.memory.fits(bytes)) return undefined;
    const block = this.memory.allocate(
      this.label,
      bytes,
      GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
      () => this.lose(block),
    );
    this.blocks.add(block);
    this.blockBytes += bytes;
    for (let slot = this.bricksPerBlock - 1; slot > 0; slot--) this.free.push({ block, slot });
    return { block, slot: 0 };
  }

  /** What lies in a block that the device has no memory for is not there. */
  private lose(block: GPUBuffer): Refusal {
    this.blocks.delete(block);
    this.blockBytes -= block.size;
    this.free = this.free.filter((slot) => slot.block !== block);
    this.forget((slot) => slot.block === block);
    const isRetried = this.bricksPerBlock > LEAST_BRICKS_PER_BLOCK;
    if (isRetried) this.bricksPerBlock >>= 1;
    return { isRetried };
  }
}
