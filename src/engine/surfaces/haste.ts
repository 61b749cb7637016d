import { type DrawingLimit, UNLIMITED_DRAWING } from '../../core/surface';

/** Of a triangle and its half of a vertex. */
const TRIANGLE_BYTES = 24;
/** A camera that was not moved for so long is at rest. */
const MOVING_MILLISECONDS = 1000;

/** How much surfaces may show while pictures of them follow one another: no more than is drawn fast enough. */
export class Haste {
  private limit = UNLIMITED_DRAWING;
  private movesUntil = 0;
  private resting: ReturnType<typeof setTimeout> | undefined;

  /** `onRest` is called once a camera that was moved is at rest. */
  constructor(private readonly onRest: () => void) {}

  setLimit(limit: DrawingLimit): void {
    this.limit = limit;
  }

  cameraMoved(): void {
    if (this.limit.triangles === Number.POSITIVE_INFINITY) return;
    this.movesUntil = performance.now() + MOVING_MILLISECONDS;
    clearTimeout(this.resting);
    this.resting = setTimeout(this.onRest, MOVING_MILLISECONDS);
  }

  /** What shown pieces may take now, in bytes; Infinity where nothing moves or grows, or all is drawn fast. */
  mostBytes(isGrowing: boolean): number {
    const isMoving = performance.now() < this.movesUntil;
    return isMoving || isGrowing ? this.limit.triangles * TRIANGLE_BYTES : Number.POSITIVE_INFINITY;
  }
}
