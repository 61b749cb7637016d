import { type BrickKey, brickOfKey } from '../../core/brick';
import { MaxHeap } from '../../core/max-heap';
import { subtract, type Zyx } from '../../core/vec';

/** More than any square of a distance in bricks, and more than any rank. */
const FAR = 2 ** 36;
const LAST = 2 ** 42;

interface Wanted {
  readonly key: BrickKey;
  readonly sources: Set<BrickKey>;
  /** The square of its distance from the seed's brick. */
  readonly distance: number;
  /** How many of its sources are not resident. */
  missing: number;
  /** Grows with each change of its rank: what the heap has of older ones counts no more. */
  version: number;
}

interface Offer {
  readonly wanted: Wanted;
  readonly version: number;
}

/**
 * The bricks that a fill waits for, by who touches them, best first: what needs fewest sources back, then what is nearest to the
 * seed. Each change costs the logarithm of their number, however wide the front of the fill is.
 */
export class WantedBricks {
  private readonly entries = new Map<BrickKey, Wanted>();
  private readonly bySource = new Map<BrickKey, Set<Wanted>>();
  private readonly heap = new MaxHeap<Offer>();

  constructor(
    private readonly seedBrickZyx: Zyx,
    private readonly isResident: (key: BrickKey) => boolean,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  has(key: BrickKey): boolean {
    return this.entries.has(key);
  }

  /** Whether a brick touches one of these. */
  isSource(key: BrickKey): boolean {
    return this.bySource.has(key);
  }

  /** Says that a brick is wanted, by what `source` holds unless by the seed. */
  add(key: BrickKey, source?: BrickKey): void {
    const wanted = this.entries.get(key) ?? this.enter(key);
    if (source === undefined || wanted.sources.has(source)) return;
    wanted.sources.add(source);
    const others = this.bySource.get(source);
    if (others) others.add(wanted);
    else this.bySource.set(source, new Set([wanted]));
    if (!this.isResident(source)) this.rerank(wanted, 1);
  }

  /** Has to be told whenever a brick became resident, or no longer is. */
  moved(source: BrickKey): void {
    const change = this.isResident(source) ? -1 : 1;
    for (const wanted of this.bySource.get(source) ?? []) this.rerank(wanted, change);
  }

  /** Takes a brick out; returns its sources, none where it was not wanted. */
  take(key: BrickKey): ReadonlySet<BrickKey> {
    const wanted = this.entries.get(key);
    this.entries.delete(key);
    for (const source of wanted?.sources ?? []) {
      const others = this.bySource.get(source);
      if (wanted) others?.delete(wanted);
      if (others?.size === 0) this.bySource.delete(source);
    }
    return wanted?.sources ?? new Set();
  }

  sourcesOf(key: BrickKey): ReadonlySet<BrickKey> {
    return this.entries.get(key)?.sources ?? new Set();
  }

  /** All of them, best first; those told may be taken out meanwhile, the others stay. */
  *bestFirst(): Generator<BrickKey> {
    const passed: Offer[] = [];
    try {
      for (let offer = this.heap.pop(); offer; offer = this.heap.pop()) {
        if (!this.isCurrent(offer)) continue;
        passed.push(offer);
        yield offer.wanted.key;
      }
    } finally {
      for (const { wanted, version } of passed)
        if (this.isCurrent({ wanted, version })) this.offer(wanted);
    }
  }

  private enter(key: BrickKey): Wanted {
    const [z, y, x] = subtract(brickOfKey(key), this.seedBrickZyx);
    const distance = z * z + y * y + x * x;
    const wanted = { key, sources: new Set<BrickKey>(), distance, missing: 0, version: 0 };
    this.entries.set(key, wanted);
    this.offer(wanted);
    return wanted;
  }

  private rerank(wanted: Wanted, change: number): void {
    wanted.missing += change;
    wanted.version++;
    this.offer(wanted);
  }

  private offer(wanted: Wanted): void {
    const { missing, distance, version } = wanted;
    this.heap.push(LAST - (missing * FAR + distance), { wanted, version });
  }

  private isCurrent({ wanted, version }: Offer): boolean {
    return this.entries.get(wanted.key) === wanted && wanted.version === version;
  }
}
