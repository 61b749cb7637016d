import type { SliceView, ViewId } from '../core/slice-geometry';
import type { Zyx } from '../core/vec';
import type { DisplayState } from './protocol';
import { type Motion, moved } from './scheduler/motion';
import type { Scheduler } from './scheduler/scheduler';
import { isSeen, viewWants, wantsWithin } from './scheduler/view-wants';
import { type SliceLayer, type SliceSource, sceneOf, shownIds } from './slice-source';
import type { SliceBackend, SliceTarget } from './slices';

/** What drawing may take of the GPU's or the processor's time while a fill runs. */
const DRAWING_SHARE = 0.2;
/** Rests are no longer than this, or than twice the frame: growth is to be seen even where a frame takes long. */
const LONG_REST_MILLISECONDS = 700;

/** What a `SliceLoop` gets from where it runs. */
export interface SliceSurroundings {
  /** Whose order bricks are read in. */
  readonly scheduler: Scheduler;
  display(): DisplayState | undefined;
  /** Whether a fill runs, to which drawing leaves most of the time. */
  isFilling(): boolean;
  requestFrame(draw: () => void): void;
  /** Something failed that no call waits for; `key` is the same for the same trouble. */
  onTrouble(key: string, error: unknown): void;
}

interface Attached<Slot> {
  readonly target: SliceTarget<Slot>;
  state: SliceView | undefined;
  motion: Motion | undefined;
}

/**
 * Draws the slice views whenever what they show has changed, once a frame at most, and tells the loaders which bricks the
 * views want as soon as a view changes.
 */
export class SliceLoop<Slot extends object> {
  private readonly views = new Map<ViewId, Attached<Slot>>();
  /** Whether a frame is asked for or being drawn, and whether something changed since. */
  private busy = false;
  private stale = false;
  private complete = false;
  private waiters: (() => void)[] = [];
  /** Until then the canvases keep what is on them. */
  private heldUntil = 0;

  constructor(
    private readonly backend: SliceBackend<Slot>,
    private readonly source: () => SliceSource<Slot> | undefined,
    private readonly around: SliceSurroundings,
  ) {}

  /** Draws a view on a canvas from now on; UNSUPPORTED_BROWSER as the backend's `createTarget`. */
  attach(view: ViewId, canvas: OffscreenCanvas): void {
    const target = this.backend.createTarget(view, canvas);
    const { state, motion } = this.views.get(view) ?? {};
    this.views.set(view, { target, state, motion });
    this.invalidate();
  }

  setView(view: ViewId, state: SliceView): void {
    const attached = this.views.get(view);
    if (!attached) return;
    attached.state = state;
    this.heldUntil = 0;
    const source = this.source();
    if (source) {
      const { voxelSizeNm } = source.volume;
      attached.motion = moved(attached.motion, view, state, voxelSizeNm, performance.now());
      this.rank(source);
    }
    attached.target.resize(state.widthPixels, state.heightPixels);
    this.invalidate();
  }

  /**
   * Leaves on the canvases what is drawn until the views can show all that has taken its place, or one of them moves; for so
   * long at most.
   */
  hold(milliseconds: number): void {
    this.heldUntil = performance.now() + milliseconds;
    if (milliseconds > 0) setTimeout(() => this.invalidate(), milliseconds);
    this.invalidate();
  }

  /** Says that something the views show has changed. */
  invalidate(): void {
    this.complete = false;
    this.stale = true;
    if (this.busy) return;
    this.busy = true;
    this.around.requestFrame(() => {
      this.stale = false;
      const started = performance.now();
      try {
        this.draw();
      } catch (error) {
        this.around.onTrouble('slices', error);
      }
      this.rest(started).finally(() => {
        this.busy = false;
        if (this.stale) this.invalidate();
      });
    });
  }

  /**
   * Waits until all is drawn, so that frames never queue up; while a fill runs, so much longer that drawing takes no more
   * than its share of the time. On a fast GPU neither is felt.
   */
  private async rest(started: number): Promise<void> {
    await this.backend.done();
    const drawing = performance.now() - started;
    const share = this.around.isFilling() ? DRAWING_SHARE : 1;
    const longest = Math.max(LONG_REST_MILLISECONDS, 2 * drawing);
    const pause = Math.min(drawing / share - drawing, longest);
    if (pause >= 4) await new Promise((resolve) => setTimeout(resolve, pause));
  }

  /** Resolves when all views show their wanted bricks, or the failure of these, or when drawing has ended for good. */
  async settled(): Promise<void> {
    while (!this.complete && this.views.size > 0)
      await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  /** Draws no more. */
  dispose(): void {
    this.views.clear();
    this.settle();
  }

  private draw(): void {
    const source = this.source();
    const display = this.around.display();
    if (!source || !display) return;
    if (performance.now() < this.heldUntil && !this.rank(source)) return;
    this.heldUntil = 0;
    source.segments.beginFrame();
    for (const [view, { target, state }] of this.views)
      if (state && isSized(state)) target.draw(state, sceneOf(view, state, source, display));
    // Again: what is drawn now may have been evicted since the views changed.
    const isSettled = this.rank(source);
    if (source.segments.isBehind) this.invalidate();
    else if (isSettled) this.settle();
  }

  /** Tells the loaders what all views want now; returns whether all that they show has come or failed. */
  private rank({ layers, volume }: SliceSource<Slot>): boolean {
    const display = this.around.display();
    const shown = display ? shownIds(display) : new Set<string>();
    return layers
      .map((layer) => this.rankLayer(layer, shown.has(layer.id), volume.voxelSizeNm))
      .every((isSettled) => isSettled);
  }

  private rankLayer(
    { loader, levels }: SliceLayer<Slot>,
    isDrawn: boolean,
    voxelSizeNm: Zyx,
  ): boolean {
    const wants = [...this.views].flatMap(([view, { state, motion }]) =>
      isDrawn && state && isSized(state) ? viewWants(view, state, levels, voxelSizeNm, motion) : [],
    );
    const possible = wantsWithin(wants, loader.pool.mostBricks);
    loader.want(possible);
    return possible.every((want) => !isSeen(want) || loader.isSettled(want.address));
  }

  private settle(): void {
    this.complete = true;
    const waiters = this.waiters;
    this.waiters = [];
    for (const resolve of waiters) resolve();
  }
}

const isSized = ({ widthPixels, heightPixels }: SliceView): boolean =>
  widthPixels > 0 && heightPixels > 0;
