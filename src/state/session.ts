import type { Box } from '../core/box';
import { abortError, FloodlightError, fromRecord, isAbort } from '../core/errors';
import { IDENTITY } from '../core/quaternion';
import { maximum, minimum, type Zyx } from '../core/vec';
import type { EngineClient } from '../engine/client';
import type {
  AxisSelection,
  BackendChoice,
  Budgets,
  DisplayState,
  EngineEvent,
  FillProgress,
  FillRequest,
  FillResult,
  FloodFillParams,
  ImageFilter,
  LayerSource,
  SliceView,
  SourceAccess,
  Steering,
  SurfaceChange,
  ViewId,
  VolumeRequest,
  VolumeResult,
  VolumeSource,
} from '../engine/protocol';
import type { VolumeInfo } from '../volume/model';
import { storedBackend } from './backend-choice';
import { ChannelLooks } from './channel-looks';
import { ComponentCounts } from './component-counts';
import { Evaluator } from './evaluator';
import { FfnTool } from './ffn-tool';
import { boxAround, withBound } from './fill-box';
import { formatNumber } from './format-number';
import { LabelSaving } from './label-saving';
import { type AddLayerOptions, Layers, layersOf, VOLUME_LAYER } from './layers';
import { rememberLocalSource } from './local-sources';
import { Meshing, type MeshRunOptions } from './meshing';
import { Models } from './models';
import { Navigation } from './navigation';
import type { SaveOptions, SaveTarget } from './save-options';
import { reopenLayers } from './saved-layers';
import { Scene } from './scene';
import { isHandle, type LocalSource, sourceOfHandle } from './source-picker';
import {
  type AppState,
  type AppStore,
  createAppStore,
  type FillOptions,
  type Notice,
  type PanelId,
  type RunningFill,
  type ToolId,
} from './store';
import { storeBudgets } from './stored-budgets';
import { suggestedRange } from './suggested-range';

const VOLUME_RUNS =
  'The volume is being segmented. To grow anything else meanwhile cancel that (Esc): it goes on where it was when you start it again.';
const OFFLINE =
  'This computer has no network. What is missing comes by itself once there is one again.';

/** What is not needed for a first look waits no longer for it than this. */
const LATE_MILLISECONDS = 500;

export interface SegmentRunOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FillProgress) => void;
}

/**
 * The page's one controller: every user action and every automation call is a method here. It owns the store and the
 * engine's client; React and the views read the store and call these methods.
 */
export class Session {
  readonly store: AppStore = createAppStore();
  private nextJob = 1;
  private readonly progressListeners = new Map<number, (progress: FillProgress) => void>();
  private readonly surfaceListeners = new Set<(change: SurfaceChange) => void>();
  private readonly views = new Map<ViewId, SliceView>();
  readonly saving: LabelSaving;
  /** Whole surfaces. */
  readonly meshing: Meshing;
  /** The 3-D view. */
  readonly scene: Scene;
  /** Where the slice views look. */
  readonly navigation: Navigation;
  readonly counts: ComponentCounts;
  /** Networks that are kept. */
  readonly models: Models;
  /** The tool that grows objects by a network. */
  readonly ffn = new FfnTool(this);
  readonly evaluator: Evaluator;

  /** The layers that the slices show. */
  readonly layers: Layers;

  constructor(readonly engine: EngineClient) {
    this.layers = new Layers(
      engine,
      () => this.state.display.layers,
      (layers) => this.show({ layers }),
    );
    this.scene = new Scene(engine, () => this.state);
    this.navigation = new Navigation(this);
    this.counts = new ComponentCounts(this, () => this.nextJob++);
    this.models = new Models(this, () => this.nextJob++);
    this.evaluator = new Evaluator(this, () => this.nextJob++);
    this.meshing = new Meshing(engine, this.store, () => this.nextJob++);
    this.saving = new LabelSaving(
      engine,
      this.store,
      () => this.nextJob++,
      (saved) =>
        reopenLayers(this.layers, this.state.display.layers, saved).catch((error) =>
          this.report(error, 'layer'),
        ),
    );
  }

  get state(): AppState {
    return this.store.getState();
  }

  private set(changes: Partial<AppState>): void {
    this.store.setState(changes);
  }

  /** Starts the engine; without an adapter all runs on the processor, and the page says why. */
  async start(backend: BackendChoice = 'auto', budgets: Partial<Budgets> = {}): Promise<void> {
    await this.engine.start((event) => this.receive(event), backend, budgets);
    void this.models.refresh();
  }

  /** What fills run on from the next one on; remembered. WEBGPU_UNAVAILABLE where there is no adapter to run on. */
  async setBackend(choice: BackendChoice): Promise<void> {
    await this.engine.setBackend(choice);
    storedBackend.write(choice);
  }

  /** Opens a volume, a URL relative to the page; on failure what was open stays. */
  async open(source: VolumeSource, access: SourceAccess = {}): Promise<VolumeInfo> {
    const absolute = typeof source === 'string' ? new URL(source, document.baseURI).href : source;
    const opening = typeof absolute === 'string' ? absolute : 'local';
    this.set({ opening });
    try {
      const volume = await this.engine.open(absolute, access);
      this.set({
        volume,
        selection: volume.selection,
        lastError: null,
        histogram: null,
        notices: [],
        segments: [],
        savedAt: null,
        unsaved: false,
        saveOptions: { ...this.state.saveOptions, name: '' },
        lastSave: null,
        positionZyx: volume.shapeZyx.map((size) => size >> 1) as unknown as Zyx,
        orientation: IDENTITY,
        fillOptions: { ...this.state.fillOptions, ...suggestedRange(volume), box: null },
        ffn: { ...this.state.ffn, seedsZyx: [] },
        imageFilter: { kind: 'none' },
      });
      this.channelLooks.clear();
      this.evaluator.forget();
      this.show({
        layers: layersOf(volume, this.state.display.layers),
        selectedIds: [],
        hiddenIds: [],
        emphasizedIds: {},
      });
      void this.readHistogramAfterViews();
      return volume;
    } catch (error) {
      this.report(error, 'open');
      throw error;
    } finally {
      if (this.state.opening === opening) this.set({ opening: null });
    }
  }

  /** Opens what was picked or dropped, and remembers it where it can be; failures are shown, and thrown. */
  async openLocal(picked: LocalSource | VolumeSource): Promise<VolumeInfo> {
    if (!isHandle(picked)) return this.open(picked);
    let source: VolumeSource;
    try {
      source = await sourceOfHandle(picked);
    } catch (error) {
      this.report(error, 'open');
      throw error;
    }
    const volume = await this.open(source);
    void rememberLocalSource(picked);
    return volume;
  }

  /** Changes what may be taken of the machine; what was said is remembered. BAD_PARAMETERS for too little or too much. */
  async setBudgets(budgets: Partial<Budgets>): Promise<Budgets> {
    const set = await this.engine.setBudgets(budgets);
    storeBudgets(budgets);
    return set;
  }

  /** Drops all chunks that are kept on disk. */
  async clearDiskCache(): Promise<void> {
    await this.engine.clearDiskCache();
    this.inform('The cache of chunks on disk is empty.', 'disk');
  }

  /** Asks the browser never to drop what this page keeps on disk by itself; whether it agreed. */
  async keepDiskCache(): Promise<boolean> {
    const isKept = (await navigator.storage?.persist()) ?? false;
    this.inform(
      isKept
        ? 'The browser keeps this page’s files until you clear them.'
        : 'The browser does not promise to keep this page’s files: it may drop them when the disk runs full.',
      'disk',
    );
    return isKept;
  }

  /** Has the image seen and filled through a filter; BAD_PARAMETERS where it cannot be. */
  async setImageFilter(filter: ImageFilter): Promise<void> {
    await this.engine.setImageFilter(filter);
    this.set({ imageFilter: filter });
    this.readHistogram();
  }

  /** Looks at another time or channel; each channel keeps its contrast and its range of fills. BAD_PARAMETERS for what is not there. */
  async selectAxes(changes: Partial<AxisSelection>): Promise<AxisSelection> {
    const volume = await this.engine.selectAxes(changes);
    const { selection } = volume;
    const { selection: before, display, fillOptions } = this.state;
    this.set({ selection });
    const image = display.layers.find(({ id }) => id === VOLUME_LAYER);
    if (selection.c !== before.c && image?.kind === 'image') {
      const { contrast } = image;
      const { low, high } = fillOptions;
      const look = this.channelLooks.exchange(before.c, { contrast, low, high }, volume);
      this.layers.set(VOLUME_LAYER, { contrast: look.contrast });
      this.setFillOptions({ low: look.low, high: look.high });
      this.readHistogram();
    }
    return selection;
  }
  private readonly channelLooks = new ChannelLooks();

  /** Once the views show the volume: on slow graphics each picture of the page keeps theirs waiting. */
  private async readHistogramAfterViews(): Promise<void> {
    const late = new Promise((resolve) => setTimeout(resolve, LATE_MILLISECONDS));
    await Promise.race([this.engine.settled(), late]).catch(() => {});
    this.readHistogram();
  }

  private readHistogram(): void {
    this.engine
      .histogram()
      .then((histogram) => this.set({ histogram }))
      .catch((error) => this.report(error, 'histogram'));
  }

  /** Runs a segmentation to its end. One runs at a time: a new one cancels the one before. */
  async segment(request: FillRequest, options: SegmentRunOptions = {}): Promise<FillResult> {
    const result = await this.runJob(
      { algorithm: request.algorithm, seedZyx: request.seedZyx },
      options,
      (job) => this.engine.segment(job, request),
    );
    this.set({ unsaved: true });
    return result;
  }

  /** Segments a volume to its end; what was made stays when it is cancelled. */
  async segmentVolume(
    request: VolumeRequest,
    options: SegmentRunOptions = {},
  ): Promise<VolumeResult> {
    const { segments: before, positionZyx: seedZyx } = this.state;
    try {
      return await this.runJob({ algorithm: 'ffn', seedZyx, isVolume: true }, options, (job) =>
        this.engine.segmentVolume(job, request),
      );
    } finally {
      if (this.state.segments !== before) this.set({ unsaved: true });
    }
  }

  /** Whether a run over the volume is under way, which a click does not end; says so then. */
  keepsVolumeRun(): boolean {
    const isRunning = this.state.running?.isVolume === true;
    if (isRunning) this.inform(VOLUME_RUNS, 'run');
    return isRunning;
  }

  private async runJob<Result>(
    running: Pick<RunningFill, 'algorithm' | 'seedZyx' | 'isVolume'>,
    options: SegmentRunOptions,
    run: (job: number) => Promise<Result>,
  ): Promise<Result> {
    this.cancel();
    if (options.signal?.aborted) throw abortError();
    const job = this.nextJob++;
    const abort = () => this.engine.cancel(job);
    options.signal?.addEventListener('abort', abort, { once: true });
    this.set({
      running: { ...running, job, progress: null, isPaused: false },
      hintDismissed: true,
    });
    if (options.onProgress) this.progressListeners.set(job, options.onProgress);
    try {
      return await run(job);
    } finally {
      options.signal?.removeEventListener('abort', abort);
      this.progressListeners.delete(job);
      if (this.state.running?.job === job) this.set({ running: null });
    }
  }

  /** What a click of the fill tool does: fills from a voxel with the panel's options; errors are shown, not thrown. */
  async fillAt(seedZyx: Zyx): Promise<void> {
    if (this.keepsVolumeRun()) return;
    const { fillOptions } = this.state;
    const { connectivity } = fillOptions;
    const params: FloodFillParams =
      fillOptions.criterion === 'range'
        ? { low: fillOptions.low, high: fillOptions.high, connectivity }
        : { tolerance: fillOptions.tolerance, connectivity };
    try {
      const result = await this.segment({
        algorithm: 'flood-fill',
        seedZyx,
        params,
        ...(fillOptions.voxelLimit === null ? {} : { voxelLimit: fillOptions.voxelLimit }),
        ...(fillOptions.box === null ? {} : { box: fillOptions.box }),
      });
      this.select([result.id]);
      if (result.unreadBricks > 0)
        this.inform(
          `${formatNumber(result.unreadBricks)} bricks that the fill reached could not be read: the segment may go on there. Read them again, then fill once more.`,
          'unread',
        );
    } catch (error) {
      this.report(error, 'fill');
    }
  }

  cancel(): void {
    if (this.state.running) this.engine.cancel(this.state.running.job);
  }

  /** Steers what a network grows now; false when none runs. Rejects with what speaks against it. */
  async steer(steering: Steering): Promise<boolean> {
    const { running } = this.state;
    return running?.algorithm === 'ffn' && this.engine.steer(running.job, steering);
  }

  /** Holds the fill that runs, or lets it go on; false when none runs. */
  async setPaused(isPaused: boolean): Promise<boolean> {
    const job = this.state.running?.job;
    if (job === undefined || !(await this.engine.setPaused(job, isPaused))) return false;
    const { running } = this.state;
    if (running?.job === job) this.set({ running: { ...running, isPaused } });
    return true;
  }

  async remove(id: number): Promise<void> {
    await this.engine.remove(id);
    this.setDisplay({
      selectedIds: this.state.display.selectedIds.filter((other) => other !== id),
      hiddenIds: this.state.display.hiddenIds.filter((other) => other !== id),
    });
    this.set({ unsaved: this.state.segments.length > 0 });
  }

  select(ids: readonly number[]): void {
    this.setDisplay({ selectedIds: ids });
  }

  /** Adds to or takes from the selection. */
  toggleSelected(id: number): void {
    const { selectedIds } = this.state.display;
    this.select(
      selectedIds.includes(id) ? selectedIds.filter((other) => other !== id) : [...selectedIds, id],
    );
  }

  setVisible(id: number, visible: boolean): void {
    const hiddenIds = this.state.display.hiddenIds.filter((other) => other !== id);
    this.setDisplay({ hiddenIds: visible ? hiddenIds : [...hiddenIds, id] });
  }

  /** Changes how all layers are drawn; `layers` changes one of them. */
  setDisplay(changes: Partial<Omit<DisplayState, 'layers'>>): void {
    this.show(changes);
  }

  private show(changes: Partial<DisplayState>): void {
    const display = { ...this.state.display, ...changes };
    this.set({ display });
    this.engine.setDisplay(display);
  }

  /** Opens a layer that the user asked for; what fails is shown in the form, and null is returned. */
  async addLayer(
    picked: LocalSource | LayerSource,
    options: AddLayerOptions = {},
  ): Promise<string | null> {
    this.dismissNotice('layer');
    this.set({ addingLayer: true });
    try {
      const source = isHandle(picked) ? await sourceOfHandle(picked) : picked;
      return await this.layers.add(source, options);
    } catch (error) {
      this.report(error, 'layer');
      return null;
    } finally {
      this.set({ addingLayer: false });
    }
  }

  setLayerAdderOpen(layerAdderOpen: boolean): void {
    this.set({ layerAdderOpen });
  }

  setFillOptions(changes: Partial<FillOptions>): void {
    this.set({ fillOptions: { ...this.state.fillOptions, ...changes } });
  }

  /** Limits fills to a box of up to 128 voxels an axis around the position, or to nothing but the volume. */
  limitFill(toBox: boolean): void {
    const { volume, positionZyx } = this.state;
    if (!volume) return;
    this.setFillOptions({ box: toBox ? boxAround(positionZyx, volume.shapeZyx) : null });
  }

  /** Sets one axis of the box that fills are limited to: its first voxel and the one past its last, kept in the volume. */
  setFillBound(axis: 0 | 1 | 2, first: number, end: number): void {
    const { volume, fillOptions } = this.state;
    if (!volume || !fillOptions.box) return;
    const box = withBound(fillOptions.box, axis, first, end, volume.shapeZyx);
    this.setFillOptions({ box });
  }

  setTool(tool: ToolId): void {
    this.set({ tool });
  }

  /** Centres all slice views on a voxel, moved into the volume where it lies outside. */
  goTo(zyx: Zyx): void {
    const { volume } = this.state;
    if (!volume) return;
    const last = volume.shapeZyx.map((size) => size - 1) as unknown as Zyx;
    const whole = zyx.map(Math.floor) as unknown as Zyx;
    this.set({ positionZyx: minimum(maximum(whole, [0, 0, 0]), last) });
  }

  setZoom(nmPerPixel: number): void {
    this.set({ nmPerPixel: Math.min(Math.max(nmPerPixel, 0.1), 100_000) });
  }

  maximize(panel: PanelId | null): void {
    this.set({ maximized: panel });
  }

  setActiveView(activeView: ViewId): void {
    if (activeView !== this.state.activeView) this.set({ activeView });
  }

  /** Saves labels with the user's options, and says so, or what failed; resolves with whether they are saved. */
  async saveLabelsTo(target: SaveTarget | 'again'): Promise<boolean> {
    try {
      this.inform(await this.saving.saveTo(target), 'save');
      return true;
    } catch (error) {
      this.report(error, 'save');
      return false;
    }
  }

  setSaverOpen(saverOpen: boolean): void {
    this.set({ saverOpen });
  }

  setSaveOptions(changes: Partial<SaveOptions>): void {
    this.set({ saveOptions: { ...this.state.saveOptions, ...changes } });
  }

  setBudgetsOpen(budgetsOpen: boolean): void {
    this.set({ budgetsOpen });
  }

  setOpenerOpen(openerOpen: boolean): void {
    this.set({ openerOpen });
  }

  setPaletteOpen(paletteOpen: boolean): void {
    this.set({ paletteOpen });
  }

  setShortcutsOpen(shortcutsOpen: boolean): void {
    this.set({ shortcutsOpen });
  }

  /** Gives a slice view's canvas to the engine, once. */
  attachView(view: ViewId, canvas: HTMLCanvasElement): Promise<void> {
    return this.engine.attachView(view, canvas.transferControlToOffscreen());
  }

  /** How a slice view looks at the volume from now on. */
  setView(view: ViewId, state: SliceView): void {
    this.views.set(view, state);
    this.engine.setView(view, state);
  }

  /** Asks what is at a voxel and shows it in the status bar; null clears it. The newest question wins. */
  async probe(zyx: Zyx | null): Promise<void> {
    const question = ++this.probeQuestion;
    const probe = zyx ? await this.engine.probe(zyx).catch(() => null) : null;
    if (question === this.probeQuestion) this.set({ probe });
  }
  private probeQuestion = 0;

  labelAt(zyx: Zyx) {
    return this.engine.labelAt(zyx);
  }

  readLabels(box: Box) {
    return this.engine.readLabels(box);
  }

  readImage(box: Box, level: number) {
    return this.engine.readImage(box, level);
  }

  /** Resolves when the slice views show what was last asked of them. */
  async settled(): Promise<void> {
    // Views hand their state to the engine in the next frame.
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    await this.engine.settled();
  }

  /** A segment's surface as a file; says so where it had to be coarser than the voxels. */
  async saveMesh(id: number, options?: MeshRunOptions): Promise<Blob> {
    const { file, level, voxelSizeNm } = await this.meshing.file(id, options);
    if (level > 0)
      this.inform(
        `The surface of segment ${id} is too large to be saved at full resolution: the file has it as of voxels of ${voxelSizeNm.map(formatNumber).join(' × ')} nm (z, y, x), ${2 ** level} times as coarse.`,
        'coarse surface',
      );
    return file;
  }

  /** Surfaces as they change; returns how to stop listening. */
  onSurface(listener: (change: SurfaceChange) => void): () => void {
    this.surfaceListeners.add(listener);
    return () => this.surfaceListeners.delete(listener);
  }

  /** Shows an error to the user; aborts are not errors. */
  report(error: unknown, key: string): void {
    if (isAbort(error)) return;
    const known =
      error instanceof Error ? error : new FloodlightError('INTERNAL', { reason: String(error) });
    this.set({ lastError: known });
    this.notify({ key, kind: 'error', text: known.message });
  }

  /** Tells the user that something was done; what is said under the same key before is replaced. */
  inform(text: string, key: string): void {
    this.notify({ key, kind: 'info', text });
  }

  /** In place of what was said under the same key, or in the same words: many bricks may fail of one cause. */
  private notify(notice: Notice): void {
    const others = this.state.notices.filter(
      ({ key, text }) => key !== notice.key && text !== notice.text,
    );
    this.set({ notices: [...others, notice] });
  }

  dismissNotice(key: string): void {
    this.set({ notices: this.state.notices.filter((notice) => notice.key !== key) });
  }

  private receive(event: EngineEvent): void {
    switch (event.type) {
      case 'adapter':
        this.set({
          adapter: event.adapter
            ? { status: 'ready', adapter: event.adapter }
            : { status: 'missing', reason: event.reason },
        });
        break;
      case 'history':
        this.set({ history: event.history });
        break;
      case 'backend':
        this.set({ backend: event.backend });
        break;
      case 'progress': {
        const { running } = this.state;
        if (running?.job !== event.job) break;
        this.set({ running: { ...running, progress: event.progress } });
        this.progressListeners.get(event.job)?.(event.progress);
        break;
      }
      case 'evaluating':
        this.evaluator.receive(event.job, event.progress);
        break;
      case 'saving':
        this.saving.receive(event.job, event.progress);
        break;
      case 'meshing':
        this.meshing.receive(event.job, event.progress);
        break;
      case 'importing':
        this.models.receive(event.job, event.progress);
        break;
      case 'segments':
        this.set({ segments: event.segments });
        break;
      case 'statistics':
        this.set({ statistics: event.statistics });
        break;
      case 'surface':
        for (const listener of this.surfaceListeners) listener(event.change);
        break;
      case 'network':
        if (event.isOffline) this.notify({ key: 'network', kind: 'error', text: OFFLINE });
        else this.dismissNotice('network');
        break;
      case 'trouble':
        this.report(fromRecord(event.error), event.key);
        break;
    }
  }
}
