import type { Coder } from '../codecs/coder';
import { BitsVault } from '../core/bits-vault';
import type { Box } from '../core/box';
import type { ByteFile } from '../core/byte-file';
import { abortError, FloodlightError, isAbort, toRecord } from '../core/errors';
import type { SliceView, ViewId } from '../core/slice-geometry';
import type { Zyx } from '../core/vec';
import type { ChunkDisk } from '../disk/chunk-disk';
import type { AdapterInfo } from '../gpu/device';
import type { ModelInfo } from '../models/describe-model';
import type { ImageFilter } from '../normalize/filter';
import type { ModelDetails } from '../segment/ffn/model';
import { filteredVolume } from '../volume/filtered-volume';
import type { Fetch } from '../volume/http-store';
import type { AxisSelection, Volume, VolumeInfo } from '../volume/model';
import {
  type Budgets,
  chunkBytes,
  evaluationBytes,
  LEAST_BUDGETS,
  labelBytes,
  surfaceBytes,
} from './budgets';
import { countComponents } from './count-components';
import { Evaluations } from './evaluate/evaluations';
import { FfnSegmenter } from './ffn/segmenter';
import { runFloodFill } from './flood-fill-job';
import { imageHistogram } from './histogram';
import { type JobControl, Jobs } from './jobs';
import { LabelSaves } from './label-saves';
import type { Layer, LayerOptions, LayerSource } from './layer';
import { LayerSources } from './layer-sources';
import { Machine, type MachineSurroundings } from './machine';
import { MeshJobs } from './mesh-jobs';
import type { Mesher } from './mesher';
import { ModelImports, type ModelSource } from './models/model-imports';
import { ModelLibrary, type ModelList } from './models/model-library';
import { layersAt, valueAt } from './probe';
import type {
  BackendChoice,
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
import type { Hold } from './slice-loop';
import { watchStatistics } from './statistics';

/** What the engine gets from where it runs: a worker, or a test under Node. */
export interface EngineSurroundings extends MachineSurroundings {
  readonly mesher: Mesher;
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
}

/** Another time, channel or filter is drawn once it is there; another volume, once there is something of it everywhere. */
const HOLD_CHANGED: Hold = { milliseconds: 500, until: 'settled' };
const HOLD_OPENED: Hold = { milliseconds: 250, until: 'covered' };

/** The DOM-free heart: what is open, its segmentation, and all that can be done with them, on a `Machine`. */
export class Engine implements EngineApi {
  private readonly machine: Machine;
  private budgets = LEAST_BUDGETS;
  /** Resolves when those are known that the engine was started with. */
  private budgeted: Promise<void> = Promise.resolve();
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
  private camera: SceneCamera | undefined;
  private emit: (event: EngineEvent) => void = () => {};
  private endStatistics = () => {};

  constructor(private readonly around: EngineSurroundings) {
    this.machine = new Machine(around, {
      scheduler: this.scheduler,
      emit: (event) => this.emit(event),
      onTrouble: (key, error) => this.trouble(key, error),
      isFilling: () => this.jobs.isRunning,
      budgets: () => this.budgets,
      volume: () => this.volume,
      onSlices: () => this.show(),
      onFailure: (backend, error) => this.jobs.fail(backend, error),
    });
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
      backends: this.machine.networks,
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
    this.budgeted = this.startBudgets(budgets);
    await this.budgeted;
    this.around.disk.onTrouble = (error) => this.trouble('disk', error);
    this.endStatistics = watchStatistics(
      () => ({
        session: this.machine.session,
        volumes: this.volumes,
        segmentation: this.segmentation,
        layers: this.slices?.layers,
        disk: this.around.disk,
        budgets: this.budgets,
        scheduler: this.scheduler,
        cpu: this.machine.cpu,
        ffn: this.ffn,
      }),
      (statistics) => this.emit({ type: 'statistics', statistics }),
    );
    return this.machine.start(backend);
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
    await this.machine.choose(choice);
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
    this.machine.forgetViews();
    this.show(HOLD_OPENED);
    this.machine.ready.then(() => this.machine.prepare());
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
    this.machine.setBudgets();
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
    this.machine.attachView(view, canvas);
  }

  setView(view: ViewId, state: SliceView): void {
    this.machine.setView(view, state);
  }

  setDisplay(state: DisplayState): void {
    this.machine.setDisplay(state);
  }

  segment(job: number, request: FillRequest): Promise<FillResult> {
    const { onProgress } = this;
    const { fills: backends } = this.machine;
    return this.grow(job, (control, segmentation, volume) => {
      const checked = checkRequest(request, volume.info.shapeZyx);
      return checked.algorithm === 'ffn'
        ? this.ffn.run(checked, volume, segmentation, control)
        : runFloodFill({ request: checked, volume, segmentation, backends, onProgress }, control);
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
      const { pool } = await this.machine.startCpu();
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
      layers: await layersAt(zyx, this.machine.display?.layers ?? [], this.layers.all, shown),
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
    await this.machine.settled();
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
    this.endStatistics();
    void this.stopAll();
    this.saves.cancelAll();
    this.meshes.cancelAll();
    this.imports.cancelAll();
    this.ffn.dispose();
    this.machine.dispose();
  }

  /** Runs a job on the open volume's segmentation. */
  private async grow<Result>(
    job: number,
    work: (control: JobControl, segmentation: Segmentation, volume: Volume) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await this.jobs.run(job, async (control) => {
        await this.machine.ready;
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

  private get slices() {
    return this.machine.slices;
  }

  private opened(): { segmentation: Segmentation; volume: Volume } {
    const { segmentation, volume } = this;
    if (!segmentation || !volume) throw new FloodlightError('NO_VOLUME', {});
    return { segmentation, volume };
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
