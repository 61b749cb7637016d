import { whenDone } from './fence';

/** What 3-D frames may take of the graphics card's time while something else needs it. */
const SHARE = 0.2;
/** Rests are no longer than this, or than twice the frame: growth is to be seen even where a frame takes long. */
const LONG_REST_MILLISECONDS = 700;

/**
 * Keeps 3-D frames from taking a graphics card that computes: `drawn` is told after each frame, and `ready` says whether the
 * next may come.
 */
export class GpuPace {
  private isBusy = false;
  private restUntil = 0;

  constructor(private readonly context: WebGL2RenderingContext) {}

  /** A frame has been handed to the card. */
  drawn(): void {
    const startedAt = performance.now();
    this.isBusy = true;
    whenDone(this.context, () => {
      this.isBusy = false;
      const now = performance.now();
      const frame = now - startedAt;
      const longest = Math.max(LONG_REST_MILLISECONDS, 2 * frame);
      this.restUntil = now + Math.min(frame * (1 / SHARE - 1), longest);
    });
  }

  /** Whether the card is done with the last frame and, where it is `shared`, has rested from it. */
  ready(shared: boolean): boolean {
    return !this.isBusy && (!shared || performance.now() >= this.restUntil);
  }
}
