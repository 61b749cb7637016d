import { restAfter, restBeforeAnswer, restBeforeGrowth } from '../core/drawing-pace';
import type { SliceView, ViewId } from '../core/slice-geometry';
import type { Zyx } from '../core/vec';
import type { DisplayState, SlicePicture } from './protocol';
import { type Motion, moved } from './scheduler/motion';
import type { Scheduler } from './scheduler/scheduler';
import { isCover, isSeen, viewWants, type Want, wantsWithin } from './scheduler/view-wants';
import { type SliceLayer, type SliceSource, sceneOf, shownIds } from './slice-source';
import type { SliceBackend, SliceTarget } from './slices';

/** What drawing may take of the time while the views wait for bricks. */
const LOADING_SHARE = 0.25;
/** A shorter rest is none. */
const LEAST_REST_MILLISECONDS = 4;

/** What a `SliceLoop` gets from where it runs. */
export interface SliceSurroundings {
  /** Whose order bricks are read in. */
  readonly scheduler: Scheduler;
  display(): DisplayState | undefined;
  /** Whether a fill runs, to which drawing leaves most of the time. */
  isFilling(): boolean;
  requestFrame(draw: () => void): void;
  /** A picture is done. */
  onPicture(picture: SlicePicture): void;
  /** Something failed that no call waits for; `key` is the same for the same trouble. */
  onTrouble(key: string, error: unknown): void;
}

/** How long the canvases keep what is on them, at most: until all that takes its place has come, or what covers it. */
export interface Hold {
  readonly milliseconds: number;
  readonly until: 'settled' | 'covered';
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
  /** Whether what changed is to be seen at once, and how to have the rest after a frame end for it. */
  private urgent = false;
  /** Whether somebody asked for that, rather than that a fill has come farther. */
  private isAwaited = false;
  private endRest = () => {};
  /** Until then the canvases keep what is on them, unless what counts has come. */
  private heldUntil = 0;
  private heldFor = isSeen;
  /** Until then only all that the views show counts: a picture of what covers them takes more than drawing's share. */
  private wholeUntil = 0;
  /** How long the last picture took. */
  private drawing = 0;

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
    // A view that is told for the first time where to look has not been moved.
    if (attached.state) this.heldUntil = 0;
    attached.state = state;
    const source = this.source();
    if (source) {
      const { voxelSizeNm } = source.volume;
      attached.motion = moved(attached.motion, view, state, voxelSizeNm, performance.now());
      this.rank(source);
    }
    attached.target.resize(state.widthPixels, state.heightPixels);
    this.invalidate();
  }

  /** Another volume is open: how the views looked at the one before tells nothing of it, so they are not drawn until told. */
  forget(): void {
    for (const attached of this.views.values()) {
      attached.state = undefined;
      attached.motion = undefined;
    }
  }

  /**
   * Leaves on the canvases what is drawn, unless a view moves. What only covers the views is drawn no sooner than drawing may
   * take so long: where pictures are slow, one of all of it is there sooner without another one before it.
   */
  hold({ milliseconds, until }: Hold): void {
    const now = performance.now();
    const rest = Math.min(restAfter(this.drawing, LOADING_SHARE), milliseconds);
    this.heldUntil = now + milliseconds;
    this.wholeUntil = now + rest;
    this.heldFor = until === 'settled' ? isSeen : isCover;
    for (const due of new Set([rest, milliseconds]))
      setTimeout(() => {
        if (this.heldUntil > 0) this.invalidate();
      }, due);
    this.invalidate();
  }

  /** Says that something the views show is to change. */
  invalidate(): void {
    this.isAwaited = true;
    this.labelsChanged();
  }

  /** Says that voxels of segments have changed: while a fill runs that can wait. */
  labelsChanged(): void {
    this.urgent = true;
    if (this.isAwaited || !this.around.isFilling()) this.endRest();
    this.request();
  }

  /** Says that a brick has come. While the views wait for more, drawing leaves the time to those. */
  arrived(): void {
    if (!this.isWaiting && !this.around.isFilling()) this.endRest();
    this.request();
  }

  private get isWaiting(): boolean {
    return this.source()?.layers.some(({ loader }) => loader.isAwaited) ?? false;
  }

  private request(): void {
    this.complete = false;
    this.stale = true;
    if (this.busy) return;
    this.busy = true;
    this.around.requestFrame(() => {
      this.stale = false;
      this.urgent = false;
      this.isAwaited = false;
      this.frame().finally(() => {
        this.busy = false;
        if (this.stale) this.request();
      });
    });
  }

  private async frame(): Promise<void> {
    const started = performance.now();
    try {
      const views = this.draw();
      // What else the GPU does is not waited for where nothing was drawn.
      if (!views) return;
      // Frames never queue up.
      await this.backend.done();
      this.drawing = performance.now() - started;
      const startedAt = performance.timeOrigin + started;
      this.around.onPicture({ views, startedAt, doneAt: startedAt + this.drawing });
      await this.rest(this.drawing);
    } catch (error) {
      this.around.onTrouble('slices', error);
    }
  }

  /**
   * While a fill runs, or the views wait for bricks and nothing else has changed, waits so long that drawing takes no more than
   * its share of the time. On a fast GPU neither is felt.
   */
  private async rest(drawing: number): Promise<void> {
    if (!this.around.isFilling()) {
      if (this.isWaiting && !this.urgent)
        await this.restUntilEnded(restAfter(drawing, LOADING_SHARE));
      return;
    }
    const least = restBeforeAnswer(drawing);
    const more = restBeforeGrowth(drawing) - least;
    await sleep(least);
    if (!this.isAwaited) await this.restUntilEnded(more);
  }

  /** For so long, unless `endRest` is called. */
  private async restUntilEnded(milliseconds: number): Promise<void> {
    if (milliseconds < LEAST_REST_MILLISECONDS) return;
    await new Promise<void>((resolve) => {
      setTimeout(resolve, milliseconds);
      this.endRest = resolve;
    });
    this.endRest = () => {};
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

  /** Draws all views, unless what is on them is to stay; returns how they look at the volume then. */
  private draw(): SlicePicture['views'] | undefined {
    const source = this.source();
    const display = this.around.display();
    if (!source || !display) return undefined;
    if (performance.now() < this.heldUntil && !this.hasCome(source)) return undefined;
    this.heldUntil = 0;
    source.segments.beginFrame();
    const drawn: { [view in ViewId]?: SliceView } = {};
    for (const [view, { target, state }] of this.views) {
      if (!state || !isSized(state)) continue;
      target.draw(state, sceneOf(view, state, source, display));
      drawn[view] = state;
    }
    // Again: what is drawn now may have been evicted since the views changed.
    const isSettled = this.rank(source);
    if (source.segments.isBehind) this.invalidate();
    else if (isSettled) this.settle();
    return drawn;
  }

  /** Whether what the canvases are held for is there; not while no view is known to look anywhere. */
  private hasCome(source: SliceSource<Slot>): boolean {
    const isLooking = [...this.views.values()].some(({ state }) => state !== undefined);
    const counts = performance.now() < this.wholeUntil ? isSeen : this.heldFor;
    return this.rank(source, counts) && isLooking;
  }

  /** Tells the loaders what all views want now; returns whether all of it that counts has come or failed. */
  private rank({ layers, volume }: SliceSource<Slot>, counts = isSeen): boolean {
    const display = this.around.display();
    const shown = display ? shownIds(display) : new Set<string>();
    return layers
      .map((layer) => this.rankLayer(layer, shown.has(layer.id), volume.voxelSizeNm, counts))
      .every((isSettled) => isSettled);
  }

  private rankLayer(
    { loader, levels }: SliceLayer<Slot>,
    isDrawn: boolean,
    voxelSizeNm: Zyx,
    counts: (want: Want) => boolean,
  ): boolean {
    const wants = [...this.views].flatMap(([view, { state, motion }]) =>
      isDrawn && state && isSized(state) ? viewWants(view, state, levels, voxelSizeNm, motion) : [],
    );
    const possible = wantsWithin(wants, loader.pool.mostBricks);
    loader.want(possible);
    return possible.every((want) => !counts(want) || loader.isSettled(want.address));
  }

  private settle(): void {
    this.complete = true;
    const waiters = this.waiters;
    this.waiters = [];
    for (const resolve of waiters) resolve();
  }
}

const sleep = (milliseconds: number): Promise<void> | undefined =>
  milliseconds < LEAST_REST_MILLISECONDS
    ? undefined
    : new Promise((resolve) => setTimeout(resolve, milliseconds));

const isSized = ({ widthPixels, heightPixels }: SliceView): boolean =>
  widthPixels > 0 && heightPixels > 0;
