import { type Box, contains } from '../../core/box';
import { BRICK_EDGE, type BrickKey, brickKey, brickOfKey, brickOfVoxel } from '../../core/brick';
import { BRICK_BITS_BYTES, BRICK_WORDS, type BrickBits, bitOfVoxel } from '../../core/brick-bits';
import type { ImageDtype } from '../../core/dtype';
import { abortError, FloodlightError } from '../../core/errors';
import { add, scale, volumeOf, type Zyx } from '../../core/vec';
import type { BrickSlot } from '../../gpu/brick-pool';
import { type GpuContext, guarded } from '../../gpu/device';
import type { GpuMemory } from '../../gpu/memory';
import { Pipelines } from '../../gpu/pipelines';
import { Readback } from '../../gpu/readback';
import { CONTROL_BYTES, FillBuffers } from './buffers';
import { type FloodFillKernels, floodFillKernels } from './kernels';
import { trimToLimit } from './limit';
import {
  byteRange,
  type Connectivity,
  capacityLimit,
  clipBox,
  gridOf,
  LINKS_PER_BRICK,
  linkStep,
  linksOf,
  SUBS_PER_BRICK,
  type ValueRange,
} from './plan';

/** Where a fill gets its image bricks from. */
export interface ImageBricks {
  readonly dtype: ImageDtype;
  readonly shapeZyx: Zyx;
  /** Makes a brick resident on the GPU and keeps it there until `release`. */
  acquire(brickZyx: Zyx, signal: AbortSignal): Promise<BrickSlot & { release(): void }>;
}

export interface FloodFillRequest {
  readonly seedZyx: Zyx;
  readonly range: ValueRange;
  readonly connectivity: Connectivity;
  readonly box?: Box | undefined;
  readonly voxelLimit?: number | undefined;
}

/** How far a fill has come. `changed`: the bits of bricks that changed since the last report. */
export interface FloodFillProgress {
  readonly voxels: number;
  readonly bricks: number;
  readonly frontierBricks: number;
  readonly visits: number;
  readonly rounds: number;
  readonly changed: BrickBits;
}

export interface FloodFillOutcome {
  readonly voxels: number;
  readonly bits: BrickBits;
  /** Bricks whose voxels were looked at. */
  readonly bricks: number;
  /** Sub-brick visits and rounds, for benchmarks. */
  readonly visits: number;
  readonly rounds: number;
  readonly complete: boolean;
}

/** What slices draw while a fill runs: its bits on the GPU, and where each brick's lie. */
export interface LiveFill {
  readonly state: GPUBuffer;
  readonly bricks: readonly { readonly brickZyx: Zyx; readonly slot: number }[];
}

export interface FloodFillHooks {
  readonly onProgress?: (progress: FloodFillProgress, live: LiveFill) => void;
  readonly signal: AbortSignal;
}

/** Bricks for which there are places at first; doubled when they run out. */
const FIRST_CAPACITY = 128;
/** A submission should last about so long, for the page's frames and for cancelling. */
const SLICE_MILLISECONDS = { hardware: 8, software: 100 } as const;
const FEWEST_ROUNDS = 4;
const MOST_ROUNDS = 64;
/** Bits of changed bricks are read back no more often than this, and once at the end. */
const BITS_MILLISECONDS = 150;
const MOST_LOADS = 16;
const NO_LIMIT = 0xffffffff;
const CHANGED = 1 << 27;

interface Arrival extends BrickSlot {
  readonly brickZyx: Zyx;
  release(): void;
}

/**
 * Flood fill by bits on the GPU: rounds of sub-brick visits until no queue holds anything and no brick is wanted.
 * Bricks stream in as the frontier reaches them; only counters, frontier words and the bits of changed bricks come back.
 */
export class FloodFill {
  private readonly pipelines: Pipelines;
  private readonly readback: Readback;

  constructor(
    private readonly gpu: GpuContext,
    private readonly memory: GpuMemory,
  ) {
    this.pipelines = new Pipelines(gpu.device);
    this.readback = new Readback(gpu.device);
  }

  /** Compiles the most usual pipelines ahead of the first click; that takes a second on a software adapter. */
  async prepare(dtype: ImageDtype): Promise<void> {
    await floodFillKernels(this.gpu, this.pipelines, dtype, 6);
  }

  /**
   * Fills from a seed. Rejects with OUTSIDE_VOLUME, BAD_PARAMETERS, BUDGET_EXCEEDED, what `image.acquire` rejects with, or
   * an AbortError. A seed outside the range gives no voxels.
   */
  async run(
    image: ImageBricks,
    request: FloodFillRequest,
    hooks: FloodFillHooks,
  ): Promise<FloodFillOutcome> {
    const clip = clipBox(image.shapeZyx, request.box);
    if (!contains(clip, request.seedZyx)) {
      throw new FloodlightError('OUTSIDE_VOLUME', {
        zyx: request.seedZyx,
        shapeZyx: image.shapeZyx,
      });
    }
    const kernels = await floodFillKernels(
      this.gpu,
      this.pipelines,
      image.dtype,
      request.connectivity,
    );
    const stop = new AbortController();
    const signal = AbortSignal.any([hooks.signal, stop.signal]);
    const run = new Run(
      this.gpu,
      this.memory,
      this.readback,
      kernels,
      image,
      request,
      clip,
      signal,
    );
    try {
      return await run.toEnd(hooks);
    } finally {
      stop.abort();
      run.dispose();
    }
  }
}

/** One fill from its seed to its end. */
class Run {
  private buffers: FillBuffers;
  private readonly grid: ReturnType<typeof gridOf>;
  private readonly slots = new Map<BrickKey, number>();
  private readonly resident: { brickZyx: Zyx; slot: number }[] = [];
  private readonly wanted = new Set<BrickKey>();
  private readonly loading = new Set<BrickKey>();
  private arrivals: Arrival[] = [];
  private failure: unknown;
  private wake: () => void = () => {};
  private readonly bits: BrickBits = new Map();
  private readonly mostBricks: number;
  private readonly voxelLimit: number;
  private rounds = 8;
  private readonly changed = new Set<{ brickZyx: Zyx; slot: number }>();
  private bitsReadAt = performance.now();
  private counts = { pending: 0, voxels: 0, visits: 0, rounds: 0 };
  private ended = false;

  constructor(
    private readonly gpu: GpuContext,
    memory: GpuMemory,
    private readonly readback: Readback,
    private readonly kernels: FloodFillKernels,
    private readonly image: ImageBricks,
    private readonly request: FloodFillRequest,
    private readonly clip: Box,
    private readonly signal: AbortSignal,
  ) {
    this.grid = gridOf(clip);
    const [z, y, x] = this.grid.endZyx;
    const [z0, y0, x0] = this.grid.firstZyx;
    const bricks = volumeOf([z - z0, y - y0, x - x0]);
    const binding = gpu.device.limits.maxStorageBufferBindingSize;
    this.mostBricks = capacityLimit(binding, bricks);
    this.voxelLimit = Math.min(request.voxelLimit ?? NO_LIMIT, NO_LIMIT);
    this.buffers = new FillBuffers(memory, Math.min(FIRST_CAPACITY, this.mostBricks));
    this.wanted.add(brickKey(brickOfVoxel(request.seedZyx)));
  }

  dispose(): void {
    this.ended = true;
    for (const arrival of this.arrivals) arrival.release();
    this.buffers.release();
  }

  async toEnd(hooks: FloodFillHooks): Promise<FloodFillOutcome> {
    for (;;) {
      this.request.voxelLimit === undefined || this.checkLimit();
      if (this.signal.aborted) throw abortError();
      this.load();
      if (this.arrivals.length === 0 && this.counts.pending === 0) {
        if (this.loading.size === 0) break;
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        if (this.failure !== undefined) throw this.failure;
        continue;
      }
      await this.slice();
      const due = performance.now() - this.bitsReadAt > BITS_MILLISECONDS;
      this.tell(hooks, due ? await this.readBits() : new Map());
      if (this.counts.voxels >= this.voxelLimit) break;
    }
    this.tell(hooks, await this.readBits());
    return this.outcome();
  }

  private tell(hooks: FloodFillHooks, changed: BrickBits): void {
    hooks.onProgress?.(
      {
        ...this.counts,
        bricks: this.slots.size,
        frontierBricks: this.wanted.size + this.loading.size,
        changed,
      },
      { state: this.buffers.state, bricks: this.resident },
    );
  }

  private checkLimit(): void {
    if (!(this.voxelLimit >= 1)) {
      throw new FloodlightError('BAD_PARAMETERS', {
        what: 'Voxel limit',
        reason: 'it must be 1 or more',
      });
    }
  }

  private outcome(): FloodFillOutcome {
    const { seedZyx, connectivity } = this.request;
    const over = this.counts.voxels > this.voxelLimit;
    const complete =
      !over && this.counts.pending === 0 && this.wanted.size + this.loading.size === 0;
    return {
      voxels: over ? this.voxelLimit : this.counts.voxels,
      bits: over ? trimToLimit(this.bits, seedZyx, this.voxelLimit, connectivity) : this.bits,
      bricks: this.slots.size,
      visits: this.counts.visits,
      rounds: this.counts.rounds,
      complete,
    };
  }

  /** Starts loading what the frontier wants, a bounded number at a time. */
  private load(): void {
    for (const key of this.wanted) {
      if (this.loading.size >= MOST_LOADS) return;
      this.wanted.delete(key);
      this.loading.add(key);
      const brickZyx = brickOfKey(key);
      this.image
        .acquire(brickZyx, this.signal)
        .then((brick) => {
          if (this.ended) brick.release();
          else this.arrivals.push({ ...brick, block: brick.block, slot: brick.slot, brickZyx });
        })
        .catch((error: unknown) => {
          this.failure = error;
        })
        .finally(() => {
          this.loading.delete(key);
          this.wake();
        });
    }
  }

  /** One submission: newly arrived bricks become bits, some rounds run, counters and frontier words are read back. */
  private async slice(): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    const arrivals = this.arrivals;
    this.arrivals = [];
    const started = performance.now();
    const { device } = this.gpu;
    const counters = await guarded(device, 'flood fill', () => {
      this.makeRoom(arrivals.length);
      const encoder = device.createCommandEncoder({ label: 'flood fill' });
      this.admit(arrivals, encoder);
      this.encodeRounds(encoder);
      const slots = this.slots.size;
      const reading = this.readback.record(encoder, [
        { buffer: this.buffers.control, offsetBytes: 0, sizeBytes: CONTROL_BYTES },
        { buffer: this.buffers.report, offsetBytes: 0, sizeBytes: slots * 4 },
      ]);
      encoder.clearBuffer(this.buffers.report);
      device.queue.submit([encoder.finish()]);
      return reading;
    });
    for (const arrival of arrivals) arrival.release();
    const words = new Uint32Array(await counters.read());
    this.pace(performance.now() - started);
    this.collect(words);
  }

  /** Rounds a submission: as many as keep it near its time. */
  private pace(milliseconds: number): void {
    const wanted = SLICE_MILLISECONDS[this.gpu.adapter.isSoftware ? 'software' : 'hardware'];
    const factor = Math.min(2, Math.max(0.5, wanted / Math.max(milliseconds, 0.1)));
    this.rounds = Math.min(MOST_ROUNDS, Math.max(FEWEST_ROUNDS, Math.round(this.rounds * factor)));
  }

  /** Takes in what a submission reported: how it stands, which bricks changed, which are wanted. */
  private collect(words: Uint32Array): void {
    const [length0 = 0, length1 = 0, parity = 0, voxels = 0, visits = 0, rounds = 0] = words;
    this.counts = { pending: parity === 0 ? length1 : length0, voxels, visits, rounds };
    for (const brick of this.resident) {
      const word = words[CONTROL_BYTES / 4 + brick.slot] ?? 0;
      if (word & CHANGED) this.changed.add(brick);
      for (let link = 0; link < LINKS_PER_BRICK; link++) {
        if (((word >>> link) & 1) === 0) continue;
        const key = brickKey(add(brick.brickZyx, linkStep(link)));
        const known = this.slots.has(key) || this.loading.has(key);
        const arrived = this.arrivals.some((arrival) => brickKey(arrival.brickZyx) === key);
        if (!known && !arrived) this.wanted.add(key);
      }
    }
  }

  /** The bits of the bricks that changed since the last reading. */
  private async readBits(): Promise<BrickBits> {
    const read: BrickBits = new Map();
    const bricks = [...this.changed];
    this.changed.clear();
    this.bitsReadAt = performance.now();
    if (bricks.length === 0) return read;
    const { device } = this.gpu;
    const encoder = device.createCommandEncoder({ label: 'flood fill bits' });
    const reading = this.readback.record(
      encoder,
      bricks.map(({ slot }) => ({
        buffer: this.buffers.state,
        offsetBytes: slot * BRICK_BITS_BYTES,
        sizeBytes: BRICK_BITS_BYTES,
      })),
    );
    device.queue.submit([encoder.finish()]);
    const words = new Uint32Array(await reading.read());
    bricks.forEach(({ brickZyx }, index) => {
      const bits = words.slice(index * BRICK_WORDS, (index + 1) * BRICK_WORDS);
      read.set(brickKey(brickZyx), bits);
      this.bits.set(brickKey(brickZyx), bits);
    });
    return read;
  }

  private makeRoom(arriving: number): void {
    const needed = this.slots.size + arriving;
    if (needed <= this.buffers.capacity) return;
    if (needed > this.mostBricks) {
      throw new FloodlightError('BUDGET_EXCEEDED', {
        what: 'This fill',
        neededBytes: needed * BRICK_BITS_BYTES,
        budgetBytes: this.mostBricks * BRICK_BITS_BYTES,
      });
    }
    const capacity = Math.min(this.mostBricks, Math.max(needed, 2 * this.buffers.capacity));
    this.buffers = this.buffers.grown(capacity);
  }

  /** Gives new bricks their slots, ties them to their neighbours, and records the making of their bits. */
  private admit(arrivals: readonly Arrival[], encoder: GPUCommandEncoder): void {
    const { queue } = this.gpu.device;
    for (const { brickZyx } of arrivals) {
      const slot = this.slots.size;
      this.slots.set(brickKey(brickZyx), slot);
      this.resident.push({ brickZyx, slot });
    }
    this.writeParams();
    const stale = new Set<BrickKey>();
    for (const { brickZyx } of arrivals)
      for (let link = 0; link < LINKS_PER_BRICK; link++)
        stale.add(brickKey(add(brickZyx, linkStep(link))));
    for (const key of stale) {
      const slot = this.slots.get(key);
      if (slot === undefined) continue;
      const links = linksOf(brickOfKey(key), this.grid, this.slots);
      queue.writeBuffer(this.buffers.links, slot * LINKS_PER_BRICK * 4, links);
    }
    for (const block of new Set(arrivals.map((arrival) => arrival.block))) {
      const inBlock = arrivals.filter((arrival) => arrival.block === block);
      this.encodeThreshold(encoder, block, inBlock);
    }
  }

  private writeParams(): void {
    const seedBrick = brickKey(brickOfVoxel(this.request.seedZyx));
    const { word, bit } = bitOfVoxel(this.request.seedZyx);
    const slot = this.slots.get(seedBrick) ?? 0;
    this.gpu.device.queue.writeBuffer(
      this.buffers.params,
      0,
      new Uint32Array([
        slot * SUBS_PER_BRICK + (word >> 10),
        word & 1023,
        1 << bit,
        this.voxelLimit,
        this.buffers.capacity * SUBS_PER_BRICK,
      ]),
    );
  }

  private encodeThreshold(
    encoder: GPUCommandEncoder,
    block: GPUBuffer,
    bricks: readonly Arrival[],
  ): void {
    const { device } = this.gpu;
    const { threshold } = this.kernels;
    const jobs = this.upload(this.jobData(bricks), GPUBufferUsage.STORAGE);
    const range = this.upload(this.rangeData(), GPUBufferUsage.UNIFORM);
    const { buffers } = this;
    const pass = encoder.beginComputePass({ label: 'flood fill threshold' });
    pass.setPipeline(threshold);
    pass.setBindGroup(
      0,
      device.createBindGroup({
        layout: threshold.getBindGroupLayout(0),
        entries: [
          buffers.params,
          buffers.control,
          buffers.queues,
          buffers.queued,
          buffers.open,
        ].map((buffer, binding) => ({ binding, resource: { buffer } })),
      }),
    );
    pass.setBindGroup(
      1,
      device.createBindGroup({
        layout: threshold.getBindGroupLayout(1),
        entries: [range, block, jobs].map((buffer, binding) => ({
          binding,
          resource: { buffer },
        })),
      }),
    );
    pass.dispatchWorkgroups(SUBS_PER_BRICK, bricks.length);
    pass.end();
  }

  private upload(data: ArrayBuffer, usage: GPUBufferUsageFlags): GPUBuffer {
    const buffer = this.gpu.device.createBuffer({
      size: data.byteLength,
      usage: usage | GPUBufferUsage.COPY_DST,
    });
    this.gpu.device.queue.writeBuffer(buffer, 0, data);
    return buffer;
  }

  /** `Job`s of threshold.wgsl. */
  private jobData(bricks: readonly Arrival[]): ArrayBuffer {
    const words = new Int32Array(bricks.length * 8);
    bricks.forEach(({ slot, brickZyx }, index) => {
      const [z, y, x] = scale(brickZyx, BRICK_EDGE);
      const fillSlot = this.slots.get(brickKey(brickZyx)) ?? 0;
      words.set([slot, fillSlot, 0, 0, x, y, z, 0], index * 8);
    });
    return words.buffer;
  }

  /** `Range` of threshold.wgsl. */
  private rangeData(): ArrayBuffer {
    const { range } = this.request;
    const [z, y, x] = this.clip.originZyx;
    const [endZ, endY, endX] = add(this.clip.originZyx, this.clip.shapeZyx);
    const bytes = byteRange(range);
    const data = new ArrayBuffer(48);
    new Float32Array(data).set([range.low, range.high]);
    new Int32Array(data).set([bytes.first, bytes.end, x, y, z, 0, endX, endY, endZ], 2);
    return data;
  }

  private encodeRounds(encoder: GPUCommandEncoder): void {
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
    for (let round = 0; round < this.rounds; round++) {
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
