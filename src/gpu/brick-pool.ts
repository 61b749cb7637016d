import { BRICK_VOXELS } from '../core/brick';
import { BrickLru } from '../core/brick-lru';
import type { GpuMemory } from './memory';

/** Where a brick lies on the GPU: the `slot`-th brick of a block, one storage buffer. */
export interface BrickSlot {
  readonly block: GPUBuffer;
  readonly slot: number;
}

/** Bricks of 64³ in one block: 32 MiB of u8. Small enough to grow in steps, far below the 128 MiB binding limit. */
const BRICKS_PER_BLOCK = 128;
const BLOCK_BYTES_LIMIT = 32 * 2 ** 20;

/** Bricks of one dtype on the GPU. Blocks are allocated as needed until the memory's budget, or `limitBytes`, is reached. */
export class BrickPool extends BrickLru<BrickSlot> {
  readonly memoryBytes = 0;
  private readonly bricksPerBlock: number;
  private readonly free: BrickSlot[] = [];
  private readonly blocks: GPUBuffer[] = [];

  constructor(
    private readonly memory: GpuMemory,
    label: string,
    bytesPerVoxel: number,
    private readonly limitBytes: number = Number.POSITIVE_INFINITY,
  ) {
    super(label, BRICK_VOXELS * bytesPerVoxel);
    this.bricksPerBlock = Math.min(BRICKS_PER_BLOCK, BLOCK_BYTES_LIMIT / this.bytesPerBrick);
  }

  get mostBricks(): number {
    const blocks = Math.floor(this.limitBytes / (this.bricksPerBlock * this.bytesPerBrick));
    return blocks * this.bricksPerBlock;
  }

  override dispose(): void {
    super.dispose();
    for (const block of this.blocks) this.memory.release(block);
    this.blocks.length = 0;
    this.free.length = 0;
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

  private grow(): BrickSlot | undefined {
    const bytes = this.bricksPerBlock * this.bytesPerBrick;
    const total = (this.blocks.length + 1) * bytes;
    if (total > this.limitBytes || !this.memory.fits(bytes)) return undefined;
    const block = this.memory.allocate(
      this.label,
      bytes,
      GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
    );
    this.blocks.push(block);
    for (let slot = this.bricksPerBlock - 1; slot > 0; slot--) this.free.push({ block, slot });
    return { block, slot: 0 };
  }
}
