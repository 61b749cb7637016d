import { type BrickKey, brickKey, brickOfKey, brickOfVoxel } from '../../core/brick';
import type { SegmentBits } from '../../core/packed-bits';
import { add, type Zyx } from '../../core/vec';
import { FillFrontier } from './frontier';
import { trimToLimit } from './limit';
import type { Arrival, FillPasses, FillReport } from './passes';
import type { FillBrick, FillPlaces } from './places';
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
/** The share of all places that is made free at a time. */
const EVICTED_SHARE = 0.25;
/** Set in a report word where the brick has changed; the bits below are links to bricks that are wanted. */
const CHANGED = 1 << 27;
/** `voxel_limit` of common.wgsl where there is none. */
const NO_LIMIT = 0xffffffff;

/** Bricks up to so many faces away are admitted ahead. */
const FACES_AHEAD = 2;

const STEPS_AHEAD: readonly Zyx[] = [-2, -1, 0, 1, 2].flatMap((z) =>
  [-2, -1, 0, 1, 2].flatMap((y) =>
    [-2, -1, 0, 1, 2]
      .filter((x) => Math.abs(z) + Math.abs(y) + Math.abs(x) <= FACES_AHEAD)
      .map((x): Zyx => [z, y, x]),
  ),
);

const NO_BITS: SegmentBits = new Map();

/** One fill from its seed to its end: which bricks it waits for, how many rounds a submission has, when it is done. */
export class FillRun {
  private readonly places: FillPlaces;
  private readonly frontier: FillFrontier<HeldBrick>;
  private arrivals: Arrival[] = [];
  private readonly changed = new Set<FillBrick>();
  /** Bricks reached and not yet looked ahead from. */
  private readonly outposts = new Set<BrickKey>();
  private counts: FillReport['counts'] = { pending: 0, voxels: 0, visits: 0, rounds: 0 };
  private voxels: number;
  private rounds = 8;
  private bitsReadAt = performance.now();
  private wake: () => void = () => {};
  private readonly voxelLimit: number;

  constructor(
    private readonly passes: FillPasses,
    private readonly image: ImageBricks,
    private readonly request: FloodFillRequest,
    capacity: number,
    /** What a submission should last, for the page's frames and for cancelling. */
    private readonly sliceMilliseconds: number,
    private readonly hooks: FloodFillHooks,
  ) {
    const { places } = passes;
    this.places = places;
    const seedBrickZyx = brickOfVoxel(request.seedZyx);
    const { signal } = hooks;
    this.voxelLimit = request.voxelLimit ?? Number.POSITIVE_INFINITY;
    this.frontier = new FillFrontier({
      seedBrickZyx,
      capacity,
      load: (brickZyx) => image.acquire(brickZyx, signal),
      prefetch: (brickZyx) => {
        if (places.isInside(brickZyx)) image.prefetch?.(brickZyx, signal);
      },
      drop: (brick) => brick.release(),
      wake: () => this.wake(),
    });
    this.frontier.want(brickKey(seedBrickZyx));
    const { from = NO_BITS, connectivity } = request;
    this.voxels = this.frontier.resume(from, connectivity, (at) => places.isInside(at));
    signal.addEventListener('abort', () => this.wake());
  }

  dispose(): void {
    this.frontier.dispose();
    for (const arrival of this.arrivals) arrival.release();
  }

  async toEnd(): Promise<FloodFillOutcome> {
    const { frontier, hooks } = this;
    while (this.voxels < this.voxelLimit) {
      await hooks.gate?.pass(hooks.signal);
      hooks.signal.throwIfAborted();
      frontier.check();
      frontier.startLoads();
      this.admit();
      if (this.arrivals.length === 0 && this.counts.pending === 0) {
        if (frontier.isShortOfRoom) await this.makeRoom();
        else if (!frontier.isLoading) break;
        else await this.nextArrival();
        continue;
      }
      this.lookAhead();
      await this.slice();
      const isDue = performance.now() - this.bitsReadAt > BITS_MILLISECONDS;
      this.tell(isDue ? await this.readBits() : NO_BITS);
    }
    this.tell(await this.readBits());
    return this.outcome();
  }

  private tell(changed: SegmentBits): void {
    const { frontier, places, voxels, counts } = this;
    const { visits, rounds } = counts;
    const [bricks, frontierBricks] = [frontier.reached.size, frontier.waiting];
    this.hooks.onProgress?.(
      { voxels, bricks, frontierBricks, visits, rounds, changed },
      {
        state: () => places.state,
        bricks: [...places.resident()].filter(({ brickZyx }) =>
          frontier.reached.has(brickKey(brickZyx)),
        ),
      },
    );
  }

  private outcome(): FloodFillOutcome {
    const { frontier, counts, voxelLimit } = this;
    const { seedZyx, connectivity } = this.request;
    const { bits, unread, reached, evictions } = frontier;
    const isOver = this.voxels > voxelLimit;
    const left = counts.pending + this.arrivals.length + frontier.waiting + unread.size;
    return {
      voxels: isOver ? voxelLimit : this.voxels,
      bits: isOver ? trimToLimit(bits, this.hooks.vault, seedZyx, voxelLimit, connectivity) : bits,
      bricks: reached.size,
      visits: counts.visits,
      rounds: counts.rounds,
      evictions,
      unreadBricks: unread.size,
      complete: !isOver && left === 0,
    };
  }

  private nextArrival(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private admit(): void {
    const { places, frontier, arrivals } = this;
    for (const admission of frontier.takeAdmissions(places.room - arrivals.length)) {
      const { brickZyx, key, loaded, before, isReached } = admission;
      arrivals.push({
        block: loaded.block,
        slot: loaded.slot,
        brickZyx,
        reached: isReached,
        before: before && !places.has(key) ? this.hooks.vault.unpack(before) : undefined,
        release: () => loaded.release(),
      });
      if (isReached) this.outposts.add(key);
    }
  }

  /** Puts bricks away; none may be pending. */
  private async makeRoom(): Promise<void> {
    const { frontier, places } = this;
    const changed = await this.readBits();
    const victims = frontier.victims(Math.ceil(EVICTED_SHARE * (places.room + places.size)));
    for (const [key, closedLinks] of await places.evict(victims))
      frontier.putAway(key, closedLinks);
    const away = new Map(changed);
    for (const key of victims) {
      const bits = frontier.bits.get(key);
      if (bits) away.set(key, bits);
    }
    this.tell(away);
  }

  /**
   * Admits bricks around those newly reached that are resident anyway, so that the fill runs on into them within a
   * submission instead of waiting for its report.
   */
  private lookAhead(): void {
    const { places, frontier } = this;
    const outposts = [...this.outposts];
    this.outposts.clear();
    for (const outpost of outposts)
      for (const step of STEPS_AHEAD) {
        const brickZyx = add(brickOfKey(outpost), step);
        const key = brickKey(brickZyx);
        if (frontier.has(key) || !places.isInside(brickZyx)) continue;
        if (frontier.isWaitingFor(key) || frontier.bits.has(key)) continue;
        if (this.arrivals.length >= places.roomAhead) return;
        const brick = this.image.hold(brickZyx);
        if (!brick) continue;
        frontier.admitAhead(key);
        const { block, slot } = brick;
        const release = () => brick.release();
        this.arrivals.push({ block, slot, brickZyx, reached: false, before: undefined, release });
      }
  }

  private async slice(): Promise<void> {
    const arrivals = this.arrivals;
    this.arrivals = [];
    const started = performance.now();
    const voxelsLeft = Math.min(NO_LIMIT, this.voxelLimit - this.voxels);
    try {
      const report = await this.passes.submit(arrivals, this.rounds, voxelsLeft);
      // What is read after the device refused a buffer means nothing; that is told before it is there.
      this.hooks.signal.throwIfAborted();
      this.collect(report);
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
    const { places, frontier } = this;
    this.counts = counts;
    this.voxels += counts.voxels;
    for (const brick of places.resident()) {
      const word = words[brick.slot] ?? 0;
      if (word === 0) continue;
      const key = brickKey(brick.brickZyx);
      if (word & CHANGED) {
        this.changed.add(brick);
        if (!frontier.reached.has(key)) this.outposts.add(key);
        frontier.reached.add(key);
      }
      for (let link = 0; link < LINKS_PER_BRICK; link++)
        if (((word >>> link) & 1) !== 0)
          frontier.want(brickKey(add(brick.brickZyx, linkStep(link))), key);
    }
  }

  /** The bits of the bricks that changed since the last reading. */
  private async readBits(): Promise<SegmentBits> {
    const bricks = [...this.changed];
    this.changed.clear();
    const read = await this.places.readBits(bricks);
    this.hooks.signal.throwIfAborted();
    this.bitsReadAt = performance.now();
    const changed = new Map(
      read.map((bits, index) => [keyOf(bricks[index]), this.hooks.vault.pack(bits)]),
    );
    for (const [key, bits] of changed) this.frontier.keep(key, bits);
    return changed;
  }
}

const keyOf = (brick: FillBrick | undefined): BrickKey => brickKey(brick?.brickZyx ?? [0, 0, 0]);
