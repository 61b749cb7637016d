import type { Box } from '../core/box';
import { FloodlightError, isAbort, toRecord } from '../core/errors';
import type { SliceView, ViewId } from '../core/slice-geometry';
import type { Zyx } from '../core/vec';
import type { AdapterInfo } from '../gpu/device';
import type { ModelInfo } from '../models/describe-model';
import type { ImageFilter } from '../normalize/filter';
import type { ModelDetails } from '../segment/ffn/model';
import { Hosts } from '../volume/hosts';
import type { AxisSelection, VolumeInfo } from '../volume/model';
import { type Budgets, evaluationBytes, LEAST_BUDGETS } from './budgets';
import { countComponents } from './count-components';
import { evaluate } from './evaluate/evaluate';
import { FfnSegmenter } from './ffn/segmenter';
import { imageLevels, type LayerPlaces, labelLevels } from './find-layers';
import { runFloodFill } from './flood-fill-job';
import { imageHistogram } from './histogram';
import { type JobControl, Jobs } from './jobs';
import { LabelSaves } from './label-saves';
import {
  type AxisChoice,
  type Layer,
  type LayerOptions,
  type LayerSeen,
  type LayerSource,
  type OpenLayerCall,
  VOLUME_LAYER,
} from './layer';
import { Machine } from './machine';
import { ModelImports, type ModelSource } from './models/model-imports';
import { ModelLibrary, type ModelList } from './models/model-library';
import { type Open, Opened } from './opened';
import { layersAt, valueAt } from './probe';
import type {
  AxesSelected,
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
  checkRequest,
  checkVolume,
  checkVoxel,
} from './request';
import { RunningJobs } from './running-jobs';
import { meshFile } from './saving';
import { Scheduler } from './scheduler/scheduler';
import { type ToldStatistics, tellStatistics } from './statistics';
import type { EngineSurroundings } from './surroundings';

/** The DOM-free heart: what is open, its segmentation, and all that can be done with them, on a `Machine`. */
export class Engine implements EngineApi {
  private readonly machine: Machine;
  private chosen = LEAST_BUDGETS;
  /** Resolves when those are known that the engine was started with. */
  private budgeted: Promise<void> = Promise.resolve();
  private readonly opened: Opened;
  /** Reads bricks for views and computations alike. */
  private readonly scheduler = new Scheduler();
  /** What volumes, layers and models are fetched from. */
  private readonly hosts = new Hosts({
    onOffline: (isOffline) => this.emit({ type: 'network', isOffline }),
  });
  private readonly jobs = new Jobs();
  private readonly onProgress = (job: number, progress: FillProgress) =>
    this.emit({ type: 'progress', job, progress });
  private readonly ffn: FfnSegmenter;
  private readonly openings = new RunningJobs();
  private readonly counts = new RunningJobs();
  private readonly evaluations = new RunningJobs();
  private readonly meshes = new RunningJobs();
  private readonly saves: LabelSaves;
  /** Networks that the user has imported: `load` gives one with its weights. */
  private readonly library: ModelLibrary;
  private readonly imports: ModelImports;
  private emit: (event: EngineEvent) => void = () => {};
  private statistics: ToldStatistics | undefined;

  constructor(private readonly around: EngineSurroundings) {
    this.machine = new Machine(around, {
      scheduler: this.scheduler,
      emit: (event) => this.emit(event),
      onTrouble: (key, error) => this.trouble(key, error),
      isFilling: () => this.jobs.isRunning,
      budgets: () => this.budgets,
      volume: () => this.opened.volume,
      onSlices: () => this.opened.show(),
      onLoss: (backend, error) => this.jobs.lose(backend, error),
    });
    this.saves = new LabelSaves({
      encode: around.encode,
      savedFolder: () => around.savedFolder(),
      onProgress: (job, progress) => this.emit({ type: 'saving', job, progress }),
    });
    this.library = new ModelLibrary(() => around.modelFolder());
    const { hosts, scheduler, onProgress } = this;
    this.imports = new ModelImports(this.library, { fetch: around.fetch, hosts }, (job, progress) =>
      this.emit({ type: 'importing', job, progress }),
    );
    this.ffn = new FfnSegmenter({
      scheduler,
      onProgress,
      backends: this.machine.networks,
      loadModel: (id) => this.library.load(id),
      budgets: () => this.budgets,
      openSpillFile: () => around.openSpillFile(),
      runFolder: () => around.runFolder(),
      onJournalTrouble: (error) =>
        this.trouble(
          'run',
          new FloodlightError('SAVE_FAILED', {
            where: 'What the run has done so far',
            reason: `${error}; it goes on, and would begin anew in another tab`,
          }),
        ),
    });
    this.opened = new Opened(around, {
      hosts,
      budgeted: () => this.budgeted,
      budgets: () => this.budgets,
      emit: (event) => this.emit(event),
      onTrouble: (key, error) => this.trouble(key, error),
      slices: () => this.slices,
      stopFills: () => this.jobs.stop(),
      stopAll: () => this.stopAll(),
      saved: () => this.saves.ended(),
      onClosing: () => {
        this.ffn.forget();
        this.meshes.cancelAll();
        this.machine.forgetViews();
      },
      onSpilled: (bytes) => around.disk.setSpilledBytes(bytes + this.ffn.fileBytes),
      surfaceShare: () => this.jobs.surfaceShare,
    });
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
    this.around.disk.onBudget = () => this.opened.shareBits();
    this.statistics = tellStatistics(
      () => ({
        session: this.machine.session,
        volumes: this.opened.volumes,
        segmentation: this.opened.segmentation,
        layers: this.slices?.layers,
        disk: this.around.disk,
        budgets: this.budgets,
        scheduler: this.scheduler,
        cpu: this.machine.cpu,
        ffn: this.ffn,
        hosts: this.hosts,
      }),
      (statistics) => this.emit({ type: 'statistics', statistics }),
    );
    return this.machine.start(backend);
  }

  /** The disk's is the same in all tabs: what was said last in any. */
  private get budgets(): Budgets {
    const { budgetBytes: diskBytes = this.chosen.diskBytes } = this.around.disk;
    return { ...this.chosen, diskBytes };
  }

  /** Begins with the default budgets, but for those that are given and make sense. */
  private async startBudgets(budgets: Partial<Budgets>): Promise<void> {
    this.chosen = await this.around.defaultBudgets();
    try {
      this.chosen = checkBudgets({ ...this.chosen, ...budgets });
    } catch (error) {
      this.trouble('start', error);
    }
  }

  async setBackend(choice: BackendChoice): Promise<void> {
    await this.machine.choose(choice);
  }

  async open(source: VolumeSource, access: SourceAccess = {}, job?: number): Promise<VolumeInfo> {
    const info = await this.opening(job, (signal) => this.opened.open(source, access, signal));
    void this.machine.ready.then(() => this.machine.prepare());
    this.statistics?.tell();
    return info;
  }

  async setBudgets(budgets: Partial<Budgets>): Promise<Budgets> {
    await this.budgeted;
    const checked = checkBudgets({ ...this.budgets, ...budgets });
    if (budgets.diskBytes !== undefined) this.around.disk.setBudgetBytes(checked.diskBytes);
    const { gpuBytes, memoryBytes } = this.budgets;
    const isOther = gpuBytes !== checked.gpuBytes || memoryBytes !== checked.memoryBytes;
    const change = () => {
      // Others may have been changed while this waited.
      this.chosen = checkBudgets({ ...this.budgets, ...budgets });
      this.opened.shareBits();
      if (!isOther) return;
      this.machine.setBudgets();
      this.opened.share();
      this.opened.show();
    };
    // Pools are made anew, and a fill computes on the old ones.
    if (isOther) await this.jobs.between(change);
    else change();
    this.statistics?.tell();
    return this.budgets;
  }

  async clearDiskCache(): Promise<void> {
    await this.around.disk.clear();
    this.statistics?.tell();
  }

  async setImageFilter(filter: ImageFilter): Promise<void> {
    await this.opened.setFilter(filter);
  }

  async selectAxes(selection: Partial<AxisSelection>): Promise<AxesSelected> {
    return this.opened.selectAxes(selection);
  }

  async openLayer(
    source: LayerSource,
    options: LayerOptions,
    { job, replacedId }: OpenLayerCall = {},
  ): Promise<Layer> {
    return this.opening(job, (signal) =>
      this.opened.openLayer(source, options, signal, replacedId),
    );
  }

  async selectLayerAxes(id: string, changes: Partial<AxisChoice>): Promise<LayerSeen> {
    return this.opened.selectLayerAxes(id, changes);
  }

  async closeLayer(id: string): Promise<void> {
    this.opened.closeLayer(id);
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
    return this.grow(job, (control, { segmentation, volume, stored }) => {
      const checked = checkRequest(request, volume.info.shapeZyx);
      return checked.algorithm === 'ffn'
        ? this.ffn.run(checked, stored, segmentation, control)
        : runFloodFill({ request: checked, volume, segmentation, backends, onProgress }, control);
    });
  }

  segmentVolume(job: number, request: VolumeRequest): Promise<VolumeResult> {
    return this.grow(job, (control, { segmentation, stored }) =>
      this.ffn.runVolume(checkVolume(request, stored.info.shapeZyx), stored, segmentation, control),
    );
  }

  async steer(job: number, steering: Steering): Promise<boolean> {
    return this.jobs.steer(job, steering);
  }

  async components(job: number, query: ComponentsQuery): Promise<ComponentsCount> {
    const { places } = this;
    const checked = checkComponents(query);
    return this.counts.run(job, async (signal) => {
      const { pool } = await this.machine.startCpu();
      return countComponents(pool, places, checked, signal);
    });
  }

  async evaluate(job: number, query: EvaluationQuery): Promise<Evaluation> {
    const { segmentation, volume } = this.opened.require();
    const checked = checkEvaluation(query, volume.info.shapeZyx);
    const sources = { ...this.places, labels: segmentation.labels };
    return this.evaluations.run(job, (signal) =>
      evaluate(sources, checked, {
        scheduler: this.scheduler,
        budgetBytes: evaluationBytes(this.budgets),
        signal,
        onProgress: (progress) => this.emit({ type: 'evaluating', job, progress }),
      }),
    );
  }

  async setPaused(job: number, isPaused: boolean): Promise<boolean> {
    const isRunning = this.jobs.setPaused(job, isPaused);
    this.slices?.invalidate();
    return isRunning;
  }

  cancel(job: number): void {
    this.jobs.cancel(job);
    for (const jobs of this.beside) jobs.cancel(job);
  }

  retryFailed(): void {
    this.slices?.retryFailed();
  }

  async remove(id: number): Promise<void> {
    this.opened.require().segmentation.remove(id);
  }

  async undo(): Promise<boolean> {
    const { segmentation } = this.opened.require();
    if (this.jobs.isIdle) return segmentation.undo();
    await this.jobs.stop();
    return true;
  }

  async redo(): Promise<boolean> {
    const { segmentation } = this.opened.require();
    return this.jobs.isIdle && segmentation.redo();
  }

  async labelAt(zyx: Zyx): Promise<number> {
    const { segmentation, volume } = this.opened.require();
    checkVoxel(zyx, volume.info.shapeZyx);
    return segmentation.labels.labelAt(zyx);
  }

  async probe(zyx: Zyx): Promise<VoxelProbe> {
    const { segmentation, volume } = this.opened.require();
    checkVoxel(zyx, volume.info.shapeZyx);
    const shown = this.slices?.layers;
    const value = await valueAt(zyx, volume.levels, shown?.image.loader);
    return {
      zyx,
      value: value ?? null,
      segmentId: segmentation.labels.labelAt(zyx),
      layers: await layersAt(
        zyx,
        this.machine.display?.layers ?? [],
        this.opened.layers.all,
        shown,
      ),
    };
  }

  async readLabels(box: Box): Promise<ReadArray<Uint32Array<ArrayBuffer>>> {
    const { segmentation, volume } = this.opened.require();
    checkBox(box, volume.info.shapeZyx);
    return { data: segmentation.labels.readBox(box), shapeZyx: box.shapeZyx };
  }

  async readImage(box: Box, level: number, layer = VOLUME_LAYER): Promise<ImageRead> {
    return readLevel(imageLevels(layer, this.places), level, box);
  }

  async readStoredLabels(layer: string, box: Box, level: number): Promise<ImageRead> {
    return readLevel(await labelLevels(layer, this.places), level, box);
  }

  async histogram(): Promise<{ low: number; high: number; counts: number[] }> {
    return imageHistogram(this.opened.require().volume);
  }

  async settled(): Promise<void> {
    await this.machine.settled();
    this.statistics?.tell();
  }

  setCamera(camera: SceneCamera | null): void {
    this.opened.setCamera(camera ?? undefined);
  }

  attachSurfaces(port: MessagePort): void {
    this.opened.attachSurfaces(port);
  }

  async surfaceState(id: number): Promise<SurfaceState> {
    const { segmentation } = this.opened.require();
    return segmentation.surfaces.state(id);
  }

  async mesh(job: number, id: number): Promise<SegmentMesh> {
    const { segmentation } = this.opened.require();
    segmentation.require(id);
    return this.meshes.run(job, (signal) =>
      segmentation.surfaces.mesh(id, {
        signal,
        onProgress: (progress) => this.emit({ type: 'meshing', job, progress }),
      }),
    );
  }

  async saveLabels(job: number, options: SaveLabelsOptions): Promise<SavedLabels> {
    const { segmentation, volume } = this.opened.require();
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
    this.statistics?.end();
    void this.stopAll();
    for (const jobs of this.beside) jobs.cancelAll();
    this.ffn.dispose();
    this.machine.dispose();
  }

  /** All that voxels can be read of, but for the segmentation. */
  private get places(): LayerPlaces {
    return { volume: this.opened.require().volume, layers: this.opened.layers.all };
  }

  /** Runs a job on the open volume's segmentation. */
  private async grow<Result>(
    job: number,
    work: (control: JobControl, open: Open) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await this.jobs.run(job, async (control) => {
        await this.machine.ready;
        control.signal.throwIfAborted();
        return work(control, this.opened.require());
      });
    } finally {
      this.slices?.invalidate();
      this.statistics?.tell();
    }
  }

  /** Opens something, which can be cancelled where it has a number. */
  private opening<Result>(
    job: number | undefined,
    work: (signal?: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    return job === undefined ? work() : this.openings.run(job, work);
  }

  /** Cancels what computes on the voxels that are open. */
  private async stopAll(): Promise<void> {
    this.counts.cancelAll();
    await Promise.all([this.jobs.stop(), this.evaluations.stop()]);
  }

  /** What runs beside what fills. */
  private get beside(): readonly RunningJobs[] {
    return [this.openings, this.counts, this.evaluations, this.saves, this.meshes, this.imports];
  }

  private get slices() {
    return this.machine.slices;
  }

  private trouble(key: string, error: unknown): void {
    if (!isAbort(error)) this.emit({ type: 'trouble', key, error: toRecord(error) });
  }
}
