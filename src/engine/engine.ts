import type { Coder } from '../codecs/coder';
import { BitsVault } from '../core/bits-vault';
import type { Box } from '../core/box';
import type { ByteFile } from '../core/byte-file';
import { abortError, FloodlightError, isAbort, isFloodlightError, toRecord } from '../core/errors';
import type { SliceView, ViewId } from '../core/slice-geometry';
import type { Zyx } from '../core/vec';
import type { ChunkDisk } from '../disk/chunk-disk';
import type { BrickSlot } from '../gpu/brick-pool';
import type { AdapterInfo } from '../gpu/device';
import type { ModelInfo } from '../models/describe-model';
import type { ImageFilter } from '../normalize/filter';
import type { ComponentsFunction } from '../segment/components/types';
import type { SegmentThreads } from '../segment/cpu/threads';
import type { FfnModel, ModelDetails } from '../segment/ffn/model';
import type { FillFunction } from '../segment/flood-fill/cpu/context';
import type { Network } from '../segment/network/network';
import { filteredVolume } from '../volume/filtered-volume';
import type { Fetch } from '../volume/http-store';
import type { AxisSelection, Volume, VolumeInfo } from '../volume/model';
import {
  type Budgets,
  brickBytes,
  chunkBytes,
  evaluationBytes,
  fillBytes,
  LEAST_BUDGETS,
  labelBytes,
  surfaceBytes,
} from './budgets';
import { chooseBackend } from './choose-backend';
import { countComponents } from './count-components';
import { CpuFill } from './cpu-fill';
import { Evaluations } from './evaluate/evaluations';
import type { NetworkBackend } from './ffn/networks';
import { FfnSegmenter } from './ffn/segmenter';
import type { FillBackend } from './fill-backend';
import { type FloodFillJob, runFloodFill } from './flood-fill-job';
import { GpuSession } from './gpu-session';
import { imageHistogram } from './histogram';
import { type Backends, type JobControl, Jobs, type RunsOn } from './jobs';
import { LabelSaves } from './label-saves';
import type { Layer, LayerOptions, LayerSource } from './layer';
import { LayerSources } from './layer-sources';
import type { MemorySlot } from './memory-brick-pool';
import { MeshJobs } from './mesh-jobs';
import type { Mesher } from './mesher';
import { ModelImports, type ModelSource } from './models/model-imports';
import { ModelLibrary, type ModelList } from './models/model-library';
import { layersAt, valueAt } from './probe';
import type {
  BackendChoice,
  BackendInfo,
  ComponentsCount,
  ComponentsQuery,
  DisplayState,
  EngineApi,
  EngineEvent,
  Evaluation,
  EvaluationQuery,
  FillProgress,
  FillRequest,
  FillResult,
  ImageRead,
  ReadArray,
  SavedLabels,
  SavedMesh,
  SaveLabelsOptions,
  SceneCamera,
  SegmentMesh,
  SourceAccess,
  Steering,
  SurfaceState,
  VolumeRequest,
  VolumeResult,
  VolumeSource,
  VoxelProbe,
} from './protocol';
import { readLevel } from './read-level';
import {
  checkBox,
  checkBudgets,
  checkComponents,
  checkEvaluation,
  checkFilter,
  checkRequest,
  checkVolume,
  checkVoxel,
} from './request';
import { meshFile } from './saving';
import { Scheduler } from './scheduler/scheduler';
import { Segmentation } from './segmentation';
import type { Hold, SliceSurroundings } from './slice-loop';
import { SliceViews } from './slice-views';
import { CanvasSlices } from './slices';
import { watchStatistics } from './statistics';

/** That a device was lost is told within this time of the first command that fails. */
const LOSS_MILLISECONDS = 100;

/** What the engine gets from where it runs: a worker, or a test under Node. */
export interface EngineSurroundings {
  readonly gpu: GPU | undefined;
  readonly mesher: Mesher;
  /** Threads of the processor, for segmentations. */
  startThreads(): Promise<SegmentThreads<FillFunction | ComponentsFunction>>;
  /** A network on the processor. */
  createNetwork(model: FfnModel, maxBatch: number): Promise<Network>;
  /** Encodes chunks of what is saved. */
  readonly encode: Coder['encode'];
  /** Where labels lie that the browser keeps; undefined where it keeps none. */
  savedFolder(): Promise<FileSystemDirectoryHandle | undefined>;
  /** Where networks lie that the browser keeps; undefined where it keeps none. */
  modelFolder(): Promise<FileSystemDirectoryHandle | undefined>;
  readonly fetch: Fetch;
  /** Filters parts of the image. */
  readonly filter: Coder['filter'];
  openVolume(
    source: VolumeSource,
    access: SourceAccess,
    signal: AbortSignal,
    onOffline: (isOffline: boolean) => void,
  ): Promise<Volume>;
  /** Budgets before the user sets any. */
  defaultBudgets(): Promise<Budgets>;
  readonly disk: ChunkDisk;
  /** An empty file of this engine's own, for what no longer fits into memory; undefined where there is no disk. */
  openSpillFile(): Promise<ByteFile | undefined>;
  /** The file of what the last run over a volume has done; undefined where there is no disk. Rejects where another tab has it. */
  openRunFile(): Promise<ByteFile | undefined>;
  requestFrame(draw: () => void): void;
}

/** Another time, channel or filter is drawn once it is there; another volume, once there is something of it everywhere. */
const HOLD_CHANGED: Hold = { milliseconds: 500, until: 'settled' };
const HOLD_OPENED: Hold = { milliseconds: 250, until: 'covered' };

/** The DOM-free heart: owns the device, the open volume, its segmentation and the slices drawn of them. */
export class Engine implements EngineApi {
  private session: GpuSession | undefined;
  private why = 'not started';
  private settingUp: Promise<AdapterInfo | null> = Promise.resolve(null);
  private cpu: CpuFill | undefined;
  private choice: BackendChoice = 'auto';
  private budgets = LEAST_BUDGETS;
  /** Resolves when those are known that the engine was started with. */
  private budgeted: Promise<void> = Promise.resolve();
  /** Who draws on the processor, without a session. */
  private canvas: CanvasSlices | undefined;
  /** Those of the session, or, without one, what the processor draws; none while that is not known. */
  private slices: SliceViews<BrickSlot> | SliceViews<MemorySlot> | undefined;
  /** As it is stored, and as it is seen and filled: through a filter. */
  private stored: Volume | undefined;
  private volume: Volume | undefined;
  /** What is open beside it. */
  private readonly layers: LayerSources;
  private segmentation: Segmentation | undefined;
  private filter: ImageFilter = { kind: 'none' };
  /** One file, which the open volume's segmentation has. */
  private spill: Promise<ByteFile | undefined> | undefined;
  private opening: AbortController | undefined;
  private selecting: AbortController | undefined;
  /** Reads bricks for views and computations alike. */
  private readonly scheduler = new Scheduler();
  private readonly jobs = new Jobs();
  private readonly onProgress = (job: number, progress: FillProgress) =>
    this.emit({ type: 'progress', job, progress });
  private readonly fills: Pick<FloodFillJob, 'backends' | 'onProgress'> = {
    backends: this.backendsOf(() => this.fillBackend()),
    onProgress: this.onProgress,
  };
  private readonly ffn: FfnSegmenter;
  /** Counts of components that run. */
  private readonly counts = new Map<number, AbortController>();
  private readonly evaluations = new Evaluations(this.scheduler, (job, progress) =>
    this.emit({ type: 'evaluating', job, progress }),
  );
  private readonly saves: LabelSaves;
  private readonly meshes = new MeshJobs((job, progress) =>
    this.emit({ type: 'meshing', job, progress }),
  );
  /** Networks that the user has imported: `load` gives one with its weights. */
  private readonly library: ModelLibrary;
  private readonly imports: ModelImports;
  private readonly canvases = new Map<ViewId, OffscreenCanvas>();
  private readonly views = new Map<ViewId, SliceView>();
  private display: DisplayState | undefined;
  private camera: SceneCamera | undefined;
  private emit: (event: EngineEvent) => void = () => {};
  private endStatistics = () => {};
  private disposed = false;

  constructor(private readonly around: EngineSurroundings) {
    this.saves = new LabelSaves({
      encode: around.encode,
      savedFolder: () => around.savedFolder(),
      onProgress: (job, progress) => this.emit({ type: 'saving', job, progress }),
    });
    this.library = new ModelLibrary(() => around.modelFolder());
    this.imports = new ModelImports(this.library, around.fetch, (job, progress) =>
      this.emit({ type: 'importing', job, progress }),
    );
    const { scheduler, onProgress } = this;
    this.ffn = new FfnSegmenter({
      scheduler,
      onProgress,
      backends: this.backendsOf(async () => this.networkBackend()),
      loadModel: (id) => this.library.load(id),
      budgets: () => this.budgets,
      openSpillFile: () => around.openSpillFile(),
      openRunFile: () => around.openRunFile(),
      onJournalTrouble: (error) =>
        this.trouble(
          'run',
          new FloodlightError('SAVE_FAILED', {
            where: 'What the run has done so far',
            reason: `${error}; it goes on, and would begin anew in another tab`,
          }),
        ),
    });
    this.layers = new LayerSources((source, { headers }, signal) =>
      around.openVolume(source, headers ? { headers } : {}, signal, (isOffline) =>
        this.emit({ type: 'network', isOffline }),
      ),
    );
  }

  async start(
    onEvent: (event: EngineEvent) => void,
    backend: BackendChoice,
    budgets: Partial<Budgets> = {},
  ): Promise<AdapterInfo | null> {
    this.emit = onEvent;
    this.choice = backend;
    this.budgeted = this.startBudgets(budgets);
    await this.budgeted;
    this.around.disk.onTrouble = (error) => this.trouble('disk', error);
    this.endStatistics = watchStatistics(
      () => ({
        session: this.session,
        volumes: this.volumes,
        segmentation: this.segmentation,
        layers: this.slices?.layers,
        disk: this.around.disk,
        budgets: this.budgets,
        scheduler: this.scheduler,
        cpu: this.cpu,
        ffn: this.ffn,
      }),
      (statistics) => this.emit({ type: 'statistics', statistics }),
    );
    this.settingUp = this.setUp();
    return this.settingUp;
  }

  /** Begins with the default budgets, but for those that are given and make sense. */
  private async startBudgets(budgets: Partial<Budgets>): Promise<void> {
    this.budgets = await this.around.defaultBudgets();
    try {
      this.budgets = checkBudgets({ ...this.budgets, ...budgets });
    } catch (error) {
      this.trouble('start', error);
    }
  }

  async setBackend(choice: BackendChoice): Promise<void> {
    await this.settingUp;
    if (choice === 'webgpu' && !this.session)
      throw new FloodlightError('WEBGPU_UNAVAILABLE', { reason: this.why });
    this.choice = choice;
    this.tellBackend();
  }

  async open(source: VolumeSource, access: SourceAccess = {}): Promise<VolumeInfo> {
    this.opening?.abort(abortError());
    const opening = new AbortController();
    this.opening = opening;
    const { disk } = this.around;
    await this.budgeted;
    // Not before: a budget smaller than the user's own would drop chunks of earlier sessions.
    if (disk.budgetBytes === undefined) disk.setBudgetBytes(this.budgets.diskBytes);
    const spilling = this.spillFile();
    const volume = await this.around.openVolume(source, access, opening.signal, (isOffline) =>
      this.emit({ type: 'network', isOffline }),
    );
    const spill = await spilling;
    // They still read the segmentation that is let go here.
    await this.saves.ended();
    opening.signal.throwIfAborted();
    this.selecting?.abort(abortError());
    await this.stopAll();
    this.ffn.forget();
    this.meshes.cancelAll();
    this.segmentation?.clear();
    // Asking costs nothing, and hardly ever is there something.
    if (spill?.getSize()) spill.truncate(0);
    this.layers.clear();
    this.stored = volume;
    this.volume = volume;
    this.shareCache();
    this.filter = { kind: 'none' };
    this.segmentation = new Segmentation(
      this.around.mesher,
      volume.info,
      {
        onSegments: (segments) => this.emit({ type: 'segments', segments }),
        onHistory: (history) => this.emit({ type: 'history', history }),
        onSurface: (change) => this.emit({ type: 'surface', change }),
        onLabels: () => this.slices?.invalidate(),
        onFailure: (error) => this.trouble('surface', error),
        onSpilled: (bytes) => this.around.disk.setSpilledBytes(bytes + this.ffn.fileBytes),
        surfaceShare: () => this.jobs.surfaceShare,
      },
      new BitsVault(labelBytes(this.budgets), spill, this.budgets.diskBytes),
    );
    this.around.disk.setSpilledBytes(0);
    this.segmentation.surfaces.setBytes(surfaceBytes(this.budgets));
    this.segmentation.surfaces.setCamera(this.camera);
    this.views.clear();
    this.slices?.forget();
    this.show(HOLD_OPENED);
    this.settingUp.then(() => this.prepare());
    this.emit({ type: 'segments', segments: [] });
    this.emit({ type: 'history', history: { undo: null, redo: null } });
    return volume.info;
  }

  async setBudgets(budgets: Partial<Budgets>): Promise<Budgets> {
    await this.budgeted;
    const checked = checkBudgets({ ...this.budgets, ...budgets });
    if (this.opening) this.around.disk.setBudgetBytes(checked.diskBytes);
    const { gpuBytes, memoryBytes } = this.budgets;
    const isOther = gpuBytes !== checked.gpuBytes || memoryBytes !== checked.memoryBytes;
    // Pools are made anew, and a fill computes on the old ones.
    if (isOther) await this.jobs.stop();
    this.budgets = checked;
    this.segmentation?.setBudgets(labelBytes(checked), checked.diskBytes);
    if (!isOther) return checked;
    if (this.session) this.session.memory.budgetBytes = this.budgets.gpuBytes;
    if (this.canvas) this.canvas.budgetBytes = brickBytes(this.budgets);
    if (this.cpu) this.cpu.budgetBytes = fillBytes(this.budgets);
    this.shareCache();
    this.segmentation?.surfaces.setBytes(surfaceBytes(this.budgets));
    this.show();
    return this.budgets;
  }

  async clearDiskCache(): Promise<void> {
    this.around.disk.clear();
  }

  async setImageFilter(filter: ImageFilter): Promise<void> {
    const checked = checkFilter(filter);
    if (!this.stored) throw new FloodlightError('NO_VOLUME', {});
    // Refuses what it cannot filter before anything is stopped.
    filteredVolume(this.stored, checked, this.around.filter);
    await this.jobs.stop();
    this.filter = checked;
    this.look(this.stored);
  }

  async selectAxes(selection: Partial<AxisSelection>): Promise<VolumeInfo> {
    this.selecting?.abort(abortError());
    if (!this.stored) throw new FloodlightError('NO_VOLUME', {});
    const selecting = new AbortController();
    this.selecting = selecting;
    const stored = await this.stored.select(selection, selecting.signal);
    const readAgain = await this.layers.readAgain(stored, selecting.signal);
    selecting.signal.throwIfAborted();
    await this.stopAll();
    selecting.signal.throwIfAborted();
    readAgain();
    this.look(stored);
    return stored.info;
  }

  async openLayer(source: LayerSource, options: LayerOptions): Promise<Layer> {
    const { stored } = this;
    if (!stored) throw new FloodlightError('NO_VOLUME', {});
    const layer = await this.layers.open(stored, source, options, (layers) =>
      this.slices?.showBeside(layers),
    );
    this.shareCache();
    return layer;
  }

  async closeLayer(id: string): Promise<void> {
    this.layers.close(id);
    this.slices?.showBeside(this.layers.all);
    this.shareCache();
  }

  async attachView(view: ViewId, canvas: OffscreenCanvas): Promise<void> {
    this.canvases.set(view, canvas);
    this.slices?.attach(view, canvas, this.views.get(view));
  }

  setView(view: ViewId, state: SliceView): void {
    this.views.set(view, state);
    this.slices?.setView(view, state);
  }

  setDisplay(state: DisplayState): void {
    this.display = state;
    this.slices?.invalidate();
  }

  segment(job: number, request: FillRequest): Promise<FillResult> {
    return this.grow(job, (control, segmentation, volume) => {
      const checked = checkRequest(request, volume.info.shapeZyx);
      return checked.algorithm === 'ffn'
        ? this.ffn.run(checked, volume, segmentation, control)
        : runFloodFill({ ...this.fills, request: checked, volume, segmentation }, control);
    });
  }

  segmentVolume(job: number, request: VolumeRequest): Promise<VolumeResult> {
    return this.grow(job, (control, segmentation, volume) =>
      this.ffn.runVolume(checkVolume(request, volume.info.shapeZyx), volume, segmentation, control),
    );
  }

  async steer(job: number, steering: Steering): Promise<boolean> {
    return this.jobs.steer(job, steering);
  }

  async components(job: number, query: ComponentsQuery): Promise<ComponentsCount> {
    const { volume } = this.opened();
    const checked = checkComponents(query, volume.info.shapeZyx);
    const abort = new AbortController();
    this.counts.set(job, abort);
    try {
      const { pool } = await this.startCpu();
      return await countComponents(pool, volume, checked, abort.signal);
    } finally {
      this.counts.delete(job);
    }
  }

  async evaluate(job: number, query: EvaluationQuery): Promise<Evaluation> {
    const { segmentation, volume } = this.opened();
    const checked = checkEvaluation(query, volume.info.shapeZyx);
    const sources = { volume, layers: this.layers.all, labels: segmentation.labels };
    return this.evaluations.run(job, sources, checked, evaluationBytes(this.budgets));
  }

  async setPaused(job: number, isPaused: boolean): Promise<boolean> {
    const isRunning = this.jobs.setPaused(job, isPaused);
    this.slices?.invalidate();
    return isRunning;
  }

  cancel(job: number): void {
    this.jobs.cancel(job);
    this.counts.get(job)?.abort(abortError());
    this.evaluations.cancel(job);
    this.saves.cancel(job);
    this.meshes.cancel(job);
    this.imports.cancel(job);
  }

  retryFailed(): void {
    this.slices?.retryFailed();
  }

  async remove(id: number): Promise<void> {
    this.opened().segmentation.remove(id);
  }

  async undo(): Promise<boolean> {
    return this.opened().segmentation.undo();
  }

  async redo(): Promise<boolean> {
    return this.opened().segmentation.redo();
  }

  async labelAt(zyx: Zyx): Promise<number> {
    const { segmentation, volume } = this.opened();
    checkVoxel(zyx, volume.info.shapeZyx);
    return segmentation.labels.labelAt(zyx);
  }

  async probe(zyx: Zyx): Promise<VoxelProbe> {
    const { segmentation, volume } = this.opened();
    checkVoxel(zyx, volume.info.shapeZyx);
    const shown = this.slices?.layers;
    const value = await valueAt(zyx, volume.levels, shown?.image.loader);
    return {
      zyx,
      value: value ?? null,
      segmentId: segmentation.labels.labelAt(zyx),
      layers: await layersAt(zyx, this.display?.layers ?? [], this.layers.all, shown),
    };
  }

  async readLabels(box: Box): Promise<ReadArray<Uint32Array<ArrayBuffer>>> {
    const { segmentation, volume } = this.opened();
    checkBox(box, volume.info.shapeZyx);
    return { data: segmentation.labels.readBox(box), shapeZyx: box.shapeZyx };
  }

  async readImage(box: Box, level: number): Promise<ImageRead> {
    return readLevel(this.opened().volume.levels, level, box);
  }

  async readStoredLabels(layer: string, box: Box, level: number): Promise<ImageRead> {
    const { levels } = await this.opened().volume.openLabels(layer);
    return readLevel(levels, level, box);
  }

  async histogram(): Promise<{ low: number; high: number; counts: number[] }> {
    return imageHistogram(this.opened().volume);
  }

  async settled(): Promise<void> {
    let slices: typeof this.slices;
    do {
      await this.settingUp;
      slices = this.slices;
      await slices?.settled();
    } while (slices !== this.slices);
  }

  setCamera(camera: SceneCamera | null): void {
    this.camera = camera ?? undefined;
    this.segmentation?.surfaces.setCamera(this.camera);
  }

  async surfaceState(id: number): Promise<SurfaceState> {
    const { segmentation } = this.opened();
    return segmentation.surfaces.state(id);
  }

  async mesh(job: number, id: number): Promise<SegmentMesh> {
    const { segmentation } = this.opened();
    segmentation.require(id);
    return this.meshes.run(job, (watch) => segmentation.surfaces.mesh(id, watch));
  }

  async saveLabels(job: number, options: SaveLabelsOptions): Promise<SavedLabels> {
    const { segmentation, volume } = this.opened();
    return this.saves.save(job, volume.info, segmentation, options);
  }

  async savedLabels(): Promise<readonly FileSystemDirectoryHandle[]> {
    return this.saves.list();
  }

  async removeSavedLabels(folderName: string): Promise<void> {
    await this.saves.remove(folderName);
  }

  async saveMesh(job: number, id: number, _format: 'glb'): Promise<SavedMesh> {
    const { level, voxelSizeNm, ...mesh } = await this.mesh(job, id);
    return { file: await meshFile(id, mesh), level, voxelSizeNm };
  }

  async importModel(
    job: number,
    sources: readonly ModelSource[],
    details: Partial<ModelDetails>,
  ): Promise<ModelInfo> {
    return this.imports.import(job, sources, details);
  }

  async models(): Promise<ModelList> {
    return this.library.list();
  }

  async updateModel(id: string, changes: Partial<ModelDetails>): Promise<ModelInfo> {
    return this.library.update(id, changes);
  }

  async removeModel(id: string): Promise<void> {
    await this.library.remove(id);
  }

  async exportModel(id: string): Promise<Blob> {
    return this.library.export(id);
  }

  /** Lets go of the device and all that runs. */
  dispose(): void {
    this.disposed = true;
    this.endStatistics();
    void this.stopAll();
    this.saves.cancelAll();
    this.meshes.cancelAll();
    this.imports.cancelAll();
    this.ffn.dispose();
    this.slices?.dispose();
    this.session?.dispose();
    this.cpu?.dispose();
  }

  /** Runs a job on the open volume's segmentation. */
  private async grow<Result>(
    job: number,
    work: (control: JobControl, segmentation: Segmentation, volume: Volume) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await this.jobs.run(job, async (control) => {
        await this.settingUp;
        control.signal.throwIfAborted();
        const { segmentation, volume } = this.opened();
        return work(control, segmentation, volume);
      });
    } finally {
      this.slices?.invalidate();
    }
  }

  /** Cancels what computes on the voxels that are open. */
  private async stopAll(): Promise<void> {
    for (const count of this.counts.values()) count.abort(abortError());
    await Promise.all([this.jobs.stop(), this.evaluations.stop()]);
  }

  /** Sees a volume, through the filter that is set. */
  private look(stored: Volume): void {
    this.stored = stored;
    this.volume = filteredVolume(stored, this.filter, this.around.filter);
    this.show(HOLD_CHANGED);
  }

  private opened(): { segmentation: Segmentation; volume: Volume } {
    const { segmentation, volume } = this;
    if (!segmentation || !volume) throw new FloodlightError('NO_VOLUME', {});
    return { segmentation, volume };
  }

  private get backend(): BackendInfo {
    return chooseBackend(this.choice, this.session?.adapter ?? null, this.cpu?.threads ?? 0);
  }

  /** What fills run on now; rejects with what kept the processor's threads from starting where these are needed. */
  private async fillBackend(): Promise<FillBackend> {
    const { session } = this;
    return this.backend.id === 'webgpu' && session ? session.fill : this.startCpu();
  }

  /** What networks run on now. */
  private networkBackend(): NetworkBackend {
    const { session } = this;
    if (this.backend.id === 'webgpu' && session) return session.networks;
    const { createNetwork } = this.around;
    this.cpuNetworks ??= { id: 'cpu', surfaceShare: 0.25, createNetwork };
    return this.cpuNetworks;
  }
  private cpuNetworks: NetworkBackend | undefined;

  /** What jobs of one kind run on, once the device is set up. */
  private backendsOf<B extends RunsOn>(now: () => Promise<B>): Backends<B> {
    const next = async () => {
      await this.settingUp;
      return now();
    };
    return { next, isLost: (backend) => this.isLost(backend) };
  }

  /** Whether a backend that failed was one of a device that is gone; commands may fail before that is told. */
  private async isLost(backend: RunsOn): Promise<boolean> {
    if (backend.id !== 'webgpu') return false;
    await new Promise((resolve) => setTimeout(resolve, LOSS_MILLISECONDS));
    return this.session?.fill !== backend && this.session?.networks !== backend;
  }

  private async startCpu(): Promise<CpuFill> {
    this.cpu ??= new CpuFill(await this.around.startThreads(), () => this.volume, this.scheduler);
    this.cpu.budgetBytes = fillBytes(this.budgets);
    return this.cpu;
  }

  /** The file for bits that do not fit into memory; undefined where there is no disk. */
  private async spillFile(): Promise<ByteFile | undefined> {
    try {
      this.spill ??= this.around.openSpillFile();
      return await this.spill;
    } catch (error) {
      this.trouble('disk', error);
      return undefined;
    }
  }

  private tellBackend(): void {
    this.emit({ type: 'backend', backend: this.backend });
    this.prepare();
  }

  /** Gets what fills run on ready for the open volume. */
  private prepare(): void {
    const { volume } = this;
    if (!volume) return;
    this.fillBackend()
      .then((backend) => backend.prepare(volume.info.dtype))
      .catch((error: unknown) => this.trouble('backend', error));
  }

  /** Sets the device up, if one can be had, and the slices on it; else those that the processor draws. */
  private async setUp(): Promise<AdapterInfo | null> {
    const around: SliceSurroundings = {
      display: () => this.display,
      scheduler: this.scheduler,
      isFilling: () => this.jobs.isRunning,
      requestFrame: this.around.requestFrame,
      onTrouble: (key, error) => this.trouble(key, error),
    };
    try {
      this.session = await GpuSession.create(
        this.around.gpu,
        around,
        this.budgets.gpuBytes,
        (reason) => this.lost(reason),
        (reason) =>
          this.trouble('gpu', new FloodlightError('GPU_FAILED', { what: 'a command', reason })),
        (error, { isRetried }) => {
          this.jobs.fail('webgpu', error);
          // With smaller blocks all may still go well.
          if (!isRetried) this.trouble('gpu', error);
        },
      );
      this.emit({ type: 'adapter', adapter: this.session.adapter, reason: '' });
    } catch (error) {
      const known = isFloodlightError(error, 'WEBGPU_UNAVAILABLE');
      this.why = known ? error.fields.reason : String(error);
      this.emit({ type: 'adapter', adapter: null, reason: known ? error.message : this.why });
    }
    this.canvas = this.session ? undefined : new CanvasSlices(brickBytes(this.budgets));
    this.slices = this.session?.views ?? (this.canvas && new SliceViews(this.canvas, around));
    for (const [view, canvas] of this.canvases) {
      try {
        this.slices?.attach(view, canvas, this.views.get(view));
      } catch (error) {
        this.trouble('slices', error);
      }
    }
    this.show();
    await this.startCpu().catch((error: unknown) => this.trouble('threads', error));
    this.tellBackend();
    return this.session?.adapter ?? null;
  }

  /** The device went away: everything on it is made anew; the segmentation lives in memory and stays. */
  private lost(reason: string): void {
    if (this.disposed) return;
    this.why = reason;
    const error = new FloodlightError('DEVICE_LOST', { reason });
    this.trouble('device', error);
    this.jobs.fail('webgpu', error);
    this.slices?.dispose();
    this.slices = undefined;
    this.session = undefined;
    this.settingUp = this.setUp();
  }

  /** Shows the open volume, if there are both one and slices. */
  private show(hold?: Hold): void {
    const { volume, segmentation } = this;
    if (!volume || !segmentation) return;
    this.slices?.open(volume, segmentation, this.layers.all, hold);
  }

  /** All that is open: the volume first. */
  private get volumes(): readonly Volume[] {
    return this.stored ? [this.stored, ...this.layers.volumes] : [];
  }

  /** Divides what decoded chunks may take among all that is open. */
  private shareCache(): void {
    const { volumes } = this;
    for (const volume of volumes) volume.setCacheBytes(chunkBytes(this.budgets) / volumes.length);
  }

  private trouble(key: string, error: unknown): void {
    if (!isAbort(error)) this.emit({ type: 'trouble', key, error: toRecord(error) });
  }
}
