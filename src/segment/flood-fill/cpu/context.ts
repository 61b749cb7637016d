import { type Box, boxEnd } from '../../../core/box';
import { BRICK_EDGE, type BrickKey, brickKey, brickOfVoxel } from '../../../core/brick';
import { type Bits, BRICK_BITS_BYTES } from '../../../core/brick-bits';
import { bytesOf, type ImageArray, type ImageDtype, viewAs } from '../../../core/dtype';
import { subtract, volumeOf, type Zyx } from '../../../core/vec';
import type { SegmentThreads } from '../../cpu/threads';
import { dtypeCode, gridOf, insideGrid, LINKS_PER_BRICK, linksOf, windowBricks } from '../plan';
import type { FloodFillRequest } from '../types';

/** The exports of wasm/segment/fill.cpp. */
export type FillFunction =
  | 'fill_context_bytes'
  | 'fill_brick_bytes'
  | 'fill_begin'
  | 'fill_admit'
  | 'fill_evict'
  | 'fill_restore'
  | 'fill_read'
  | 'fill_queue'
  | 'fill_step'
  | 'fill_pending'
  | 'fill_voxels'
  | 'fill_visits'
  | 'fill_wanted'
  | 'fill_changed'
  | 'fill_bits';

/** What stays the same through a fill. */
export interface FillSetup {
  readonly dtype: ImageDtype;
  readonly request: FloodFillRequest;
  /** The voxels that may be filled. */
  readonly clip: Box;
  /** What the bits of its bricks may take. */
  readonly budgetBytes: number;
  /** Voxels that lie in WebAssembly's memory at a time: a brick's, or a whole volume's. */
  readonly sourceVoxels: number;
}

/** The steps from a voxel to the next plane and the next row, in voxels. */
interface Strides {
  readonly z: number;
  readonly y: number;
}

/** Memory grows by so many bricks at a time. */
const BRICKS_AT_A_TIME = 64;
/** Fewer bricks are visited before another thread has its message. */
const BRICKS_A_THREAD = 4;
/** Bricks that are told in one call, by four numbers each. */
const LIST_LENGTH = 1024;
const LIST_BYTES = LIST_LENGTH * 4 * 4;

/** A brick that is touched and not there, and the one that touches it. */
interface Wanted {
  readonly key: BrickKey;
  readonly source: BrickKey;
}

/** A fill in WebAssembly's memory: its bricks, what is filled of them, and which others it wants. BUDGET_EXCEEDED where hardly any fit. */
export class FillContext {
  private readonly grid: ReturnType<typeof gridOf>;
  private readonly slots = new Map<BrickKey, number>();
  /** By slot; what a slot held last where it is free. */
  private readonly keys: BrickKey[] = [];
  private readonly free: number[] = [];
  /** Takes one brick's bits after the other; memory of threads is nobody else's to read. */
  private readonly changedBytes = new Uint8Array(BRICK_BITS_BYTES);
  /** Bricks that can be there at once. */
  readonly capacity: number;
  private readonly brickBytes: number;
  /** Bricks for which there is memory. */
  private reserved = 0;
  /** Where the blocks of memory begin; only the last one grows. */
  private at = { list: 0, bits: 0, source: 0, fill: 0, bricks: 0 };

  constructor(
    private readonly threads: SegmentThreads<FillFunction>,
    private readonly setup: FillSetup,
  ) {
    const { request, clip, budgetBytes } = setup;
    this.grid = gridOf(clip);
    this.brickBytes = threads.here.fill_brick_bytes();
    const bricks = volumeOf(subtract(this.grid.endZyx, this.grid.firstZyx));
    this.capacity = windowBricks(bricks, Math.floor(budgetBytes / this.brickBytes));
    this.reserve(1);
    const places = [...request.seedZyx, ...clip.originZyx, ...boxEnd(clip)];
    this.words(this.at.list, places.length).set(places);
    threads.here.fill_begin(
      ...[this.at.fill, this.at.bricks, this.capacity, dtypeCode(setup.dtype)],
      ...[request.connectivity, request.range.low, request.range.high, this.at.list],
    );
  }

  /** Bricks still to be visited. */
  get pending(): number {
    return this.threads.here.fill_pending(this.at.fill);
  }

  get voxels(): number {
    return this.threads.here.fill_voxels(this.at.fill);
  }

  get visits(): number {
    return this.threads.here.fill_visits(this.at.fill);
  }

  has(key: BrickKey): boolean {
    return this.slots.has(key);
  }

  /** Whether a brick lies in the grid of those that may be filled. */
  isInside(brickZyx: Zyx): boolean {
    return insideGrid(brickZyx, this.grid);
  }

  /** Bricks that can still be admitted. */
  get room(): number {
    return this.capacity - this.slots.size;
  }

  /** Takes in a brick's 64³ voxels, and what was filled of it before. There must be room for it. */
  arrive(brickZyx: Zyx, voxels: ImageArray, before: Bits | undefined): void {
    const { here } = this.threads;
    this.copyIn(voxels, this.at.source);
    const slot = this.admit(brickZyx, this.at.source, { z: BRICK_EDGE ** 2, y: BRICK_EDGE });
    here.fill_read(this.at.fill, slot, slot + 1);
    if (!before) return;
    this.copyIn(before, this.at.bits);
    here.fill_restore(this.at.fill, slot, this.at.bits);
  }

  /** Has a brick that is there looked at. */
  queue(key: BrickKey): void {
    this.threads.here.fill_queue(this.at.fill, this.slots.get(key) ?? 0);
  }

  /**
   * Lets go of a brick; none may be pending, and its bits were read by `changed`. Returns its closed links, as `closedLinks`
   * has them.
   */
  evict(key: BrickKey): number {
    const slot = this.slots.get(key);
    if (slot === undefined) return 0;
    this.slots.delete(key);
    this.free.push(slot);
    return this.threads.here.fill_evict(this.at.fill, slot);
  }

  /** Takes in all bricks out of a C-ordered volume, and queues the seed's. */
  async arriveWhole(values: ImageArray, [, sizeY, sizeX]: Zyx): Promise<void> {
    this.copyIn(values, this.at.source);
    const strides = { z: sizeY * sizeX, y: sizeX };
    const { firstZyx, endZyx } = this.grid;
    for (let z = firstZyx[0]; z < endZyx[0]; z++)
      for (let y = firstZyx[1]; y < endZyx[1]; y++)
        for (let x = firstZyx[2]; x < endZyx[2]; x++) {
          const corner = (z * strides.z + y * strides.y + x) * BRICK_EDGE;
          const source = this.at.source + corner * bytesOf[this.setup.dtype];
          this.admit([z, y, x], source, strides);
        }
    const share = (thread: number) => Math.ceil((this.slots.size * thread) / this.threads.count);
    const { fill } = this.at;
    await this.threads.call('fill_read', (thread) => [fill, share(thread), share(thread + 1)]);
    this.queue(brickKey(brickOfVoxel(this.setup.request.seedZyx)));
  }

  /** Visits bricks until none is queued, or each thread has made `mostVisits`; on all threads if there is much to do. */
  async step(mostVisits: number): Promise<void> {
    const { threads, at } = this;
    if (this.pending < BRICKS_A_THREAD * threads.count)
      threads.here.fill_step(at.fill, 0, mostVisits);
    else await this.stepTogether(mostVisits);
  }

  /** The same on all threads in any case. */
  async stepTogether(mostVisits: number): Promise<void> {
    await this.threads.call('fill_step', (thread) => [this.at.fill, thread, mostVisits]);
  }

  /** Bricks that what is filled touches and that are not there, told once for each that touches them. */
  *wanted(): Generator<Wanted> {
    const { list, fill } = this.at;
    for (let count = LIST_LENGTH; count === LIST_LENGTH; ) {
      count = this.threads.here.fill_wanted(fill, list, LIST_LENGTH);
      const told = this.words(list, 4 * count).slice();
      for (let i = 0; i < told.length; i += 4)
        yield {
          key: brickKey([told[i + 1] ?? 0, told[i + 2] ?? 0, told[i + 3] ?? 0]),
          source: this.keys[told[i] ?? 0] ?? 0,
        };
    }
  }

  /** The bits of the bricks that changed since the last call, all in the same array: each until the next is asked for. */
  *changed(): Generator<[BrickKey, Bits]> {
    const { list, fill, bits } = this.at;
    const { here, arena } = this.threads;
    for (let count = LIST_LENGTH; count === LIST_LENGTH; ) {
      count = here.fill_changed(fill, list, LIST_LENGTH);
      for (const slot of this.words(list, count).slice()) {
        here.fill_bits(fill, slot, bits);
        this.changedBytes.set(arena.bytes(bits, BRICK_BITS_BYTES));
        yield [this.keys[slot] ?? 0, viewAs('uint32', this.changedBytes)];
      }
    }
  }

  private admit(brickZyx: Zyx, source: number, strides: Strides): number {
    const slot = this.free.pop() ?? this.slots.size;
    this.reserve(slot + 1);
    const { list, fill } = this.at;
    this.words(list, LINKS_PER_BRICK).set(linksOf(brickZyx, this.grid, this.slots));
    const [z, y, x] = brickZyx;
    this.threads.here.fill_admit(fill, slot, z, y, x, list, source, strides.z, strides.y);
    const key = brickKey(brickZyx);
    this.slots.set(key, slot);
    this.keys[slot] = key;
    return slot;
  }

  private copyIn({ buffer, byteOffset, byteLength }: ImageArray | Bits, at: number): void {
    this.threads.arena.bytes(at, byteLength).set(new Uint8Array(buffer, byteOffset, byteLength));
  }

  /** Sees that there is memory for so many bricks. */
  private reserve(bricks: number): void {
    if (bricks <= this.reserved) return;
    const { brickBytes, setup, capacity } = this;
    this.reserved = Math.min(capacity, this.reserved + BRICKS_AT_A_TIME);
    const [list, bits, source, fill, first] = this.threads.arena.layout([
      LIST_BYTES,
      BRICK_BITS_BYTES,
      setup.sourceVoxels * bytesOf[setup.dtype],
      this.threads.here.fill_context_bytes(capacity),
      this.reserved * brickBytes,
    ]);
    this.at = { list, bits, source, fill, bricks: first };
  }

  /** Numbers in memory; stale once memory has grown. */
  private words(at: number, length: number): Int32Array {
    const { buffer, byteOffset } = this.threads.arena.bytes(at, length * 4);
    return new Int32Array(buffer, byteOffset, length);
  }
}
