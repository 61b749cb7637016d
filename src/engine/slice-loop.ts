import { type BrickKey, brickKey } from '../core/brick';
import { pickLevel, type SliceView, type ViewId, visibleBricks } from '../core/slice-geometry';
import type { Zyx } from '../core/vec';
import type { BrickPool } from '../gpu/brick-pool';
import type { LevelInfo, VolumeInfo } from '../volume/model';
import { addressKey, type BrickAddress, type BrickLoader } from './brick-loader';
import type { LabelStore } from './label-store';
import type { DisplayState } from './protocol';
import type {
  CanvasTarget,
  DrawnBrick,
  FailedBrick,
  FillBits,
  SliceRenderer,
  SliceScene,
} from './slices';

/** A layer of bricks with levels: the image or a stored label layer. */
export interface SliceLayer {
  readonly loader: BrickLoader;
  readonly levels: readonly LevelInfo[];
}

/** What the slices show; read anew for each frame. */
export interface SliceSource {
  readonly volume: VolumeInfo;
  readonly image: SliceLayer;
  readonly reference:
    | (SliceLayer & { takeColours(): Uint32Array<ArrayBuffer> | undefined })
    | undefined;
  readonly labels: LabelStore;
  readonly labelPool: BrickPool;
  readonly fills: readonly FillBits[];
}

/** Label bricks uploaded in one frame at most, 1 MiB each. */
const UPLOADS_A_FRAME = 24;

/** What drawing may take of the GPU's time while a fill runs. */
const DRAWING_SHARE = 0.2;
/** Rests are no longer than this, or than twice the frame: growth is to be seen even where a frame takes long. */
const LONG_REST_MILLISECONDS = 700;

interface Attached {
  readonly target: CanvasTarget;
  state: SliceView | undefined;
}

/**
 * Draws the slice views whenever what they show has changed, once a frame at most, and tells the loaders which bricks the
 * views want: the coarsest level first, then the wanted level from the middle outwards.
 */
export class SliceLoop {
  private readonly views = new Map<ViewId, Attached>();
  private readonly uploaded = new Map<BrickKey, number>();
  /** Whether a frame is asked for or being drawn, and whether something changed since. */
  private busy = false;
  private stale = false;
  private complete = false;
  private waiters: (() => void)[] = [];

  constructor(
    private readonly renderer: SliceRenderer,
    private readonly display: () => DisplayState | undefined,
    private readonly source: () => SliceSource | undefined,
    private readonly requestFrame: (draw: () => void) => void,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  attach(view: ViewId, target: CanvasTarget): void {
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
    this.requestFrame(() => {
      this.stale = false;
      const started = performance.now();
      try {
        this.draw();
      } catch (error) {
        this.onFailure(error);
      }
      this.rest(started).finally(() => {
        this.busy = false;
        if (this.stale) this.invalidate();
      });
    });
  }

  /**
   * Waits until the GPU has drawn, so that frames never queue up; while a fill runs, so much longer that drawing takes no
   * more than its share of the GPU. On a fast GPU neither is felt.
   */
  private async rest(started: number): Promise<void> {
    await this.renderer.done();
    const drawing = performance.now() - started;
    const share = (this.source()?.fills.length ?? 0) > 0 ? DRAWING_SHARE : 1;
    const longest = Math.max(LONG_REST_MILLISECONDS, 2 * drawing);
    const pause = Math.min(drawing / share - drawing, longest);
    if (pause >= 4) await new Promise((resolve) => setTimeout(resolve, pause));
  }

  /** Forgets which label bricks the pool holds: another volume, another device. */
  reset(): void {
    this.uploaded.clear();
    this.invalidate();
  }

  /** Resolves when all views show their wanted bricks, or the failure of these. */
  async settled(): Promise<void> {
    while (!this.complete && this.views.size > 0)
      await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  private draw(): void {
    const source = this.source();
    const display = this.display();
    if (!source || !display) return;
    const uploads = { left: UPLOADS_A_FRAME };
    const colours = source.reference?.takeColours();
    if (colours) this.renderer.setReferenceColours(colours);
    const imageWants: BrickAddress[][] = [];
    const referenceWants: BrickAddress[][] = [];
    for (const [view, { target, state }] of this.views) {
      if (!state || state.widthPixels === 0 || state.heightPixels === 0) continue;
      imageWants.push(wantedBricks(view, state, source.image.levels, source.volume.voxelSizeNm));
      if (source.reference)
        referenceWants.push(
          wantedBricks(view, state, source.reference.levels, source.volume.voxelSizeNm),
        );
      this.renderer.draw(
        view,
        state,
        this.scene(view, state, source, display, uploads),
        target.getCurrentTexture(),
      );
    }
    const image = interleaved(imageWants);
    const reference = interleaved(referenceWants);
    source.image.loader.want(image);
    source.reference?.loader.want(reference);
    if (uploads.left <= 0) this.invalidate();
    else if (
      image.every((address) => source.image.loader.isSettled(address)) &&
      reference.every((address) => source.reference?.loader.isSettled(address))
    )
      this.settle();
  }

  private settle(): void {
    this.complete = true;
    const waiters = this.waiters;
    this.waiters = [];
    for (const resolve of waiters) resolve();
  }

  private scene(
    view: ViewId,
    state: SliceView,
    source: SliceSource,
    display: DisplayState,
    uploads: { left: number },
  ): SliceScene {
    const { volume, image, reference } = source;
    const { voxelSizeNm } = volume;
    return {
      volumeShapeZyx: volume.shapeZyx,
      voxelSizeNm,
      imageDtype: volume.dtype,
      image: drawnBricks(view, state, image, voxelSizeNm),
      failed: failedBricks(image, pickLevel(view, state, image.levels, voxelSizeNm)),
      reference:
        reference && !display.overlaysOff ? drawnBricks(view, state, reference, voxelSizeNm) : [],
      labels: this.labelBricks(view, state, source, uploads),
      fills: source.fills,
      display: { ...display, labelsVisible: display.labelsVisible && !display.overlaysOff },
    };
  }

  /** The segmentation's bricks that the view cuts, brought up to date on the GPU, a bounded number a frame. */
  private labelBricks(
    view: ViewId,
    state: SliceView,
    { volume, image, labels, labelPool }: SliceSource,
    uploads: { left: number },
  ): DrawnBrick[] {
    const level = image.levels[0];
    if (!level) return [];
    const drawn: DrawnBrick[] = [];
    for (const brickZyx of visibleBricks(view, state, level, volume.voxelSizeNm)) {
      const key = brickKey(brickZyx);
      if (!labels.has(key)) continue;
      // More would push each other out of the pool within one frame.
      if (drawn.length >= labelPool.mostBricks) break;
      const version = labels.version(key);
      const resident = labelPool.get(String(key));
      if (!resident || this.uploaded.get(key) !== version) {
        if (uploads.left-- > 0) {
          labelPool.put(String(key), labels.brick(brickZyx));
          this.uploaded.set(key, version);
        }
      }
      const slot = labelPool.get(String(key));
      if (slot) drawn.push({ block: slot.block, slot: slot.slot, brickZyx, level });
    }
    return drawn;
  }
}

/** The bricks a view wants of a layer: those of the coarsest level, then those of the level that suits the zoom. */
function wantedBricks(
  view: ViewId,
  state: SliceView,
  levels: readonly LevelInfo[],
  voxelSizeNm: Zyx,
): BrickAddress[] {
  const wanted = pickLevel(view, state, levels, voxelSizeNm);
  return [...new Set([levels.length - 1, wanted])].flatMap((index) => {
    const level = levels[index];
    if (!level) return [];
    return visibleBricks(view, state, level, voxelSizeNm).map((brickZyx) => ({
      level: index,
      brickZyx,
    }));
  });
}

/** The resident bricks of all levels from the wanted one to the coarsest that the view cuts. */
function drawnBricks(
  view: ViewId,
  state: SliceView,
  { loader, levels }: SliceLayer,
  voxelSizeNm: Zyx,
): DrawnBrick[] {
  const drawn: DrawnBrick[] = [];
  for (let index = pickLevel(view, state, levels, voxelSizeNm); index < levels.length; index++) {
    const level = levels[index];
    if (!level) continue;
    for (const brickZyx of visibleBricks(view, state, level, voxelSizeNm)) {
      const slot = loader.pool.get(addressKey({ level: index, brickZyx }));
      if (slot) drawn.push({ block: slot.block, slot: slot.slot, brickZyx, level });
    }
  }
  return drawn;
}

/** What could not be read of the wanted level and the coarser ones. */
const failedBricks = ({ loader, levels }: SliceLayer, wantedLevel: number): FailedBrick[] =>
  loader.failed().flatMap(({ level, brickZyx }) => {
    const info = levels[level];
    return info && level >= wantedLevel ? [{ brickZyx, level: info }] : [];
  });

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
