import { type BrickKey, brickKey, brickOfKey, brickOfVoxel } from '../../../core/brick';
import type { BrickBits } from '../../../core/brick-bits';
import type { ImageArray } from '../../../core/dtype';
import { abortError, isUnreadable } from '../../../core/errors';
import { yieldToEvents } from '../../cpu/yield';
import type { FloodFillHooks, FloodFillOutcome, FloodFillRequest, VoxelBricks } from '../types';
import type { FillContext } from './context';
import { outcomeOf } from './outcome';

/** What a step should last, for all else that its thread does and for cancelling. */
const STEP_MILLISECONDS = 8;
const FIRST_VISITS = 32;
const MOST_VISITS = 2 ** 16;
/** Bits of changed bricks are told no more often than this, and once at the end. */
const BITS_MILLISECONDS = 50;
/** Bricks that a fill loads at once. */
const MOST_LOADS = 16;

/** One fill on the CPU from its seed to its end: which bricks it waits for, how long it works at a time, when it is done. */
export class CpuFillRun {
  private readonly wanted = new Set<BrickKey>();
  private readonly loading = new Set<BrickKey>();
  private readonly unread = new Set<BrickKey>();
  private arrivals: { readonly key: BrickKey; readonly voxels: ImageArray }[] = [];
  private readonly bits: BrickBits = new Map();
  private bitsToldAt = performance.now();
  private visitsAStep = FIRST_VISITS;
  private rounds = 0;
  private failure: unknown;
  private wake: () => void = () => {};

  constructor(
    private readonly context: FillContext,
    private readonly source: VoxelBricks,
    private readonly request: FloodFillRequest,
    private readonly signal: AbortSignal,
  ) {
    this.wanted.add(brickKey(brickOfVoxel(request.seedZyx)));
    signal.addEventListener('abort', () => this.wake());
  }

  async toEnd(hooks: FloodFillHooks): Promise<FloodFillOutcome> {
    const { voxelLimit = Number.POSITIVE_INFINITY } = this.request;
    while (this.context.voxels < voxelLimit) {
      await hooks.gate?.pass(this.signal);
      if (this.signal.aborted) throw abortError();
      if (this.failure !== undefined) throw this.failure;
      this.load();
      this.admit();
      if (this.context.pending === 0) {
        if (this.loading.size === 0) break;
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        continue;
      }
      await this.step();
      const isDue = performance.now() - this.bitsToldAt > BITS_MILLISECONDS;
      this.tell(hooks, isDue ? this.readBits() : new Map());
      await yieldToEvents();
    }
    this.tell(hooks, this.readBits());
    const { context, request, bits, rounds, isAtRest, unread } = this;
    return outcomeOf(context, request, bits, { rounds, isAtRest, unreadBricks: unread.size });
  }

  private get isAtRest(): boolean {
    return this.context.pending + this.wanted.size + this.loading.size + this.arrivals.length === 0;
  }

  private tell(hooks: FloodFillHooks, changed: BrickBits): void {
    const { voxels, visits, bricks } = this.context;
    const frontierBricks = this.wanted.size + this.loading.size;
    hooks.onProgress?.({ voxels, bricks, frontierBricks, visits, rounds: this.rounds, changed });
  }

  /** Starts loading what the fill wants, a bounded number at a time. */
  private load(): void {
    for (const key of this.wanted) {
      if (this.loading.size + this.arrivals.length >= MOST_LOADS) return;
      this.wanted.delete(key);
      this.loading.add(key);
      this.source
        .read(brickOfKey(key), this.signal)
        .then((voxels) => {
          this.arrivals.push({ key, voxels });
        })
        .catch((error: unknown) => {
          if (isUnreadable(error) && this.context.bricks > 0) this.unread.add(key);
          else this.failure = error;
        })
        .finally(() => {
          this.loading.delete(key);
          this.wake();
        });
    }
  }

  private admit(): void {
    const { arrivals } = this;
    this.arrivals = [];
    for (const { key, voxels } of arrivals) this.context.arrive(brickOfKey(key), voxels);
  }

  private async step(): Promise<void> {
    const { context } = this;
    const started = performance.now();
    await context.step(this.visitsAStep);
    this.rounds++;
    if (context.pending > 0) this.pace(performance.now() - started);
    for (const key of context.wanted()) if (!this.isKnown(key)) this.wanted.add(key);
  }

  /** Whether a brick is there, on its way, or cannot be had. */
  private isKnown(key: BrickKey): boolean {
    return (
      this.context.has(key) ||
      this.loading.has(key) ||
      this.unread.has(key) ||
      this.arrivals.some((arrival) => arrival.key === key)
    );
  }

  /** Visits a step: as many as keep it near its time. */
  private pace(milliseconds: number): void {
    const factor = STEP_MILLISECONDS / Math.max(milliseconds, 0.1);
    const visits = Math.round(this.visitsAStep * Math.min(2, Math.max(0.25, factor)));
    this.visitsAStep = Math.min(MOST_VISITS, Math.max(1, visits));
  }

  private readBits(): BrickBits {
    this.bitsToldAt = performance.now();
    const changed = this.context.changed();
    for (const [key, bits] of changed) this.bits.set(key, bits);
    return changed;
  }
}
