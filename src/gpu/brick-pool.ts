import { BRICK_VOXELS } from '../core/brick';
import { FloodlightError } from '../core/errors';
import type { GpuMemory } from './memory';

/** Where a brick lies on the GPU: the `slot`-th brick of a block, one storage buffer. */
export interface BrickSlot {
  readonly block: GPUBuffer;
  readonly slot: number;
}

interface Entry extends BrickSlot {
  readonly key: string;
  pins: number;
}

/** Bricks of 64³ in one block: 32 MiB of u8. Small enough to grow in steps, far below the 128 MiB binding limit. */
const BRICKS_PER_BLOCK = 128;
const BLOCK_BYTES_LIMIT = 32 * 2 ** 20;

/**
 * Bricks of one dtype on the GPU, least recently used evicted first. The pool is a cache: what it holds can be had again
 * from its source. Blocks are allocated as needed until the memory's budget, or `limitBytes`, is reached.
 */
export class BrickPool {
  readonly bytesPerBrick: number;
  readonly bricksPerBlock: number;
  /** Insertion order is order of use: the first is the least recently used. */
  private readonly entries = new Map<string, Entry>();
  private readonly free: BrickSlot[] = [];
  private readonly blocks: GPUBuffer[] = [];

  constructor(
    private readonly memory: GpuMemory,
    private readonly label: string,
    bytesPerVoxel: number,
    private readonly limitBytes: number = Number.POSITIVE_INFINITY,
  ) {
    this.bytesPerBrick = BRICK_VOXELS * bytesPerVoxel;
    this.bricksPerBlock = Math.min(BRICKS_PER_BLOCK, BLOCK_BYTES_LIMIT / this.bytesPerBrick);
  }

  /** Bricks that the pool may hold at once. */
  get mostBricks(): number {
    const blocks = Math.floor(this.limitBytes / (this.bricksPerBlock * this.bytesPerBrick));
    return blocks * this.bricksPerBlock;
  }

  has(key: string): boolean {
    return this.entries.has(key);
  }

  /** The brick's slot, now the most recently used; undefined when it is not resident. */
  get(key: string): BrickSlot | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry;
  }

  /** Uploads a brick (its bytes as they are) and returns its slot; replaces what the key held. */
  put(key: string, data: ArrayBufferView<ArrayBuffer>): BrickSlot {
    const slot = this.get(key) ?? this.take(key);
    this.memory.device.queue.writeBuffer(
      slot.block,
      slot.slot * this.bytesPerBrick,
      data.buffer,
      data.byteOffset,
      this.bytesPerBrick,
    );
    return slot;
  }

  /** Keeps a resident brick from being evicted until `unpin` was called as often. */
  pin(key: string): void {
    const entry = this.entries.get(key);
    if (entry) entry.pins++;
  }

  unpin(key: string): void {
    const entry = this.entries.get(key);
    if (entry) entry.pins--;
  }

  dispose(): void {
    for (const block of this.blocks) this.memory.release(block);
    this.blocks.length = 0;
    this.entries.clear();
    this.free.length = 0;
  }

  private take(key: string): BrickSlot {
    const { block, slot } = this.free.pop() ?? this.grow() ?? this.evict();
    const entry: Entry = { block, slot, key, pins: 0 };
    this.entries.set(key, entry);
    return entry;
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

  private evict(): BrickSlot {
    for (const entry of this.entries.values()) {
      if (entry.pins > 0) continue;
      this.entries.delete(entry.key);
      return entry;
    }
    throw new FloodlightError('BUDGET_EXCEEDED', {
      what: this.label,
      neededBytes: (this.entries.size + 1) * this.bytesPerBrick,
      budgetBytes: Math.min(this.limitBytes, this.memory.budgetBytes),
    });
  }
}
