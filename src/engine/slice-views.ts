import type { SliceView, ViewId } from '../core/slice-geometry';
import type { Volume } from '../volume/model';
import type { LabelSource } from './label-bricks';
import type { OpenLayer } from './open-layer';
import { type Hold, SliceLoop, type SliceSurroundings } from './slice-loop';
import type { SliceBackend } from './slices';
import { VolumeLayers } from './volume-layers';

/** The slice views and the bricks they show, as one backend draws and holds them. */
export class SliceViews<Slot extends object> {
  private readonly loop: SliceLoop<Slot>;
  private shown: VolumeLayers<Slot> | undefined;

  constructor(
    private readonly backend: SliceBackend<Slot>,
    private readonly around: SliceSurroundings,
  ) {
    this.loop = new SliceLoop(backend, () => this.shown?.source, around);
  }

  /** Those of the open volume. */
  get layers(): VolumeLayers<Slot> | undefined {
    return this.shown;
  }

  /** Shows a volume in place of the present one, whose picture may stay for a while. */
  open(volume: Volume, labels: LabelSource, beside: readonly OpenLayer[], hold?: Hold): void {
    this.close();
    const onArrival = () => this.loop.arrived();
    this.shown = new VolumeLayers(this.backend, volume, labels, onArrival, this.around.scheduler);
    try {
      this.shown.showBeside(beside);
    } catch (error) {
      // Budgets may have become too small for all of them.
      this.around.onTrouble('layers', error);
    }
    this.change(hold);
  }

  /** Draws the views again once they are told how they look at the volume that is opened now. */
  forget(): void {
    this.loop.forget();
  }

  /**
   * Draws these layers beside the volume from now on, in place of a picture that may stay for a while; BUDGET_EXCEEDED, changing
   * nothing, where there is no room for all.
   */
  showBeside(layers: readonly OpenLayer[], hold?: Hold): void {
    this.shown?.showBeside(layers);
    this.change(hold);
  }

  /** Draws the views anew: at once, or when what they show has come. */
  private change(hold: Hold | undefined): void {
    if (hold) this.loop.hold(hold);
    else this.loop.invalidate();
  }

  /** Holds all bricks to what the backend has for them now. */
  fit(): void {
    this.shown?.fit();
    this.loop.invalidate();
  }

  /** Shows nothing. */
  close(): void {
    this.shown?.dispose();
    this.shown = undefined;
  }

  /** Draws a view on a canvas from now on; UNSUPPORTED_BROWSER where the canvas cannot be drawn on. */
  attach(view: ViewId, canvas: OffscreenCanvas, state: SliceView | undefined): void {
    this.loop.attach(view, canvas);
    if (state) this.loop.setView(view, state);
  }

  setView(view: ViewId, state: SliceView): void {
    this.loop.setView(view, state);
  }

  /** Reads bricks that failed again, where views still want them. */
  retryFailed(): void {
    this.shown?.retryFailed();
    this.loop.invalidate();
  }

  /** Says that something the views show is to change. */
  invalidate(): void {
    this.loop.invalidate();
  }

  /** Says that voxels of segments have changed. */
  labelsChanged(): void {
    this.loop.labelsChanged();
  }

  /** Resolves when all views show their wanted bricks, or the failure of these, or when they were disposed of. */
  settled(): Promise<void> {
    return this.loop.settled();
  }

  /** Draws no more. Bricks on a lost device are gone with it. */
  dispose(): void {
    this.loop.dispose();
    this.close();
  }
}
