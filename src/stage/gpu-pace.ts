import { restBeforeAnswer, restBeforeGrowth } from '../core/drawing-pace';
import { whenDone } from './fence';

/** What a frame is while something else computes on the card: what somebody asked for, or only what has grown; or nothing else does. */
export type FrameKind = 'alone' | 'answer' | 'growth';

/**
 * Keeps 3-D frames from taking a graphics card that computes: `drawn` is told after each frame, and `ready` says whether the
 * next may come.
 */
export class GpuPace {
  private isBusy = false;
  private answersFrom = 0;
  private growsFrom = 0;

  constructor(private readonly context: WebGL2RenderingContext) {}

  /** A frame has been handed to the card; `done` is told how many milliseconds that took. */
  drawn(done: (milliseconds: number) => void): void {
    const startedAt = performance.now();
    this.isBusy = true;
    whenDone(this.context, () => {
      this.isBusy = false;
      const now = performance.now();
      this.answersFrom = now + restBeforeAnswer(now - startedAt);
      this.growsFrom = now + restBeforeGrowth(now - startedAt);
      done(now - startedAt);
    });
  }

  /** Whether the card is done with the last frame and, while something else computes on it, has rested from it. */
  ready(kind: FrameKind): boolean {
    const from = { alone: 0, answer: this.answersFrom, growth: this.growsFrom }[kind];
    return !this.isBusy && performance.now() >= from;
  }
}
