import type { SliceView, ViewId } from '../core/slice-geometry';
import type { Volume } from '../volume/model';
import type { LabelSource } from './label-bricks';
import { addressKey, type BrickAddress } from './scheduler/address';
import { SliceLoop, type SliceSurroundings } from './slice-loop';
import type { SliceBackend } from './slices';
import { VolumeLayers } from './volume-layers';

/** The slice views and the bricks they show, as one backend draws and holds them. */
export class SliceViews<Slot extends object> {
  private readonly loop: SliceLoop<Slot>;
  private shown: VolumeLayers<Slot> | undefined;
  /** Resolves when the stored label layer that was asked for last is there, or has failed. */
  private overlaid: Promise<void> = Promise.resolve();

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

  /** Shows a volume in place of the present one. */
  open(volume: Volume, labels: LabelSource): void {
    this.close();
    const events = {
      onArrival: () => this.loop.invalidate(),
      onFailure: (address: BrickAddress, error: unknown) =>
        this.around.onTrouble(`brick ${addressKey(address)}`, error),
    };
    this.shown = new VolumeLayers(this.backend, volume, labels, events, this.around.scheduler);
    this.showReference(this.around.display()?.referenceLayer ?? null);
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

  /** Overlays a stored label layer, or none; keeps what is shown when the volume has no such layer. */
  showReference(name: string | null): void {
    const { shown } = this;
    if (!shown || (name !== null && !shown.volume.info.labels.includes(name))) return;
    this.overlaid = shown
      .showReference(name)
      .then(() => this.loop.invalidate())
      .catch((error: unknown) => this.around.onTrouble('stored labels', error));
  }

  /** Reads bricks that failed again, where views still want them. */
  retryFailed(): void {
    this.shown?.retryFailed();
    this.loop.invalidate();
  }

  /** Says that something the views show has changed. */
  invalidate(): void {
    this.loop.invalidate();
  }

  /** Resolves when all views show their wanted bricks, or the failure of these, or when they were disposed of. */
  async settled(): Promise<void> {
    await this.overlaid;
    await this.loop.settled();
  }

  /** Draws no more. Bricks on a lost device are gone with it. */
  dispose(): void {
    this.loop.dispose();
    this.close();
  }
}
