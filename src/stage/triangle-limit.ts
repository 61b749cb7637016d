/** What a picture of something that moves or grows may take, in milliseconds. */
const MOST_MILLISECONDS = 100;
/** So many any adapter may be given; pictures of fewer tell nothing, since what else they take counts for more. */
const LEAST_TRIANGLES = 2 ** 16;
/** Pictures one after another that must have taken longer: one may have had to wait for something else. */
const SLOW_PICTURES = 2;
/** What seems right now has to differ so many times from the limit for another one. */
const CLEARLY = 2;

/** How many triangles a picture may have to be drawn fast enough, learnt from pictures; no limit until some are slow. */
export class TriangleLimit {
  triangles = Number.POSITIVE_INFINITY;
  /** What each of the last slow pictures could have had. */
  private slow: number[] = [];

  /** Takes in what a picture took; says whether the limit is another one now. */
  told(triangles: number, milliseconds: number): boolean {
    if (triangles < LEAST_TRIANGLES) return false;
    const before = this.triangles;
    if (milliseconds > MOST_MILLISECONDS) {
      const possible = (triangles * MOST_MILLISECONDS) / milliseconds;
      this.slow = [...this.slow, possible].slice(-SLOW_PICTURES);
      if (this.slow.length === SLOW_PICTURES) this.set(Math.max(LEAST_TRIANGLES, ...this.slow));
    } else {
      this.slow = [];
      if (triangles >= this.triangles) this.triangles = Number.POSITIVE_INFINITY;
    }
    return this.triangles !== before;
  }

  private set(triangles: number): void {
    const ratio = this.triangles / triangles;
    if (ratio >= CLEARLY || ratio <= 1 / CLEARLY) this.triangles = Math.round(triangles);
  }
}
