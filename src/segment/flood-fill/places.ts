import { type BrickKey, brickKey, brickOfKey } from '../../core/brick';
import { type Bits, BRICK_BITS_BYTES, BRICK_WORDS } from '../../core/brick-bits';
import { add, type Zyx } from '../../core/vec';
import type { GpuMemory } from '../../gpu/memory';
import type { Readback } from '../../gpu/readback';
import { FillBuffers } from './buffers';
import { closedLinks } from './closed-links';
import { type gridOf, insideGrid, LINKS_PER_BRICK, linkStep, linksOf } from './plan';

/** A brick that takes part in a fill, and where its bits lie. */
export interface FillBrick {
  readonly brickZyx: Zyx;
  readonly slot: number;
}

/** A brick that is to have a place. */
export interface Newcomer {
  readonly brickZyx: Zyx;
  /** What was filled of it when it was put away. */
  readonly before: Bits | undefined;
}

/** What bounds the bricks of a fill. */
export interface FillBounds {
  /** The bricks in which voxels may be filled. */
  readonly grid: ReturnType<typeof gridOf>;
  /** Bricks that may be there at a time. */
  readonly mostBricks: number;
}

/** Bricks for which there are places at first, and how these grow when they run out. */
const FIRST_CAPACITY = 1;
const GROWTH = 17 / 16;
/** Bricks whose bits are read back at a time: of those that are there one in so many, and no fewer than 256 KiB. */
const READ_SHARE = 1 / 8;
const LEAST_READ = 8;
const NO_BITS: Bits = new Uint32Array(BRICK_WORDS);

/** Which brick of a fill lies where in its buffers, how bricks are tied to their neighbours, and the reading of their bits. */
export class FillPlaces {
  readonly buffers: FillBuffers;
  /** By slot; undefined where a slot is free. */
  private readonly bricks: (FillBrick | undefined)[] = [];
  private readonly slots = new Map<BrickKey, number>();
  private readonly free: number[] = [];
  /** Bricks whose links have to be written, since neighbours came or went. */
  private readonly stale = new Set<BrickKey>();

  constructor(
    private readonly memory: GpuMemory,
    private readonly readback: Readback,
    private readonly bounds: FillBounds,
  ) {
    this.buffers = new FillBuffers(memory, FIRST_CAPACITY);
  }

  /** The bits of what is filled; another buffer once there are more bricks than it had places for. */
  get state(): GPUBuffer {
    return this.buffers.state;
  }

  /** Slots that are or were in use: those after them hold nothing. */
  get usedSlots(): number {
    return this.bricks.length;
  }

  /** Bricks that can still be admitted. */
  get room(): number {
    return this.bounds.mostBricks - this.slots.size;
  }

  get size(): number {
    return this.slots.size;
  }

  /** Bricks that can be admitted ahead: half of the places that are free, so that there always are some. */
  get roomAhead(): number {
    return this.room / 2;
  }

  /** The bricks that are there. */
  *resident(): Generator<FillBrick> {
    for (const brick of this.bricks) if (brick) yield brick;
  }

  /** Whether a brick lies in the grid of those that may be filled. */
  isInside(brickZyx: Zyx): boolean {
    return insideGrid(brickZyx, this.bounds.grid);
  }

  has(key: BrickKey): boolean {
    return this.slots.has(key);
  }

  /** The slot of a brick that is there. */
  slotOf(key: BrickKey): number | undefined {
    return this.slots.get(key);
  }

  /** Gives places to bricks that have none, and ties them to their neighbours; there must be room for them. */
  admit(newcomers: readonly Newcomer[]): void {
    this.makeRoom(newcomers.length);
    for (const newcomer of newcomers) this.place(newcomer);
    this.writeLinks();
  }

  /** Lets go of bricks; no sub-brick may be queued, and their bits have been read. Resolves to the closed links of each. */
  async evict(keys: readonly BrickKey[]): Promise<Map<BrickKey, number>> {
    const closed = new Map<BrickKey, number>();
    const { open, state } = this.buffers;
    const there = keys.flatMap((key) => {
      const slot = this.slots.get(key);
      return slot === undefined ? [] : [{ key, slot }];
    });
    // Two reads a brick.
    const atOnce = Math.floor(this.readAtOnce / 2);
    for (let from = 0; from < there.length; from += atOnce) {
      const some = there.slice(from, from + atOnce);
      const bits = await this.readBricks(
        some.flatMap(({ slot }) => [
          { buffer: open, slot },
          { buffer: state, slot },
        ]),
      );
      some.forEach(({ key }, index) => {
        closed.set(key, closedLinks(bits[2 * index] ?? NO_BITS, bits[2 * index + 1] ?? NO_BITS));
      });
    }
    for (const { key, slot } of there) {
      this.slots.delete(key);
      this.bricks[slot] = undefined;
      this.free.push(slot);
      this.spoilLinks(key);
    }
    return closed;
  }

  /** The bits of some bricks as they are now, in their order. */
  async readBits(bricks: readonly FillBrick[]): Promise<Bits[]> {
    const read: Bits[] = [];
    for (let from = 0; from < bricks.length; from += this.readAtOnce) {
      const some = bricks.slice(from, from + this.readAtOnce);
      const { state } = this.buffers;
      const bits = await this.readBricks(some.map(({ slot }) => ({ buffer: state, slot })));
      read.push(...bits.map((words) => words.slice()));
    }
    return read;
  }

  dispose(): void {
    this.buffers.release();
  }

  private get readAtOnce(): number {
    return Math.max(LEAST_READ, Math.ceil(READ_SHARE * this.slots.size));
  }

  /** Bits by slot of `open` or `state`, all in one array. */
  private async readBricks(
    places: readonly { buffer: GPUBuffer; slot: number }[],
  ): Promise<Bits[]> {
    const { device } = this.memory;
    const encoder = device.createCommandEncoder({ label: 'flood fill bits' });
    const ranges = places.map(({ buffer, slot }) => ({
      buffer,
      offsetBytes: slot * BRICK_BITS_BYTES,
      sizeBytes: BRICK_BITS_BYTES,
    }));
    const reading = this.readback.record(encoder, ranges);
    device.queue.submit([encoder.finish()]);
    const words = new Uint32Array(await reading.read());
    return places.map((_, index) => words.subarray(index * BRICK_WORDS, (index + 1) * BRICK_WORDS));
  }

  private makeRoom(arriving: number): void {
    const needed = this.slots.size + arriving;
    if (needed <= this.buffers.capacity) return;
    const grown = Math.ceil(GROWTH * this.buffers.capacity);
    this.buffers.grow(Math.min(this.bounds.mostBricks, Math.max(needed, grown)));
  }

  /** Finds a slot for a brick that has none. */
  private place({ brickZyx, before }: Newcomer): void {
    const key = brickKey(brickZyx);
    if (this.slots.has(key)) return;
    const reused = this.free.pop();
    const slot = reused ?? this.slots.size;
    this.slots.set(key, slot);
    this.bricks[slot] = { brickZyx, slot };
    this.spoilLinks(key);
    if (before === undefined && reused === undefined) return;
    const { queue } = this.memory.device;
    queue.writeBuffer(this.buffers.state, slot * BRICK_BITS_BYTES, before ?? NO_BITS);
  }

  private spoilLinks(key: BrickKey): void {
    const brickZyx = brickOfKey(key);
    for (let link = 0; link < LINKS_PER_BRICK; link++)
      this.stale.add(brickKey(add(brickZyx, linkStep(link))));
  }

  private writeLinks(): void {
    const { queue } = this.memory.device;
    for (const key of this.stale) {
      const slot = this.slots.get(key);
      if (slot === undefined) continue;
      const links = linksOf(brickOfKey(key), this.bounds.grid, this.slots);
      queue.writeBuffer(this.buffers.links, slot * LINKS_PER_BRICK * 4, links);
    }
    this.stale.clear();
  }
}
