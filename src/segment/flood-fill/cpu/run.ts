import { type BrickKey, brickKey, brickOfVoxel } from '../../../core/brick';
import type { ImageArray } from '../../../core/dtype';
import type { PackedBits, SegmentBits } from '../../../core/packed-bits';
import { yieldToEvents } from '../../cpu/yield';
import { FillFrontier } from '../frontier';
import { trimToLimit } from '../limit';
import type { FloodFillHooks, FloodFillOutcome, FloodFillRequest, VoxelBricks } from '../types';
import type { FillContext } from './context';

/** What a step should last, for all else that its thread does and for cancelling. */
const STEP_MILLISECONDS = 8;
const FIRST_VISITS = 32;
const MOST_VISITS = 2 ** 16;
/** Bits of changed bricks are told no more often than this, and once at the end. */
const BITS_MILLISECONDS = 50;
/** The share of all places that is made free at a time. */
const EVICTED_SHARE = 0.25;

const NO_BITS: SegmentBits = new Map();

/** One fill on the CPU from its seed to its end: which bricks it waits for, how long it works at a time, when it is done. */
export class CpuFillRun {
  private readonly frontier: FillFrontier<ImageArray>;
  private bitsToldAt = performance.now();
  private visitsAStep = FIRST_VISITS;
  private rounds = 0;
  private wake: () => void = () => {};
  private readonly signal: AbortSignal;
  /** Voxels that the fill had when it was broken off. */
  private readonly voxelsBefore: number;

  constructor(
    private readonly context: FillContext,
    private readonly source: VoxelBricks,
    private readonly request: FloodFillRequest,
    private readonly hooks: FloodFillHooks,
  ) {
    const seedBrickZyx = brickOfVoxel(request.seedZyx);
    const { signal } = hooks;
    this.signal = signal;
    this.frontier = new FillFrontier({
      seedBrickZyx,
      capacity: context.capacity,
      load: (brickZyx) => source.read(brickZyx, signal),
      prefetch: (brickZyx) => {
        if (context.isInside(brickZyx)) source.prefetch?.(brickZyx, signal);
      },
      drop: (voxels) => source.recycle?.(voxels),
      wake: () => this.wake(),
    });
    this.frontier.want(brickKey(seedBrickZyx));
    const { from = NO_BITS, connectivity } = request;
    this.voxelsBefore = this.frontier.resume(from, connectivity, (at) => context.isInside(at));
    signal.addEventListener('abort', () => this.wake());
  }

  async toEnd(): Promise<FloodFillOutcome> {
    const { context, frontier, hooks, signal } = this;
    const { voxelLimit = Number.POSITIVE_INFINITY } = this.request;
    while (this.voxels < voxelLimit) {
      await hooks.gate?.pass(signal);
      signal.throwIfAborted();
      frontier.check();
      frontier.startLoads();
      this.admit();
      if (context.pending === 0) {
        if (frontier.isShortOfRoom) this.makeRoom();
        else if (!frontier.isLoading) break;
        else await this.nextArrival();
        continue;
      }
      await this.step();
      const isDue = performance.now() - this.bitsToldAt > BITS_MILLISECONDS;
      this.tell(isDue ? this.readBits() : NO_BITS);
      await yieldToEvents();
    }
    this.tell(this.readBits());
    return this.outcome(voxelLimit);
  }

  private get voxels(): number {
    return this.voxelsBefore + this.context.voxels;
  }

  private outcome(voxelLimit: number): FloodFillOutcome {
    const { context, frontier, rounds, voxels } = this;
    const { seedZyx, connectivity } = this.request;
    const { bits, unread, reached, evictions } = frontier;
    const isOver = voxels > voxelLimit;
    return {
      voxels: isOver ? voxelLimit : voxels,
      bits: isOver ? trimToLimit(bits, this.hooks.vault, seedZyx, voxelLimit, connectivity) : bits,
      bricks: reached.size,
      visits: context.visits,
      rounds,
      evictions,
      unreadBricks: unread.size,
      complete: !isOver && context.pending + frontier.waiting + unread.size === 0,
    };
  }

  private tell(changed: SegmentBits): void {
    const { frontier, rounds, voxels } = this;
    const { visits } = this.context;
    const [bricks, frontierBricks] = [frontier.reached.size, frontier.waiting];
    this.hooks.onProgress?.({ voxels, bricks, frontierBricks, visits, rounds, changed });
  }

  private nextArrival(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private admit(): void {
    const { context, frontier } = this;
    for (const admission of frontier.takeAdmissions(context.room)) {
      const { key, brickZyx, loaded, before, isReached } = admission;
      if (!context.has(key))
        context.arrive(brickZyx, loaded, before && this.hooks.vault.unpack(before));
      this.source.recycle?.(loaded);
      if (isReached) context.queue(key);
    }
  }

  /** Puts bricks away; none may be pending. */
  private makeRoom(): void {
    const { context, frontier } = this;
    this.tell(this.readBits());
    for (const key of frontier.victims(Math.ceil(EVICTED_SHARE * context.capacity)))
      frontier.putAway(key, context.evict(key));
  }

  private async step(): Promise<void> {
    const { context } = this;
    const started = performance.now();
    await context.step(this.visitsAStep);
    this.rounds++;
    if (context.pending > 0) this.pace(performance.now() - started);
    for (const { key, source } of context.wanted()) this.frontier.want(key, source);
  }

  /** Visits a step: as many as keep it near its time. */
  private pace(milliseconds: number): void {
    const factor = STEP_MILLISECONDS / Math.max(milliseconds, 0.1);
    const visits = Math.round(this.visitsAStep * Math.min(2, Math.max(0.25, factor)));
    this.visitsAStep = Math.min(MOST_VISITS, Math.max(1, visits));
  }

  /** The bits of the bricks that changed since the last reading. */
  private readBits(): SegmentBits {
    this.bitsToldAt = performance.now();
    const changed = new Map<BrickKey, PackedBits>();
    for (const [key, bits] of this.context.changed()) {
      const packed = this.hooks.vault.pack(bits);
      changed.set(key, packed);
      this.frontier.keep(key, packed);
    }
    return changed;
  }
}
