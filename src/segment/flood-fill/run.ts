import { type BrickKey, brickKey, brickOfKey, brickOfVoxel } from '../../core/brick';
import type { BrickBits } from '../../core/brick-bits';
import { abortError, isUnreadable } from '../../core/errors';
import { add, type Zyx } from '../../core/vec';
import { trimToLimit } from './limit';
import type { Arrival, FillBrick, FillPasses, FillReport } from './passes';
import { LINKS_PER_BRICK, linkStep } from './plan';
import type {
  FloodFillHooks,
  FloodFillOutcome,
  FloodFillRequest,
  HeldBrick,
  ImageBricks,
} from './types';

const FEWEST_ROUNDS = 4;
const MOST_ROUNDS = 64;
/** Bits of changed bricks are read back no more often than this, and once at the end. */
const BITS_MILLISECONDS = 150;
/** Bricks that a fill loads at once. */
const MOST_LOADS = 16;
/** Set in a report word where the brick has changed; the bits below are links to bricks that are wanted. */
const CHANGED = 1 << 27;

/** Bricks up to so many faces away are admitted ahead. */
const FACES_AHEAD = 2;

const STEPS_AHEAD: readonly Zyx[] = [-2, -1, 0, 1, 2].flatMap((z) =>
  [-2, -1, 0, 1, 2].flatMap((y) =>
    [-2, -1, 0, 1, 2]
      .filter((x) => Math.abs(z) + Math.abs(y) + Math.abs(x) <= FACES_AHEAD)
      .map((x): Zyx => [z, y, x]),
  ),
);

/** One fill from its seed to its end: which bricks it waits for, how many rounds a submission has, when it is done. */
export class FillRun {
  private readonly wanted = new Set<BrickKey>();
  private readonly loading = new Set<BrickKey>();
  private readonly unread = new Set<BrickKey>();
  private arrivals: Arrival[] = [];
  private readonly changed = new Set<FillBrick>();
  /** All bricks that hold filled voxels. */
  private readonly grown = new Set<FillBrick>();
  /** All bricks that the fill has reached, filled or not, and those among them not yet looked ahead from. */
  private readonly reached = new Set<BrickKey>();
  private outposts: BrickKey[] = [];
  private readonly bits: BrickBits = new Map();
  private counts: FillReport['counts'] = { pending: 0, voxels: 0, visits: 0, rounds: 0 };
  private rounds = 8;
  private bitsReadAt = performance.now();
  private failure: unknown;
  private ended = false;
  private wake: () => void = () => {};

  constructor(
    private readonly passes: FillPasses,
    private readonly image: ImageBricks,
    private readonly request: FloodFillRequest,
    private readonly voxelLimit: number,
    /** What a submission should last, for the page's frames and for cancelling. */
    private readonly sliceMilliseconds: number,
    private readonly signal: AbortSignal,
  ) {
    this.wanted.add(brickKey(brickOfVoxel(request.seedZyx)));
  }

  dispose(): void {
    this.ended = true;
    for (const arrival of this.arrivals) arrival.release();
  }

  async toEnd(hooks: FloodFillHooks): Promise<FloodFillOutcome> {
    for (;;) {
      await hooks.gate?.pass(this.signal);
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
      this.lookAhead();
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
        bricks: this.reached.size,
        frontierBricks: this.wanted.size + this.loading.size,
        changed,
      },
      { state: this.passes.state, bricks: [...this.grown] },
    );
  }

  private outcome(): FloodFillOutcome {
    const { seedZyx, connectivity } = this.request;
    const over = this.counts.voxels > this.voxelLimit;
    const left = this.arrivals.length + this.wanted.size + this.loading.size + this.unread.size;
    const complete = !over && this.counts.pending + left === 0;
    return {
      voxels: over ? this.voxelLimit : this.counts.voxels,
      bits: over ? trimToLimit(this.bits, seedZyx, this.voxelLimit, connectivity) : this.bits,
      bricks: this.reached.size,
      visits: this.counts.visits,
      rounds: this.counts.rounds,
      unreadBricks: this.unread.size,
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
          else this.arrive(brick, brickZyx, true);
        })
        .catch((error: unknown) => {
          if (isUnreadable(error) && this.reached.size > 0) this.unread.add(key);
          else this.failure = error;
        })
        .finally(() => {
          this.loading.delete(key);
          this.wake();
        });
    }
  }

  private arrive(brick: HeldBrick, brickZyx: Zyx, reached: boolean): void {
    const release = () => brick.release();
    this.arrivals.push({ block: brick.block, slot: brick.slot, brickZyx, reached, release });
    if (reached) this.reach(brickKey(brickZyx));
  }

  private reach(key: BrickKey): void {
    if (this.reached.has(key)) return;
    this.reached.add(key);
    this.outposts.push(key);
  }

  /**
   * Admits bricks around those newly reached that are resident anyway, so that the fill runs on into them within a
   * submission instead of waiting for its report.
   */
  private lookAhead(): void {
    const known = new Set(this.arrivals.map(({ brickZyx }) => brickKey(brickZyx)));
    for (const outpost of this.outposts)
      for (const step of STEPS_AHEAD) {
        const brickZyx = add(brickOfKey(outpost), step);
        const key = brickKey(brickZyx);
        if (known.has(key) || this.passes.has(key) || !this.passes.isInside(brickZyx)) continue;
        if (this.wanted.has(key) || this.loading.has(key)) continue;
        if (this.arrivals.length >= this.passes.room) return;
        const brick = this.image.hold(brickZyx);
        if (!brick) continue;
        known.add(key);
        this.arrive(brick, brickZyx, false);
      }
    this.outposts = [];
  }

  private async slice(): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    const arrivals = this.arrivals;
    this.arrivals = [];
    const started = performance.now();
    try {
      this.collect(await this.passes.submit(arrivals, this.rounds));
    } finally {
      for (const arrival of arrivals) arrival.release();
    }
    this.pace(performance.now() - started);
  }

  /** Rounds a submission: as many as keep it near its time. */
  private pace(milliseconds: number): void {
    const factor = this.sliceMilliseconds / Math.max(milliseconds, 0.1);
    const rounds = Math.round(this.rounds * Math.min(2, Math.max(0.5, factor)));
    this.rounds = Math.min(MOST_ROUNDS, Math.max(FEWEST_ROUNDS, rounds));
  }

  /** Takes in what a submission reported: how it stands, which bricks changed, which are wanted. */
  private collect({ counts, words }: FillReport): void {
    this.counts = counts;
    const arrived = new Set(this.arrivals.map(({ brickZyx }) => brickKey(brickZyx)));
    for (const brick of this.passes.resident) {
      const word = words[brick.slot] ?? 0;
      if (word & CHANGED) {
        this.changed.add(brick);
        this.grown.add(brick);
        this.reach(brickKey(brick.brickZyx));
      }
      for (let link = 0; link < LINKS_PER_BRICK; link++) {
        if (((word >>> link) & 1) === 0) continue;
        const key = brickKey(add(brick.brickZyx, linkStep(link)));
        const isKnown = this.passes.has(key) || this.loading.has(key) || this.unread.has(key);
        if (!isKnown && !arrived.has(key)) this.wanted.add(key);
      }
    }
  }

  /** The bits of the bricks that changed since the last reading. */
  private async readBits(): Promise<BrickBits> {
    const bricks = [...this.changed];
    this.changed.clear();
    this.bitsReadAt = performance.now();
    const read = await this.passes.readBits(bricks);
    for (const [key, bits] of read) this.bits.set(key, bits);
    return read;
  }
}
