/** What 3-D frames may take of the graphics card's time while something else needs it. */
const SHARE = 0.2;

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
  }

  /** Whether the card is done with the last frame and, where it is `shared`, has rested from it. */
  ready(shared: boolean): boolean {
    const { context, fence } = this;
    const now = performance.now();
    if (fence) {
      const done = context.getSyncParameter(fence, context.SYNC_STATUS) === context.SIGNALED;
      if (!done && !context.isContextLost()) return false;
      context.deleteSync(fence);
      this.fence = null;
      this.restUntil = now + (now - this.startedAt) * (1 / SHARE - 1);
    }
    return !shared || now >= this.restUntil;
  }
}
