import type { SliceView, ViewId } from '../core/slice-geometry';
import type { BrickAddress, BrickLoader } from './brick-loader';
import type { DisplayState } from './protocol';
import { type SliceSource, sceneOf, wantedBricks } from './slice-source';
import type { SliceBackend, SliceTarget } from './slices';

/** What drawing may take of the GPU's or the processor's time while a fill runs. */
const DRAWING_SHARE = 0.2;
/** Rests are no longer than this, or than twice the frame: growth is to be seen even where a frame takes long. */
const LONG_REST_MILLISECONDS = 700;

/** What a `SliceLoop` gets from where it runs. */
export interface SliceSurroundings {
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
}

/**
 * Draws the slice views whenever what they show has changed, once a frame at most, and tells the loaders which bricks the
 * views want: the coarsest level first, then the wanted level from the middle outwards.
 */
export class SliceLoop<Slot extends object> {
  private readonly views = new Map<ViewId, Attached<Slot>>();
  /** Whether a frame is asked for or being drawn, and whether something changed since. */
  private busy = false;
  private stale = false;
  private complete = false;
  private waiters: (() => void)[] = [];

  constructor(
    private readonly backend: SliceBackend<Slot>,
    private readonly source: () => SliceSource<Slot> | undefined,
    private readonly around: SliceSurroundings,
  ) {}

  /** Draws a view on a canvas from now on; UNSUPPORTED_BROWSER as the backend's `createTarget`. */
  attach(view: ViewId, canvas: OffscreenCanvas): void {
    const target = this.backend.createTarget(view, canvas);
    this.views.set(view, { target, state: this.views.get(view)?.state });
    this.invalidate();
  }

  setView(view: ViewId, state: SliceView): void {
    const attached = this.views.get(view);
    if (!attached) return;
    attached.state = state;
    attached.target.resize(state.widthPixels, state.heightPixels);
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
    source.labels.beginFrame();
    const colours = source.reference?.takeColours();
    if (colours) this.backend.setReferenceColours(colours);
    const imageWants: BrickAddress[][] = [];
    const referenceWants: BrickAddress[][] = [];
    for (const [view, { target, state }] of this.views) {
      if (!state || state.widthPixels === 0 || state.heightPixels === 0) continue;
      const wants = ({ levels }: SliceSource<Slot>['image']) =>
        wantedBricks(view, state, levels, source.volume.voxelSizeNm);
      imageWants.push(wants(source.image));
      if (source.reference) referenceWants.push(wants(source.reference));
      target.draw(state, sceneOf(view, state, source, display));
    }
    const imageIsSettled = wantAll(source.image.loader, imageWants);
    const referenceIsSettled = wantAll(source.reference?.loader, referenceWants);
    if (source.labels.isBehind) this.invalidate();
    else if (imageIsSettled && referenceIsSettled) this.settle();
  }

  private settle(): void {
    this.complete = true;
    const waiters = this.waiters;
    this.waiters = [];
    for (const resolve of waiters) resolve();
  }
}

/**
 * Tells a loader what all views want, one of each in turn so that no view waits for another, and no more than its pool may
 * hold; returns whether all of it has come or failed.
 */
function wantAll<Slot extends object>(
  loader: BrickLoader<Slot> | undefined,
  wants: readonly (readonly BrickAddress[])[],
): boolean {
  if (!loader) return true;
  const wanted = interleaved(wants).slice(0, loader.pool.mostBricks);
  loader.want(wanted);
  return wanted.every((address) => loader.isSettled(address));
}

/** Lists merged by taking one of each in turn, so that no view waits for another. */
function interleaved<T>(lists: readonly (readonly T[])[]): T[] {
  const merged: T[] = [];
  const longest = Math.max(0, ...lists.map((list) => list.length));
  for (let i = 0; i < longest; i++)
    for (const list of lists) {
      const item = list[i];
      if (item !== undefined) merged.push(item);
    }
  return merged;
}
