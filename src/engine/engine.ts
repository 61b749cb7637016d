import type { Box } from '../core/box';
import { segmentColour } from '../core/colour';
import { abortError, FloodlightError, isAbort, isFloodlightError, toRecord } from '../core/errors';
import type { SliceView, ViewId } from '../core/slice-geometry';
import type { Zyx } from '../core/vec';
import { exportGlb } from '../exporters/glb';
import { exportLabels } from '../exporters/labels-zip';
import type { AdapterInfo } from '../gpu/device';
import { rangeAt } from '../segment/flood-fill/params';
import type { LiveFill } from '../segment/flood-fill/types';
import type { Volume, VolumeInfo } from '../volume/model';
import { addressKey } from './brick-loader';
import { GpuSession } from './gpu-session';
import { imageHistogram } from './histogram';
import type { Mesher } from './mesher';
import { imageValue, storedId } from './probe';
import type {
  DisplayState,
  EngineApi,
  EngineEvent,
  FillRequest,
  FillResult,
  ImageRead,
  ReadArray,
  SurfaceMesh,
  VoxelProbe,
} from './protocol';
import { type CheckedRequest, checkBox, checkRequest, checkVoxel } from './request';
import { Segmentation } from './segmentation';
import { SliceLoop } from './slice-loop';
import { CanvasTarget } from './slices';
import { VolumeLayers } from './volume-layers';

/** What the engine gets from where it runs: a worker, or a test under Node. */
export interface EngineSurroundings {
  readonly gpu: GPU | undefined;
  readonly mesher: Mesher;
  openVolume(url: string, signal: AbortSignal): Promise<Volume>;
  requestFrame(draw: () => void): void;
}

const STATISTICS_MILLISECONDS = 500;
const PROGRESS_MILLISECONDS = 50;
/** A software adapter fills on the processors that surfaces are made on: these get a quarter of their time meanwhile. */
const SOFTWARE_SURFACE_SHARE = 0.25;
const MEMORY_BUDGET_BYTES = 2 ** 30;

interface Running {
  readonly job: number;
  readonly abort: AbortController;
  readonly done: Promise<unknown>;
}

/** The DOM-free heart: owns the device, the open volume, its segmentation and the slices drawn of them. */
export class Engine implements EngineApi {
  private session: GpuSession | undefined;
  private why = 'not started';
  private settingUp: Promise<AdapterInfo | null> = Promise.resolve(null);
  private loop: SliceLoop | undefined;
  private layers: VolumeLayers | undefined;
  private volume: Volume | undefined;
  private segmentation: Segmentation | undefined;
  private running: Running | undefined;
  private opening: AbortController | undefined;
  private readonly canvases = new Map<ViewId, OffscreenCanvas>();
  private readonly views = new Map<ViewId, SliceView>();
  private display: DisplayState | undefined;
  private emit: (event: EngineEvent) => void = () => {};
  private lastStatistics = '';
  private statisticsTimer: ReturnType<typeof setInterval> | undefined;
  private disposed = false;

  constructor(private readonly around: EngineSurroundings) {}

  async start(onEvent: (event: EngineEvent) => void): Promise<AdapterInfo | null> {
    this.emit = onEvent;
    this.statisticsTimer = setInterval(() => this.tellStatistics(), STATISTICS_MILLISECONDS);
    this.settingUp = this.startGpu();
    return this.settingUp;
  }

  async open(url: string): Promise<VolumeInfo> {
    this.opening?.abort(abortError());
    const opening = new AbortController();
    this.opening = opening;
    const volume = await this.around.openVolume(url, opening.signal);
    opening.signal.throwIfAborted();
    await this.stop();
    this.layers?.dispose();
    this.layers = undefined;
    this.segmentation?.clear();
    this.volume = volume;
    this.segmentation = new Segmentation(this.around.mesher, volume.info, {
      onSegments: (segments) => this.emit({ type: 'segments', segments }),
      onPatch: (patch) => this.emit({ type: 'surface', patch }),
      onLabels: () => this.loop?.invalidate(),
      onFailure: (error) => this.trouble('surface', error),
      surfaceShare: () => (this.session?.gpu.adapter.isSoftware ? SOFTWARE_SURFACE_SHARE : 1),
    });
    this.setUpLayers();
    this.emit({ type: 'segments', segments: [] });
    return volume.info;
  }

  async attachView(view: ViewId, canvas: OffscreenCanvas): Promise<void> {
    this.canvases.set(view, canvas);
    this.attachTarget(view, canvas);
  }

  setView(view: ViewId, state: SliceView): void {
    this.views.set(view, state);
    this.loop?.setView(view, state);
  }

  setDisplay(state: DisplayState): void {
    const before = this.display?.referenceLayer ?? null;
    this.display = state;
    if (state.referenceLayer !== before) this.showReference(state.referenceLayer);
    this.loop?.invalidate();
  }

  async segment(job: number, request: FillRequest): Promise<FillResult> {
    await this.stop();
    const { segmentation, volume } = this.opened();
    const checked = checkRequest(request, volume.info.shapeZyx);
    await this.settingUp;
    const { session, layers } = this.ready();
    const abort = new AbortController();
    const done = this.fill(job, checked, session, layers, segmentation, abort.signal);
    const running: Running = { job, abort, done: done.catch(() => {}) };
    this.running = running;
    try {
      return await done;
    } catch (error) {
      segmentation.discard();
      if (this.session !== session) {
        throw new FloodlightError('DEVICE_LOST', { reason: this.why }, error);
      }
      throw error;
    } finally {
      layers.fills = [];
      if (this.running === running) this.running = undefined;
      this.loop?.invalidate();
    }
  }

  cancel(job: number): void {
    if (this.running?.job === job) this.running.abort.abort(abortError());
  }

  async remove(id: number): Promise<void> {
    this.opened().segmentation.remove(id);
  }

  async labelAt(zyx: Zyx): Promise<number> {
    const { segmentation, volume } = this.opened();
    checkVoxel(zyx, volume.info.shapeZyx);
    return segmentation.labels.labelAt(zyx);
  }

  async probe(zyx: Zyx): Promise<VoxelProbe> {
    const { segmentation, volume } = this.opened();
    checkVoxel(zyx, volume.info.shapeZyx);
    return {
      zyx,
      value: await imageValue(zyx, volume, this.layers?.image.loader.pool),
      segmentId: segmentation.labels.labelAt(zyx),
      referenceId: await storedId(zyx, this.layers?.referenceLayer?.layer),
    };
  }

  async readLabels(box: Box): Promise<ReadArray<Uint32Array<ArrayBuffer>>> {
    const { segmentation, volume } = this.opened();
    checkBox(box, volume.info.shapeZyx);
    return { data: segmentation.labels.readBox(box), shapeZyx: box.shapeZyx };
  }

  async readImage(box: Box, level: number): Promise<ImageRead> {
    const { volume } = this.opened();
    const reader = volume.levels[level];
    if (!reader) {
      throw new FloodlightError('BAD_PARAMETERS', {
        what: 'Level',
        reason: `${level} is not one of the volume's ${volume.levels.length}`,
      });
    }
    checkBox(box, reader.info.shapeZyx);
    const data = (await reader.readBox(box)) as ImageRead['data'];
    return { data, shapeZyx: box.shapeZyx, dtype: reader.dtype };
  }

  async histogram(): Promise<{ low: number; high: number; counts: number[] }> {
    return imageHistogram(this.opened().volume);
  }

  async settled(): Promise<void> {
    await this.loop?.settled();
  }

  async mesh(id: number): Promise<SurfaceMesh> {
    const { segmentation } = this.opened();
    segmentation.require(id);
    return segmentation.surfaces.mesh(id);
  }

  async saveLabels(): Promise<Blob> {
    const { segmentation, volume } = this.opened();
    const { labels } = segmentation;
    return exportLabels({
      ...volume.info,
      bricks: labels.allBricks(),
      properties: segmentation.segments.map(({ id, voxels }) => ({
        id,
        voxels,
        colour: [...segmentColour(id), 255],
      })),
    });
  }

  async saveMesh(id: number, _format: 'glb'): Promise<Blob> {
    return exportGlb(await this.mesh(id), {
      name: `segment ${id}`,
      colour: [...segmentColour(id), 255],
    });
  }

  /** Lets go of the device and all that runs. */
  dispose(): void {
    this.disposed = true;
    clearInterval(this.statisticsTimer);
    this.running?.abort.abort(abortError());
    this.session?.gpu.device.destroy();
  }

  private opened(): { segmentation: Segmentation; volume: Volume } {
    const { segmentation, volume } = this;
    if (!segmentation || !volume) throw new FloodlightError('NO_VOLUME', {});
    return { segmentation, volume };
  }

  private ready(): { session: GpuSession; layers: VolumeLayers } {
    const { session, layers } = this;
    if (!session || !layers) throw new FloodlightError('WEBGPU_UNAVAILABLE', { reason: this.why });
    return { session, layers };
  }

  /** Cancels what runs and waits until it has ended. */
  private async stop(): Promise<void> {
    this.running?.abort.abort(abortError());
    await this.running?.done;
  }

  private async startGpu(): Promise<AdapterInfo | null> {
    try {
      this.session = await GpuSession.create(
        this.around.gpu,
        (reason) => this.lost(reason),
        (message) =>
          this.trouble(
            'gpu',
            new FloodlightError('GPU_FAILED', { what: 'a command', reason: message }),
          ),
      );
    } catch (error) {
      const known = isFloodlightError(error, 'WEBGPU_UNAVAILABLE');
      this.why = known ? error.fields.reason : String(error);
      this.emit({ type: 'adapter', adapter: null, reason: known ? error.message : this.why });
      return null;
    }
    this.loop = new SliceLoop(
      this.session.renderer,
      () => this.display,
      () => this.layers?.source,
      this.around.requestFrame,
      (error) => this.trouble('slices', error),
    );
    for (const [view, canvas] of this.canvases) this.attachTarget(view, canvas);
    const { adapter } = this.session.gpu;
    this.emit({ type: 'adapter', adapter, reason: '' });
    this.setUpLayers();
    return adapter;
  }

  /** The device went away: everything on it is made anew; the segmentation lives in memory and stays. */
  private lost(reason: string): void {
    if (this.disposed) return;
    this.why = reason;
    this.trouble('device', new FloodlightError('DEVICE_LOST', { reason }));
    this.running?.abort.abort(new FloodlightError('DEVICE_LOST', { reason }));
    this.session = undefined;
    this.loop = undefined;
    this.layers = undefined;
    this.settingUp = this.startGpu();
  }

  private attachTarget(view: ViewId, canvas: OffscreenCanvas): void {
    if (!this.session || !this.loop) return;
    this.loop.attach(view, new CanvasTarget(this.session.gpu, canvas));
    const state = this.views.get(view);
    if (state) this.loop.setView(view, state);
  }

  private setUpLayers(): void {
    const { session, volume, segmentation } = this;
    if (!session || !volume || !segmentation) return;
    this.layers = new VolumeLayers(session.memory, volume, segmentation, {
      onArrival: () => this.loop?.invalidate(),
      onFailure: (address, error) => this.trouble(`brick ${addressKey(address)}`, error),
    });
    this.showReference(this.display?.referenceLayer ?? null);
    this.loop?.reset();
    void session.floodFill.prepare(volume.info.dtype);
  }

  private showReference(name: string | null): void {
    const { layers } = this;
    if (name !== null && !this.volume?.info.labels.includes(name)) return;
    layers
      ?.showReference(name)
      .then(() => this.loop?.invalidate())
      .catch((error: unknown) => this.trouble('stored labels', error));
  }

  private async fill(
    job: number,
    request: CheckedRequest,
    session: GpuSession,
    layers: VolumeLayers,
    segmentation: Segmentation,
    signal: AbortSignal,
  ): Promise<FillResult> {
    const started = performance.now();
    const { seedZyx, params, box, voxelLimit } = request;
    const seedValue = await this.valueAt(seedZyx, signal);
    const range = rangeAt(params, seedValue);
    if (!(seedValue >= range.low && seedValue <= range.high)) {
      throw new FloodlightError('SEED_OUTSIDE_RANGE', { zyx: seedZyx, value: seedValue, ...range });
    }
    const id = segmentation.begin();
    let told = Number.NEGATIVE_INFINITY;
    const show = (live: LiveFill) => {
      layers.fills = [{ id, ...live }];
      this.loop?.invalidate();
    };
    const outcome = await session.floodFill.run(
      layers.imageBricks,
      { seedZyx, range, connectivity: params.connectivity, box, voxelLimit },
      {
        signal,
        onProgress: ({ voxels, bricks, frontierBricks, changed }, live) => {
          segmentation.grow(changed);
          show(live);
          const milliseconds = performance.now() - started;
          if (milliseconds - told < PROGRESS_MILLISECONDS) return;
          told = milliseconds;
          const voxelsPerSecond = (voxels / milliseconds) * 1000;
          this.emit({
            type: 'progress',
            job,
            progress: { id, voxels, bricks, frontierBricks, milliseconds, voxelsPerSecond },
          });
        },
      },
    );
    const { adapter } = session.gpu;
    return segmentation.finish(outcome.bits, {
      id,
      algorithm: request.algorithm,
      seedZyx,
      params,
      voxels: outcome.voxels,
      bricks: outcome.bricks,
      complete: outcome.complete,
      milliseconds: performance.now() - started,
      adapter: adapter.description || `${adapter.vendor} ${adapter.architecture}`,
    });
  }

  private async valueAt(zyx: Zyx, signal: AbortSignal): Promise<number> {
    const box = { originZyx: zyx, shapeZyx: [1, 1, 1] as const };
    const values = await this.opened().volume.levels[0]?.readBox(box, signal);
    return Number(values?.[0] ?? Number.NaN);
  }

  private trouble(key: string, error: unknown): void {
    if (!isAbort(error)) this.emit({ type: 'trouble', key, error: toRecord(error) });
  }

  private tellStatistics(): void {
    const { session, volume } = this;
    const statistics = {
      gpuBytes: session?.memory.usedBytes ?? 0,
      gpuBudgetBytes: session?.memory.budgetBytes ?? 0,
      memoryBytes:
        (volume?.statistics.cachedBytes ?? 0) + (this.segmentation?.labels.memoryBytes ?? 0),
      memoryBudgetBytes: MEMORY_BUDGET_BYTES,
      bricksInFlight: this.layers?.inFlight ?? 0,
      fetchedBytes: volume?.statistics.fetchedBytes ?? 0,
      decodedBytes: volume?.statistics.decodedBytes ?? 0,
      missingChunks: volume?.statistics.missingChunks ?? 0,
    };
    const text = JSON.stringify(statistics);
    if (text === this.lastStatistics) return;
    this.lastStatistics = text;
    this.emit({ type: 'statistics', statistics });
  }
}
