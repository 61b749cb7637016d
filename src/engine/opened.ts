import { BitsVault } from '../core/bits-vault';
import type { ByteFile } from '../core/byte-file';
import { abortError, FloodlightError } from '../core/errors';
import { type DrawingLimit, UNLIMITED_DRAWING } from '../core/surface';
import type { ImageFilter } from '../normalize/filter';
import { filteredVolume } from '../volume/filtered-volume';
import type { Hosts } from '../volume/hosts';
import type { AxisSelection, Volume, VolumeInfo } from '../volume/model';
import { type Budgets, chunkBytes, labelBytes, surfaceBytes } from './budgets';
import type { AxisChoice, Layer, LayerOptions, LayerSeen, LayerSource } from './layer';
import { LayerSources } from './layer-sources';
import type { Machine } from './machine';
import type { OpenLayer } from './open-layer';
import type {
  AxesSelected,
  EngineEvent,
  SceneCamera,
  SourceAccess,
  VolumeSource,
} from './protocol';
import { checkAxisChoice, checkFilter, checkLayerOptions } from './request';
import { Segmentation } from './segmentation';
import type { Hold } from './slice-loop';
import type { EngineSurroundings } from './surroundings';

export interface Open {
  readonly segmentation: Segmentation;
  /** As it is seen and filled: through a filter. */
  readonly volume: Volume;
  /** As networks see it: it is this that their normalisation fits. */
  readonly stored: Volume;
}

/** What of the engine is told of what is open, and asked. */
export interface OpenedHooks {
  /** What all is fetched from. */
  readonly hosts: Hosts;
  /** Once those hold that the engine was started with. */
  budgeted(): Promise<void>;
  budgets(): Budgets;
  emit(event: EngineEvent): void;
  onTrouble(key: string, error: unknown): void;
  slices(): Machine['slices'];
  /** Cancels what fills. */
  stopFills(): Promise<void>;
  /** Cancels what computes on the voxels that are open. */
  stopAll(): Promise<void>;
  /** Resolves when nothing reads the segmentation that must not be broken off. */
  saved(): Promise<void>;
  /** What was open is let go of, and all that was made of it. */
  onClosing(): void;
  /** Bits of the segmentation take so many bytes of the disk. */
  onSpilled(bytes: number): void;
  /** What surfaces may take of a processor's time now, 0 to 1. */
  surfaceShare(): number;
}

/** Another time, channel or filter is drawn once it is there; another volume, once there is something of it everywhere. */
const HOLD_CHANGED: Hold = { milliseconds: 500, until: 'settled' };
const HOLD_OPENED: Hold = { milliseconds: 250, until: 'covered' };

/**
 * What is open: a volume, as it is stored and as it is seen and filled, its segmentation, and the layers beside it. Nothing at first; what fails
 * to open leaves all as it is.
 */
export class Opened {
  /** As it is stored, and as it is seen and filled: through a filter. */
  private stored: Volume | undefined;
  volume: Volume | undefined;
  segmentation: Segmentation | undefined;
  /** What is open beside it. */
  readonly layers: LayerSources;
  private filter: ImageFilter = { kind: 'none' };
  private camera: SceneCamera | undefined;
  /** To the 3-D view. */
  private surfacePort: MessagePort | undefined;
  /** Of the 3-D view. */
  private drawingLimit = UNLIMITED_DRAWING;
  /** One file, which the open volume's segmentation has. */
  private spill: Promise<ByteFile | undefined> | undefined;
  private opening: AbortController | undefined;
  private selecting: AbortController | undefined;
  /** Ends with the last change of what is seen that was asked for. */
  private lastTurn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly around: EngineSurroundings,
    private readonly hooks: OpenedHooks,
  ) {
    this.layers = new LayerSources((source, { headers }, signal) =>
      this.read(source, headers ? { headers } : {}, signal),
    );
  }

  /** All that is open: the volume first. */
  get volumes(): readonly Volume[] {
    return this.stored ? [this.stored, ...this.layers.volumes] : [];
  }

  /** NO_VOLUME while there is none. */
  require(): Open {
    const { segmentation, volume, stored } = this;
    if (!segmentation || !volume || !stored) throw new FloodlightError('NO_VOLUME', {});
    return { segmentation, volume, stored };
  }

  private requireStored(): Volume {
    if (!this.stored) throw new FloodlightError('NO_VOLUME', {});
    return this.stored;
  }

  /** Does one change of what is seen after the other, whatever came of that: each begins with what the one before left. */
  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.lastTurn.then(work);
    this.lastTurn = result.catch(() => {});
    return result;
  }

  /** Rejects with an AbortError once the signal fires, as long as what was open is there. */
  async open(
    source: VolumeSource,
    access: SourceAccess,
    cancelled?: AbortSignal,
  ): Promise<VolumeInfo> {
    const { around, hooks } = this;
    this.opening?.abort(abortError());
    const opening = new AbortController();
    this.opening = opening;
    const signal = cancelled ? AbortSignal.any([opening.signal, cancelled]) : opening.signal;
    await hooks.budgeted();
    // Not before: a budget smaller than the user's own would drop chunks of earlier sessions.
    around.disk.suggestBudgetBytes(hooks.budgets().diskBytes);
    const spilling = this.spillFile();
    const volume = await this.read(source, access, signal);
    const spill = await spilling;
    await hooks.saved();
    signal.throwIfAborted();
    this.selecting?.abort(abortError());
    await hooks.stopAll();
    hooks.onClosing();
    this.segmentation?.clear();
    // Asking costs nothing, and hardly ever is there something.
    if (spill?.getSize()) spill.truncate(0);
    this.layers.clear();
    this.stored = volume;
    this.volume = volume;
    this.filter = { kind: 'none' };
    this.segmentation = this.segmentationOf(volume.info, spill);
    around.disk.setSpilledBytes(0);
    this.share();
    this.segmentation.surfaces.setCamera(this.camera);
    this.segmentation.surfaces.setDrawingLimit(this.drawingLimit);
    this.show(HOLD_OPENED);
    hooks.emit({ type: 'segments', segments: [] });
    hooks.emit({ type: 'history', history: { undo: null, redo: null } });
    return volume.info;
  }

  async setFilter(filter: ImageFilter): Promise<void> {
    const checked = checkFilter(filter);
    // Refuses what it cannot filter before anything is stopped.
    filteredVolume(this.requireStored(), checked, this.around.filter);
    await this.hooks.stopFills();
    this.filter = checked;
    this.look(this.requireStored());
  }

  selectAxes(selection: Partial<AxisSelection>): Promise<AxesSelected> {
    this.selecting?.abort(abortError());
    const selecting = new AbortController();
    const { signal } = selecting;
    this.selecting = selecting;
    return this.inTurn(async () => {
      signal.throwIfAborted();
      const stored = await this.requireStored().select(selection, signal);
      const readAgain = await this.layers.readAgain(stored, signal);
      signal.throwIfAborted();
      await this.hooks.stopAll();
      signal.throwIfAborted();
      const layers = readAgain();
      this.look(stored);
      return { volume: stored.info, layers };
    });
  }

  async openLayer(
    source: LayerSource,
    options: LayerOptions,
    cancelled?: AbortSignal,
    replacedId?: string,
  ): Promise<Layer> {
    checkLayerOptions(options);
    this.requireStored();
    const surroundings = {
      cancelled,
      volume: () => this.requireStored(),
      inTurn: <Result>(work: () => Promise<Result>) => this.inTurn(work),
      show: (layers: readonly OpenLayer[]) =>
        this.hooks
          .slices()
          ?.showBeside(layers, replacedId === undefined ? undefined : HOLD_CHANGED),
    };
    const layer = await this.layers.open(source, options, surroundings, replacedId);
    this.shareCache();
    return layer;
  }

  async selectLayerAxes(id: string, changes: Partial<AxisChoice>): Promise<LayerSeen> {
    checkAxisChoice(changes);
    return this.inTurn(async () => {
      const seen = await this.layers.select(this.requireStored(), id, changes);
      this.hooks.slices()?.showBeside(this.layers.all, HOLD_CHANGED);
      return seen;
    });
  }

  closeLayer(id: string): void {
    this.layers.close(id);
    this.hooks.slices()?.showBeside(this.layers.all);
    this.shareCache();
  }

  setCamera(camera: SceneCamera | undefined): void {
    this.camera = camera;
    this.segmentation?.surfaces.setCamera(camera);
  }

  attachSurfaces(port: MessagePort): void {
    this.surfacePort?.close();
    this.surfacePort = port;
    port.onmessage = ({ data }: MessageEvent<DrawingLimit>) => this.setDrawingLimit(data);
    this.setDrawingLimit(UNLIMITED_DRAWING);
    this.segmentation?.surfaces.showAnew();
  }

  private setDrawingLimit(limit: DrawingLimit): void {
    this.drawingLimit = limit;
    this.segmentation?.surfaces.setDrawingLimit(limit);
  }

  /** The segmentation's bits take the budgets that hold now. */
  shareBits(): void {
    const budgets = this.hooks.budgets();
    this.segmentation?.setBudgets(labelBytes(budgets), budgets.diskBytes);
  }

  /** Chunks and surfaces do. */
  share(): void {
    this.shareCache();
    this.segmentation?.surfaces.setBytes(surfaceBytes(this.hooks.budgets()));
  }

  /** Shows the open volume, if there are both one and slices. */
  show(hold?: Hold): void {
    const { volume, segmentation } = this;
    if (!volume || !segmentation) return;
    this.hooks.slices()?.open(volume, segmentation, this.layers.all, hold);
  }

  /** Sees a volume, through the filter that is set. */
  private look(stored: Volume): void {
    this.stored = stored;
    this.volume = filteredVolume(stored, this.filter, this.around.filter);
    this.show(HOLD_CHANGED);
  }

  private read(source: VolumeSource, access: SourceAccess, signal: AbortSignal): Promise<Volume> {
    return this.around.openVolume(source, access, signal, this.hooks.hosts);
  }

  private segmentationOf(info: VolumeInfo, spill: ByteFile | undefined): Segmentation {
    const { hooks } = this;
    const budgets = hooks.budgets();
    return new Segmentation(
      this.around.mesher,
      info,
      {
        onSegments: (segments) => hooks.emit({ type: 'segments', segments }),
        onHistory: (history) => hooks.emit({ type: 'history', history }),
        onSurface: (change) => this.surfacePort?.postMessage(change),
        onLabels: () => hooks.slices()?.labelsChanged(),
        onFailure: (error) => hooks.onTrouble('surface', error),
        onSpilled: (bytes) => hooks.onSpilled(bytes),
        surfaceShare: () => hooks.surfaceShare(),
      },
      new BitsVault(labelBytes(budgets), spill, budgets.diskBytes),
    );
  }

  /** The file for bits that do not fit into memory; undefined where there is no disk. */
  private async spillFile(): Promise<ByteFile | undefined> {
    try {
      this.spill ??= this.around.openSpillFile();
      return await this.spill;
    } catch (error) {
      this.hooks.onTrouble('disk', error);
      return undefined;
    }
  }

  /** Divides what decoded chunks may take among all that is open. */
  private shareCache(): void {
    const { volumes } = this;
    for (const volume of volumes)
      volume.setCacheBytes(chunkBytes(this.hooks.budgets()) / volumes.length);
  }
}
