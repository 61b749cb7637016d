import { type BrickKey, brickKey, brickOfKey } from '../../core/brick';
import { isUnreadable } from '../../core/errors';
import type { PackedBits, SegmentBits } from '../../core/packed-bits';
import { add, scale, subtract, type Zyx } from '../../core/vec';
import { type Connectivity, LINKS_PER_BRICK, linkOf, linkStep } from './plan';
import { WantedBricks } from './wanted-bricks';

/** Groups that are loaded at once, or wait to be admitted. */
const MOST_GROUPS = 16;
/** With fewer, loading waits for filling: what lies straight ahead is prefetched, so many bricks far. */
const FEW_GROUPS = 4;
const BRICKS_AHEAD = 4;

/** A brick that can be admitted now. */
export interface Admission<Loaded> {
  readonly key: BrickKey;
  readonly brickZyx: Zyx;
  readonly loaded: Loaded;
  /** What is filled of it already, where it was admitted before. */
  readonly before: PackedBits | undefined;
  /** Whether the fill waits for it; others are back so that their neighbours see what they hold. */
  readonly isReached: boolean;
}

/** A brick that is being loaded, or is, or cannot be. */
interface Part<Loaded> {
  loaded: Loaded | undefined;
  hasFailed: boolean;
}

/** A brick that the fill waits for, with the bricks whose voxels touch it: these have to be there when it is admitted. */
interface Group<Loaded> {
  readonly key: BrickKey;
  readonly sources: Set<BrickKey>;
  readonly own: Part<Loaded>;
}

export interface FrontierSurroundings<Loaded> {
  readonly seedBrickZyx: Zyx;
  /** Bricks that can be resident at once; at least 64, so that one brick fits beside all that touch it. */
  readonly capacity: number;
  load(brickZyx: Zyx): Promise<Loaded>;
  /** Gets a brick nearer that may be wanted soon; it may lie outside. */
  prefetch(brickZyx: Zyx): void;
  /** Is given what was loaded and is not needed. */
  drop(loaded: Loaded): void;
  /** Is told when something was loaded or failed. */
  wake(): void;
}

/**
 * The bricks of a fill that may be larger than memory: which are wanted, which are loaded, resident, or were put away to make
 * room, with the bits they hold. A brick that is wanted is admitted together with those whose filled voxels touch it, so
 * that these may be put away at any time between two steps; what is put away comes back when it is wanted again.
 */
export class FillFrontier<Loaded> {
  /** Bricks that filled voxels touch and that are not resident, and who touches them. */
  private readonly wanted: WantedBricks;
  private readonly groups = new Map<BrickKey, Group<Loaded>>();
  /** Sources on their way back. */
  private readonly parts = new Map<BrickKey, Part<Loaded>>();
  /** In order of use, least recent first. */
  private readonly resident = new Set<BrickKey>();
  /** For how many groups a brick is needed. */
  private readonly pins = new Map<BrickKey, number>();
  private readonly held = new Map<BrickKey, PackedBits>();
  /** Of bricks that were put away: the links from which nothing can be filled in them any more, as bits. */
  private readonly closed = new Map<BrickKey, number>();
  private readonly prefetched = new Set<BrickKey>();
  /** All bricks that the fill has reached, and those among them that could not be read. */
  readonly reached = new Set<BrickKey>();
  readonly unread = new Set<BrickKey>();
  /** Bricks that made room for others, so far. */
  evictions = 0;
  private failure: { readonly error: unknown } | undefined;
  private isDisposed = false;

  constructor(private readonly around: FrontierSurroundings<Loaded>) {
    this.wanted = new WantedBricks(around.seedBrickZyx, (key) => this.resident.has(key));
  }

  /** The bits of all bricks, as they were last read. */
  get bits(): SegmentBits {
    return this.held;
  }

  /** Bricks that the fill waits for. */
  get waiting(): number {
    return this.wanted.size + this.groups.size;
  }

  get isLoading(): boolean {
    return this.groups.size > 0;
  }

  has(key: BrickKey): boolean {
    return this.resident.has(key);
  }

  isWaitingFor(key: BrickKey): boolean {
    return this.wanted.has(key) || this.groups.has(key) || this.parts.has(key);
  }

  /** Says that a brick that is not resident is touched, by what `source`, which is, holds unless by the seed. */
  want(key: BrickKey, source?: BrickKey): void {
    if (this.resident.has(key) || this.unread.has(key)) return;
    if (source !== undefined && this.isClosed(key, source)) return;
    const group = this.groups.get(key);
    if (group && (source === undefined || group.sources.has(source))) return;
    if (group && source !== undefined && this.fits(source)) {
      this.require(group, source);
      return;
    }
    this.wanted.add(key, source);
  }

  /**
   * Goes on from what a fill had when it was broken off: all its bricks are looked at again, and all that they touch, as far
   * as they are inside. Returns how many voxels it had.
   */
  resume(
    bits: SegmentBits,
    connectivity: Connectivity,
    isInside: (brickZyx: Zyx) => boolean,
  ): number {
    let voxels = 0;
    for (const [key, packed] of bits) {
      voxels += packed.voxels;
      this.held.set(key, packed);
      this.want(key);
      for (const step of stepsOut(packed, connectivity)) {
        const neighbor = add(brickOfKey(key), step);
        if (isInside(neighbor)) this.want(brickKey(neighbor), key);
      }
    }
    return voxels;
  }

  /** Starts loading what is wanted, best first: what needs fewest others, then what is nearest to the seed. */
  startLoads(): void {
    if (this.groups.size >= MOST_GROUPS || this.wanted.size === 0) return;
    for (const key of this.wanted.bestFirst()) {
      // One that was touched once more is looked at again when it is there.
      if (this.groups.has(key)) continue;
      // All groups have to fit beside each other; one alone always does.
      const needed = this.pins.size + this.wanted.sourcesOf(key).size + 1;
      if (this.groups.size > 0 && needed > this.around.capacity) return;
      const sources = this.wanted.take(key);
      const group: Group<Loaded> = { key, sources: new Set(), own: this.load(key) };
      this.groups.set(key, group);
      count(this.pins, key, 1);
      for (const source of sources) this.require(group, source);
      if (this.waiting < FEW_GROUPS) this.prefetchFrom(group);
      if (this.groups.size >= MOST_GROUPS) return;
    }
  }

  /** Rejects as `load` did, where that was for no brick that can be left out. */
  check(): void {
    if (this.failure) throw this.failure.error;
  }

  /**
   * The bricks to admit now into so many free places, each after those that it needs; they count as resident from here on.
   * A brick that is resident already may be among them: it has to be looked at again.
   */
  takeAdmissions(room: number): Admission<Loaded>[] {
    const admissions: Admission<Loaded>[] = [];
    for (const group of [...this.groups.values()]) {
      if (!this.isReady(group)) continue;
      const sources = [...group.sources].filter((key) => !this.resident.has(key));
      if (admissions.length + sources.length + 1 > room) break;
      for (const key of sources) this.admit(key, this.parts.get(key), false, admissions);
      this.admit(group.key, group.own, true, admissions);
      for (const key of sources) this.parts.delete(key);
      this.close(group);
    }
    return admissions;
  }

  /** Whether a brick could be admitted if there were free places. */
  get isShortOfRoom(): boolean {
    for (const group of this.groups.values()) if (this.isReady(group)) return true;
    return false;
  }

  /** Counts a brick as resident that nobody waited for. */
  admitAhead(key: BrickKey): void {
    this.enter(key);
  }

  /** Says that a resident brick holds other bits than before. */
  keep(key: BrickKey, bits: PackedBits): void {
    this.held.set(key, bits);
    this.reached.add(key);
    if (this.resident.delete(key)) this.resident.add(key);
  }

  /** Bricks to put away, at most so many: the least recently used, those last that wanted bricks will need again. */
  victims(most: number): BrickKey[] {
    const free = [...this.resident].filter((key) => !this.pins.has(key));
    const idle = free.filter((key) => !this.wanted.isSource(key));
    const awaited = free.filter((key) => this.wanted.isSource(key));
    return [...idle, ...awaited].slice(0, most);
  }

  /**
   * Says that a brick was put away. What lies beyond its closed links (`closedLinks`) does not have it come back: without
   * these a fill that runs along its own earlier bricks reads all of them twice.
   */
  putAway(key: BrickKey, closedLinks: number): void {
    if (this.resident.delete(key)) this.wanted.moved(key);
    this.closed.set(key, closedLinks);
    this.evictions++;
  }

  /** Drops what was loaded and not taken, now and later. */
  dispose(): void {
    this.isDisposed = true;
    for (const { own } of this.groups.values()) this.drop(own);
    for (const part of this.parts.values()) this.drop(part);
  }

  /** Whether nothing that a source holds can go on into a brick that was put away. */
  private isClosed(key: BrickKey, source: BrickKey): boolean {
    const closedLinks = this.closed.get(key);
    if (!closedLinks) return false;
    const link = linkOf(subtract(brickOfKey(source), brickOfKey(key)));
    return ((closedLinks >> link) & 1) !== 0;
  }

  private isReady({ own, sources }: Group<Loaded>): boolean {
    if (!isSettled(own)) return false;
    for (const key of sources) {
      if (this.resident.has(key) || this.unread.has(key)) continue;
      if (!isSettled(this.parts.get(key))) return false;
    }
    return true;
  }

  private admit(
    key: BrickKey,
    part: Part<Loaded> | undefined,
    isReached: boolean,
    admissions: Admission<Loaded>[],
  ): void {
    if (part?.loaded === undefined) return;
    const { loaded } = part;
    if (isReached) this.reached.add(key);
    this.enter(key);
    const before = this.held.get(key);
    admissions.push({ key, brickZyx: brickOfKey(key), loaded, before, isReached });
  }

  private enter(key: BrickKey): void {
    if (this.resident.has(key)) return;
    this.resident.add(key);
    this.wanted.moved(key);
  }

  /** Prefetches what lies beyond a wanted brick, as seen from those that touch it. */
  private prefetchFrom({ key, sources }: Group<Loaded>): void {
    const brickZyx = brickOfKey(key);
    for (const source of sources) {
      const step = subtract(brickZyx, brickOfKey(source));
      for (let distance = 1; distance <= BRICKS_AHEAD; distance++) {
        const ahead = add(brickZyx, scale(step, distance));
        const aheadKey = brickKey(ahead);
        if (this.reached.has(aheadKey) || this.prefetched.has(aheadKey)) continue;
        this.prefetched.add(aheadKey);
        this.around.prefetch(ahead);
      }
    }
  }

  /** Whether all groups fit beside each other with one more source. */
  private fits(source: BrickKey): boolean {
    return this.pins.has(source) || this.pins.size < this.around.capacity;
  }

  /** Has a group wait for a source, which stays until the group is admitted. */
  private require(group: Group<Loaded>, source: BrickKey): void {
    group.sources.add(source);
    count(this.pins, source, 1);
    if (this.resident.has(source) || this.parts.has(source)) return;
    this.parts.set(source, this.load(source));
  }

  private close({ key, sources }: Group<Loaded>): void {
    this.groups.delete(key);
    count(this.pins, key, -1);
    for (const source of sources) {
      count(this.pins, source, -1);
      const part = this.parts.get(source);
      if (!part || this.pins.has(source)) continue;
      // It came another way.
      this.parts.delete(source);
      this.drop(part);
    }
  }

  private load(key: BrickKey): Part<Loaded> {
    const part: Part<Loaded> = { loaded: undefined, hasFailed: false };
    this.around
      .load(brickOfKey(key))
      .then((loaded) => {
        part.loaded = loaded;
        if (this.isDisposed || part.hasFailed) this.drop(part);
      })
      .catch((error: unknown) => {
        part.hasFailed = true;
        if (isUnreadable(error) && this.reached.size > 0) this.unread.add(key);
        else this.failure = { error };
      })
      .finally(() => this.around.wake());
    return part;
  }

  /** Also one that is still under way. */
  private drop(part: Part<Loaded>): void {
    if (part.loaded !== undefined) this.around.drop(part.loaded);
    part.loaded = undefined;
    part.hasFailed = true;
  }
}

const isSettled = (part: Part<unknown> | undefined): boolean =>
  part !== undefined && (part.loaded !== undefined || part.hasFailed);

function count(counts: Map<BrickKey, number>, key: BrickKey, change: number): void {
  const next = (counts.get(key) ?? 0) + change;
  if (next === 0) counts.delete(key);
  else counts.set(key, next);
}

const AXES = [0, 1, 2] as const;

/** The steps to the bricks that the voxels of a brick may touch: those beyond the sides that their box reaches. */
function* stepsOut({ voxels, box }: PackedBits, connectivity: Connectivity): Generator<Zyx> {
  if (voxels === 0) return;
  const mostAxes = { 6: 1, 18: 2, 26: 3 }[connectivity];
  for (let link = 0; link < LINKS_PER_BRICK; link++) {
    const step = linkStep(link);
    const axes = step.filter((at) => at !== 0).length;
    const reaches = AXES.every((axis) => {
      if (step[axis] === 0) return true;
      const first = box.originZyx[axis];
      return step[axis] < 0 ? first === 0 : first + box.shapeZyx[axis] === 64;
    });
    if (axes > 0 && axes <= mostAxes && reaches) yield step;
  }
}
