import { type BrickKey, brickKey, brickOfKey } from '../../core/brick';
import { add, scale, subtract, type Zyx } from '../../core/vec';

/** Bricks in a row that are prefetched at first, and at most. */
export const LEAST_AHEAD = 4;
export const MOST_AHEAD = 16;

/**
 * What lies straight ahead of wanted bricks is prefetched, twice as far each time that it proves right, as operating systems read
 * files ahead: a fill that runs along a neurite waits for no chunk, one that turns wherever it goes asks for little in vain.
 */
export class ReadAhead {
  private readonly asked = new Set<BrickKey>();
  private distance = LEAST_AHEAD;

  constructor(
    private readonly prefetch: (brickZyx: Zyx) => void,
    private readonly mostAhead = MOST_AHEAD,
  ) {}

  /** Says that a brick is needed that never was before, by those that touch it; `isKnown` says which were. */
  need(key: BrickKey, sources: Iterable<BrickKey>, isKnown: (key: BrickKey) => boolean): void {
    const next = this.asked.has(key) ? 2 * this.distance : LEAST_AHEAD;
    this.distance = Math.min(next, this.mostAhead);
    const brickZyx = brickOfKey(key);
    for (const source of sources) {
      const step = subtract(brickZyx, brickOfKey(source));
      for (let distance = 1; distance <= this.distance; distance++) {
        const ahead = add(brickZyx, scale(step, distance));
        const aheadKey = brickKey(ahead);
        if (this.asked.has(aheadKey) || isKnown(aheadKey)) continue;
        this.asked.add(aheadKey);
        this.prefetch(ahead);
      }
    }
  }
}
