import { FloodlightError, isFloodlightError } from '../core/errors';
import type { SliceView, ViewId } from '../core/slice-geometry';
import type { KeptValues } from '../disk/kept-values';
import type { BrickSlot } from '../gpu/brick-pool';
import type { AdapterInfo } from '../gpu/device';
import type { ComponentsFunction } from '../segment/components/types';
import type { SegmentThreads } from '../segment/cpu/threads';
import type { FfnModel } from '../segment/ffn/model';
import type { FillFunction } from '../segment/flood-fill/cpu/context';
import type { Network } from '../segment/network/network';
import type { Volume } from '../volume/model';
import { type Budgets, brickBytes, fillBytes } from './budgets';
import { CPU_WITHOUT_F16, chooseBackend } from './choose-backend';
import { CpuFill, SURFACE_SHARE } from './cpu-fill';
import type { NetworkBackend } from './ffn/networks';
import type { FillBackend } from './fill-backend';
import { GpuSession } from './gpu-session';
import type { Backends, RunsOn } from './jobs';
import type { MemorySlot } from './memory-brick-pool';
import type { BackendChoice, BackendId, BackendInfo, DisplayState, EngineEvent } from './protocol';
import type { Scheduler } from './scheduler/scheduler';
import type { SliceSurroundings } from './slice-loop';
import { SliceViews } from './slice-views';
import { CanvasSlices } from './slices';

/** A job that lost the GPU so often goes on on the processor. */
const MOST_LOSSES_OF_GPU = 2;

/** What of the machine comes from where the engine runs. */
export interface MachineSurroundings {
  readonly gpu: GPU | undefined;
  /** What was found out of it at earlier visits. */
  readonly keptValues: KeptValues;
  /** Threads of the processor, for segmentations. */
  startThreads(): Promise<SegmentThreads<FillFunction | ComponentsFunction>>;
  /** A network on the processor. */
  createNetwork(model: FfnModel, maxBatch: number): Promise<Network>;
  requestFrame(draw: () => void): void;
}

/** What of the engine its machine knows. */
export interface MachineHooks {
  readonly scheduler: Scheduler;
  emit(event: EngineEvent): void;
  onTrouble(key: string, error: unknown): void;
  isFilling(): boolean;
  budgets(): Budgets;
  /** What is seen and filled. */
  volume(): Volume | undefined;
  /** Slices are there that show nothing yet. */
  onSlices(): void;
  /** All that runs on a backend has to begin anew. */
  onLoss(backend: BackendId, error: unknown): void;
}

/** What the engine draws and computes on: the device, if there is one, and the processor's threads; with the views' canvases. */
export class Machine {
  session: GpuSession | undefined;
  /** Those of the session, or, without one, what the processor draws; none while that is not known. */
  slices: SliceViews<BrickSlot> | SliceViews<MemorySlot> | undefined;
  /** How all views are drawn. */
  display: DisplayState | undefined;
  /** Resolves when it is known what there is; another one after a device was lost. */
  ready: Promise<AdapterInfo | null> = Promise.resolve(null);
  cpu: CpuFill | undefined;
  private choice: BackendChoice = 'auto';
  private why = 'not started';
  /** Who draws on the processor, without a session. */
  private canvas: CanvasSlices | undefined;
  private cpuNetworks: NetworkBackend | undefined;
  private readonly canvases = new Map<ViewId, OffscreenCanvas>();
  private readonly views = new Map<ViewId, SliceView>();
  private disposed = false;

  /** What fills and networks run on, once that is known. */
  readonly fills: Backends<FillBackend> = this.backendsOf((losses) => this.fillBackend(losses));
  readonly networks: Backends<NetworkBackend> = this.backendsOf(async (losses) =>
    this.networkBackend(losses),
  );

  constructor(
    private readonly around: MachineSurroundings,
    private readonly hooks: MachineHooks,
  ) {}

  start(choice: BackendChoice): Promise<AdapterInfo | null> {
    this.choice = choice;
    this.ready = this.setUp();
    return this.ready;
  }

  /** What segmentations run on from the next one on. WEBGPU_UNAVAILABLE where there is no adapter to run on. */
  async choose(choice: BackendChoice): Promise<void> {
    await this.ready;
    if (choice === 'webgpu' && !this.session)
      throw new FloodlightError('WEBGPU_UNAVAILABLE', { reason: this.why });
    this.choice = choice;
    this.tellBackend();
  }

  /** Takes the budgets that hold now; pools are made anew when something is shown. */
  setBudgets(): void {
    const budgets = this.hooks.budgets();
    if (this.session) this.session.memory.budgetBytes = budgets.gpuBytes;
    if (this.canvas) this.canvas.budgetBytes = brickBytes(budgets);
    if (this.cpu) this.cpu.budgetBytes = fillBytes(budgets);
  }

  attachView(view: ViewId, canvas: OffscreenCanvas): void {
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

  /** Places of another volume mean nothing in the next one. */
  forgetViews(): void {
    this.views.clear();
    this.slices?.forget();
  }

  /** Resolves when all views show what they want, or its failure. */
  async settled(): Promise<void> {
    let slices: typeof this.slices;
    do {
      await this.ready;
      slices = this.slices;
      await slices?.settled();
    } while (slices !== this.slices);
  }

  async startCpu(): Promise<CpuFill> {
    const { around, hooks } = this;
    this.cpu ??= new CpuFill(await around.startThreads(), () => hooks.volume(), hooks.scheduler);
    this.cpu.budgetBytes = fillBytes(hooks.budgets());
    return this.cpu;
  }

  /** Gets what fills run on ready for the open volume. */
  prepare(): void {
    const volume = this.hooks.volume();
    if (!volume) return;
    this.fillBackend(0)
      .then((backend) => backend.prepare(volume.info.dtype))
      .catch((error: unknown) => this.hooks.onTrouble('backend', error));
  }

  dispose(): void {
    this.disposed = true;
    this.slices?.dispose();
    this.session?.dispose();
    this.cpu?.dispose();
  }

  private get backend(): BackendInfo {
    return chooseBackend(this.choice, this.session?.adapter ?? null, this.cpu?.threads ?? 0);
  }

  /** What fills run on now; rejects with what kept the processor's threads from starting where these are needed. */
  private async fillBackend(losses: number): Promise<FillBackend> {
    return this.sessionAfter(losses)?.fill ?? this.startCpu();
  }

  /** What networks run on now. */
  private networkBackend(losses: number): NetworkBackend {
    const session = this.sessionAfter(losses);
    if (session) return session.networks;
    const { createNetwork } = this.around;
    this.cpuNetworks ??= {
      id: 'cpu',
      surfaceShare: SURFACE_SHARE,
      withoutF16: CPU_WITHOUT_F16,
      createNetwork,
    };
    return this.cpuNetworks;
  }

  /** The device, where a job that lost it so often is to run on it. */
  private sessionAfter(losses: number): GpuSession | undefined {
    return this.backend.id === 'webgpu' && losses < MOST_LOSSES_OF_GPU ? this.session : undefined;
  }

  private backendsOf<B extends RunsOn>(now: (losses: number) => Promise<B>): Backends<B> {
    const next = async (losses: number) => {
      await this.ready;
      return now(losses);
    };
    return { next, isLost: (backend, error) => this.isLost(backend, error) };
  }

  /**
   * Whether a backend that failed was one of a device that is gone, or that gave less memory than its budget and has no room for it now;
   * commands may fail before a loss is told.
   */
  private async isLost(backend: RunsOn, error: unknown): Promise<boolean> {
    if (backend.id !== 'webgpu') return false;
    const { session } = this;
    if (isFloodlightError(error, 'BUDGET_EXCEEDED'))
      return (session?.memory.budgetBytes ?? 0) < this.hooks.budgets().gpuBytes;
    const isOfSession = session?.fill === backend || session?.networks === backend;
    return !isOfSession || session.isGone();
  }

  private tellBackend(): void {
    this.hooks.emit({ type: 'backend', backend: this.backend });
    this.prepare();
  }

  /** Sets the device up, if one can be had, and the slices on it; else those that the processor draws. */
  private async setUp(): Promise<AdapterInfo | null> {
    const { hooks } = this;
    const around: SliceSurroundings = {
      display: () => this.display,
      scheduler: hooks.scheduler,
      isFilling: hooks.isFilling,
      requestFrame: this.around.requestFrame,
      onPicture: (picture) => hooks.emit({ type: 'picture', picture }),
      onTrouble: hooks.onTrouble,
    };
    try {
      this.session = await GpuSession.create(
        this.around.gpu,
        around,
        this.around.keptValues,
        hooks.budgets().gpuBytes,
        (reason) => this.lost(reason),
        (reason) =>
          hooks.onTrouble('gpu', new FloodlightError('GPU_FAILED', { what: 'a command', reason })),
        (error, { isRetried }) => {
          // What computes with what was refused has to begin anew: with smaller blocks all may still go well.
          hooks.onLoss('webgpu', error);
          if (!isRetried) hooks.onTrouble('gpu', error);
        },
      );
      hooks.emit({ type: 'adapter', adapter: this.session.adapter, reason: '' });
    } catch (error) {
      const known = isFloodlightError(error, 'WEBGPU_UNAVAILABLE');
      this.why = known ? error.fields.reason : String(error);
      hooks.emit({ type: 'adapter', adapter: null, reason: known ? error.message : this.why });
    }
    this.canvas = this.session ? undefined : new CanvasSlices(brickBytes(hooks.budgets()));
    this.slices = this.session?.views ?? (this.canvas && new SliceViews(this.canvas, around));
    for (const [view, canvas] of this.canvases) {
      try {
        this.slices?.attach(view, canvas, this.views.get(view));
      } catch (error) {
        hooks.onTrouble('slices', error);
      }
    }
    hooks.onSlices();
    await this.startCpu().catch((error: unknown) => hooks.onTrouble('threads', error));
    this.tellBackend();
    return this.session?.adapter ?? null;
  }

  /** The device went away: everything on it is made anew; the segmentation lives in memory and stays. */
  private lost(reason: string): void {
    if (this.disposed) return;
    this.why = reason;
    const error = new FloodlightError('DEVICE_LOST', { reason });
    this.hooks.onTrouble('device', error);
    this.hooks.onLoss('webgpu', error);
    this.slices?.dispose();
    this.slices = undefined;
    this.session = undefined;
    this.ready = this.setUp();
  }
}
