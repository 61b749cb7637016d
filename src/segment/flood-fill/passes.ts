import { type Box, boxEnd } from '../../core/box';
import { BRICK_EDGE, type BrickKey, brickKey, brickOfKey, brickOfVoxel } from '../../core/brick';
import { type Bits, BRICK_BITS_BYTES, BRICK_WORDS, bitOfVoxel } from '../../core/brick-bits';
import { add, scale, type Zyx } from '../../core/vec';
import type { BrickSlot } from '../../gpu/brick-pool';
import { type GpuContext, guarded } from '../../gpu/device';
import type { GpuMemory } from '../../gpu/memory';
import type { Readback } from '../../gpu/readback';
import { CONTROL_BYTES, FillBuffers, RANGE_BYTES } from './buffers';
import { closedLinks } from './closed-links';
import type { FloodFillKernels } from './kernels';
import {
  byteRange,
  type gridOf,
  insideGrid,
  LINKS_PER_BRICK,
  linkStep,
  linksOf,
  NOT_RESIDENT,
  SUBS_PER_BRICK,
  type ValueRange,
} from './plan';

/** An image brick that is to take part in a fill. */
export interface Arrival extends BrickSlot {
  readonly brickZyx: Zyx;
  /** Whether the fill has reached it and waits for it, or it is admitted ahead, or back for its neighbours. */
  readonly reached: boolean;
  /** What was filled of it when it was put away. */
  readonly before: Bits | undefined;
  release(): void;
}

/** A brick that takes part in a fill, and where its bits lie. */
export interface FillBrick {
  readonly brickZyx: Zyx;
  readonly slot: number;
}

/** What stays the same through a fill. */
export interface FillSetup {
  readonly seedZyx: Zyx;
  readonly range: ValueRange;
  /** Voxels that may be filled, and the bricks these lie in. */
  readonly clip: Box;
  readonly grid: ReturnType<typeof gridOf>;
  /** Bricks that may be there at a time. */
  readonly mostBricks: number;
}

/**
 * What a submission tells: sub-bricks still queued, voxels that it filled, visits and rounds so far, and a word a slot
 * (`report` of sweep.wgsl).
 */
export interface FillReport {
  readonly counts: { pending: number; voxels: number; visits: number; rounds: number };
  readonly words: Uint32Array;
}

/** Bricks for which there are places at first, and how these grow when they run out. */
const FIRST_CAPACITY = 1;
const GROWTH = 17 / 16;
/** Bricks whose bits are read back at a time: of those that are there one in so many, and no fewer than 256 KiB. */
const READ_SHARE = 1 / 8;
const LEAST_READ = 8;
/** Bytes of a `Job` of threshold.wgsl. */
const JOB_BYTES = 32;
/** Where `voxels` of `Control` lies in common.wgsl. */
const VOXELS_OFFSET_BYTES = 12;
const NO_BITS: Bits = new Uint32Array(BRICK_WORDS);

/** The GPU side of one fill: its buffers, which brick lies where, and the recording of its passes. */
export class FillPasses {
  /** By slot; undefined where a slot is free. */
  private readonly bricks: (FillBrick | undefined)[] = [];
  private readonly slots = new Map<BrickKey, number>();
  private readonly free: number[] = [];
  /** Bricks whose links have to be written, since neighbours came or went. */
  private readonly stale = new Set<BrickKey>();
  private readonly buffers: FillBuffers;
  private jobs: GPUBuffer | undefined;

  constructor(
    private readonly gpu: GpuContext,
    private readonly memory: GpuMemory,
    private readonly readback: Readback,
    private readonly kernels: FloodFillKernels,
    private readonly setup: FillSetup,
  ) {
    this.buffers = new FillBuffers(memory, FIRST_CAPACITY);
    gpu.device.queue.writeBuffer(this.buffers.range, 0, rangeData(setup));
  }

  /** The bits of what is filled; another buffer once there are more bricks than it had places for. */
  get state(): GPUBuffer {
    return this.buffers.state;
  }

  /** Bricks that can still be admitted. */
  get room(): number {
    return this.setup.mostBricks - this.slots.size;
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
    return insideGrid(brickZyx, this.setup.grid);
  }

  has(key: BrickKey): boolean {
    return this.slots.has(key);
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

  dispose(): void {
    this.releaseJobs();
    this.buffers.release();
  }

  /**
   * One submission: arrived bricks become bits, some rounds run, counters and report words are read back. There must be
   * room for those that arrive; one that is there already is looked at again. `voxelsLeft`: no round starts once more are
   * filled.
   */
  async submit(
    arrivals: readonly Arrival[],
    rounds: number,
    voxelsLeft: number,
  ): Promise<FillReport> {
    const { device } = this.gpu;
    const reading = await guarded(device, 'flood fill', () => {
      this.makeRoom(arrivals.length);
      const encoder = device.createCommandEncoder({ label: 'flood fill' });
      encoder.clearBuffer(this.buffers.control, VOXELS_OFFSET_BYTES, 4);
      this.admit(arrivals, encoder, voxelsLeft);
      this.encodeRounds(encoder, rounds);
      const { control, report } = this.buffers;
      const recorded = this.readback.record(encoder, [
        { buffer: control, offsetBytes: 0, sizeBytes: CONTROL_BYTES },
        { buffer: report, offsetBytes: 0, sizeBytes: this.bricks.length * 4 },
      ]);
      encoder.clearBuffer(report);
      device.queue.submit([encoder.finish()]);
      return recorded;
    });
    const words = new Uint32Array(await reading.read());
    this.releaseJobs();
    const [length0 = 0, length1 = 0, parity = 0, voxels = 0, visits = 0, done = 0] = words;
    const pending = parity === 0 ? length1 : length0;
    return {
      counts: { pending, voxels, visits, rounds: done },
      words: words.subarray(CONTROL_BYTES / 4),
    };
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

  private get readAtOnce(): number {
    return Math.max(LEAST_READ, Math.ceil(READ_SHARE * this.slots.size));
  }

  /** Bits by slot of `open` or `state`, all in one array. */
  private async readBricks(
    places: readonly { buffer: GPUBuffer; slot: number }[],
  ): Promise<Bits[]> {
    const encoder = this.gpu.device.createCommandEncoder({ label: 'flood fill bits' });
    const ranges = places.map(({ buffer, slot }) => ({
      buffer,
      offsetBytes: slot * BRICK_BITS_BYTES,
      sizeBytes: BRICK_BITS_BYTES,
    }));
    const reading = this.readback.record(encoder, ranges);
    this.gpu.device.queue.submit([encoder.finish()]);
    const words = new Uint32Array(await reading.read());
    return places.map((_, index) => words.subarray(index * BRICK_WORDS, (index + 1) * BRICK_WORDS));
  }

  private releaseJobs(): void {
    if (this.jobs) this.memory.release(this.jobs);
    this.jobs = undefined;
  }

  private makeRoom(arriving: number): void {
    const needed = this.slots.size + arriving;
    if (needed <= this.buffers.capacity) return;
    const grown = Math.ceil(GROWTH * this.buffers.capacity);
    this.buffers.grow(Math.min(this.setup.mostBricks, Math.max(needed, grown)));
  }

  /** Gives new bricks their slots, ties them to their neighbours, and records the making of their bits. */
  private admit(
    arrivals: readonly Arrival[],
    encoder: GPUCommandEncoder,
    voxelsLeft: number,
  ): void {
    for (const { brickZyx, before } of arrivals) this.place(brickZyx, before);
    this.writeParams(voxelsLeft);
    this.writeLinks();
    if (arrivals.length > 0) this.encodeThreshold(encoder, arrivals);
  }

  /** Finds a slot for a brick that has none. */
  private place(brickZyx: Zyx, before: Bits | undefined): void {
    const key = brickKey(brickZyx);
    if (this.slots.has(key)) return;
    const reused = this.free.pop();
    const slot = reused ?? this.slots.size;
    this.slots.set(key, slot);
    this.bricks[slot] = { brickZyx, slot };
    this.spoilLinks(key);
    if (before === undefined && reused === undefined) return;
    const { queue } = this.gpu.device;
    queue.writeBuffer(this.buffers.state, slot * BRICK_BITS_BYTES, before ?? NO_BITS);
  }

  private spoilLinks(key: BrickKey): void {
    const brickZyx = brickOfKey(key);
    for (let link = 0; link < LINKS_PER_BRICK; link++)
      this.stale.add(brickKey(add(brickZyx, linkStep(link))));
  }

  private writeLinks(): void {
    for (const key of this.stale) {
      const slot = this.slots.get(key);
      if (slot === undefined) continue;
      const links = linksOf(brickOfKey(key), this.setup.grid, this.slots);
      this.gpu.device.queue.writeBuffer(this.buffers.links, slot * LINKS_PER_BRICK * 4, links);
    }
    this.stale.clear();
  }

  private writeParams(voxelsLeft: number): void {
    const seedBrick = brickKey(brickOfVoxel(this.setup.seedZyx));
    const { word, bit } = bitOfVoxel(this.setup.seedZyx);
    const slot = this.slots.get(seedBrick);
    this.gpu.device.queue.writeBuffer(
      this.buffers.params,
      0,
      new Uint32Array([
        slot === undefined ? NOT_RESIDENT : slot * SUBS_PER_BRICK + (word >> 10),
        word & 1023,
        1 << bit,
        voxelsLeft,
        this.buffers.capacity * SUBS_PER_BRICK,
      ]),
    );
  }

  /** Makes bits of bricks: one dispatch for those of an image block. */
  private encodeThreshold(encoder: GPUCommandEncoder, arrivals: readonly Arrival[]): void {
    const { device } = this.gpu;
    const { threshold } = this.kernels;
    const { params, control, queues, queued, open, range } = this.buffers;
    const group = (index: number, resources: readonly GPUBufferBinding[]) =>
      device.createBindGroup({
        layout: threshold.getBindGroupLayout(index),
        entries: resources.map((resource, binding) => ({ binding, resource })),
      });
    const { jobs, blocks } = this.writeJobs(arrivals);
    const pass = encoder.beginComputePass({ label: 'flood fill threshold' });
    pass.setPipeline(threshold);
    pass.setBindGroup(
      0,
      group(
        0,
        [params, control, queues, queued, open].map((buffer) => ({ buffer })),
      ),
    );
    for (const { block, offset, bricks } of blocks) {
      const own = { buffer: jobs, offset, size: bricks * JOB_BYTES };
      pass.setBindGroup(1, group(1, [{ buffer: range }, { buffer: block }, own]));
      pass.dispatchWorkgroups(SUBS_PER_BRICK, bricks);
    }
    pass.end();
  }

  /** Writes the `Job`s of threshold.wgsl, those of a block one after another, each block's where a binding may begin. */
  private writeJobs(arrivals: readonly Arrival[]): {
    jobs: GPUBuffer;
    blocks: { block: GPUBuffer; offset: number; bricks: number }[];
  } {
    const { device } = this.gpu;
    const step = device.limits.minStorageBufferOffsetAlignment;
    const blocks: { block: GPUBuffer; offset: number; bricks: number }[] = [];
    const words: number[] = [];
    for (const block of new Set(arrivals.map((arrival) => arrival.block))) {
      const inBlock = arrivals.filter((arrival) => arrival.block === block);
      while ((words.length * 4) % step !== 0) words.push(0);
      blocks.push({ block, offset: words.length * 4, bricks: inBlock.length });
      for (const { slot, brickZyx, reached } of inBlock) {
        const [z, y, x] = scale(brickZyx, BRICK_EDGE);
        words.push(slot, this.slotOf(brickZyx), reached ? 1 : 0, 0, x, y, z, 0);
      }
    }
    const data = new Uint32Array(words);
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
    const jobs = this.memory.provide('flood fill jobs', data.byteLength, usage);
    device.queue.writeBuffer(jobs, 0, data);
    this.jobs = jobs;
    return { jobs, blocks };
  }

  private slotOf(brickZyx: Zyx): number {
    return this.slots.get(brickKey(brickZyx)) ?? 0;
  }

  private encodeRounds(encoder: GPUCommandEncoder, rounds: number): void {
    const { device } = this.gpu;
    const { advance, sweep } = this.kernels;
    const { buffers } = this;
    const advanceGroup = device.createBindGroup({
      layout: advance.getBindGroupLayout(0),
      entries: [
        { binding: 0, resource: { buffer: buffers.params } },
        { binding: 1, resource: { buffer: buffers.control } },
        { binding: 8, resource: { buffer: buffers.dispatchSize } },
      ],
    });
    const sweepGroup = device.createBindGroup({
      layout: sweep.getBindGroupLayout(0),
      entries: [
        buffers.params,
        buffers.control,
        buffers.queues,
        buffers.queued,
        buffers.open,
        buffers.state,
        buffers.links,
        buffers.report,
      ].map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
    const pass = encoder.beginComputePass({ label: 'flood fill rounds' });
    for (let round = 0; round < rounds; round++) {
      pass.setPipeline(advance);
      pass.setBindGroup(0, advanceGroup);
      pass.dispatchWorkgroups(1);
      pass.setPipeline(sweep);
      pass.setBindGroup(0, sweepGroup);
      pass.dispatchWorkgroupsIndirect(buffers.dispatchSize, 0);
    }
    pass.end();
  }
}

/** `Range` of threshold.wgsl. */
function rangeData({ range, clip }: FillSetup): ArrayBuffer {
  const [z, y, x] = clip.originZyx;
  const [endZ, endY, endX] = boxEnd(clip);
  const bytes = byteRange(range);
  const data = new ArrayBuffer(RANGE_BYTES);
  new Float32Array(data).set([range.low, range.high]);
  new Int32Array(data).set([bytes.first, bytes.end, x, y, z, 0, endX, endY, endZ], 2);
  return data;
}
