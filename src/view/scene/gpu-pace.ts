/** What 3-D frames may take of the graphics card's time while something else needs it. */
const SHARE = 0.2;
/** Rests are no longer than this, or than twice the frame: growth is to be seen even where a frame takes long. */
const LONG_REST_MILLISECONDS = 700;

/**
 * Keeps 3-D frames from taking a graphics card that computes: `drawn` is told after each frame, and `ready` says whether the
 * next may come. The card's own time for a frame is seen by a fence, which costs nothing.
 */
export class GpuPace {
  private fence: WebGLSync | null = null;
  private startedAt = 0;
  private restUntil = 0;

  constructor(private readonly context: WebGL2RenderingContext) {}

  /** A frame has been handed to the card. */
  drawn(): void {
    this.startedAt = performance.now();
    this.fence = this.context.fenceSync(this.context.SYNC_GPU_COMMANDS_COMPLETE, 0);
    this.context.flush();
    this.watch();
  }

  /** Whether the card is done with the last frame and, where it is `shared`, has rested from it. */
  ready(shared: boolean): boolean {
    return this.fence === null && (!shared || performance.now() >= this.restUntil);
  }

  /** Looks each frame whether the card is done: seen later, the frame would seem to have taken as long. */
  private watch(): void {
    requestAnimationFrame(() => {
      const { context, fence } = this;
      if (!fence) return;
      const done = context.getSyncParameter(fence, context.SYNC_STATUS) === context.SIGNALED;
      if (!done && !context.isContextLost()) return this.watch();
      context.deleteSync(fence);
      this.fence = null;
      const now = performance.now();
      const frame = now - this.startedAt;
      const longest = Math.max(LONG_REST_MILLISECONDS, 2 * frame);
      this.restUntil = now + Math.min(frame * (1 / SHARE - 1), longest);
    });
  }
}
