import { abortError, FloodlightError } from '../core/errors';
import type { Zyx } from '../core/vec';
import { Gate } from '../segment/gate';
import type { Volume } from '../volume/model';
import { rangeAt, type StoredValue } from './comparison';
import type { FillBackend, FillHooks, FillOutcome, StoredFillRequest } from './fill-backend';
import type { BackendId, FillProgress, FillResult } from './protocol';
import type { CheckedRequest } from './request';
import type { Segmentation } from './segmentation';

const PROGRESS_MILLISECONDS = 50;

/** A request, and all that it is run with. */
export interface FillJob {
  readonly job: number;
  readonly request: CheckedRequest;
  /** What it runs on, and goes on on where that was lost. */
  backend(): Promise<FillBackend>;
  /** Whether a backend whose fill failed is gone, so that the fill can go on on another. */
  isLost(backend: FillBackend): Promise<boolean>;
  readonly volume: Volume;
  readonly segmentation: Segmentation;
}

/** How often a fill goes on after its backend was lost. */
const MOST_LOSSES = 3;

interface Running {
  readonly job: number;
  readonly abort: AbortController;
  readonly gate: Gate;
  /** What it runs on now, and how it is ended there. */
  backend: FillBackend | undefined;
  attempt: AbortController;
  ended: Promise<unknown>;
}

/** Runs fills, one at a time. */
export class FillJobs {
  private running: Running | undefined;

  constructor(private readonly onProgress: (job: number, progress: FillProgress) => void) {}

  /** Whether a fill runs and is not held. */
  get isRunning(): boolean {
    return this.running !== undefined && !this.running.gate.isClosed;
  }

  /** What surfaces may take of a processor's time now, 0 to 1. */
  get surfaceShare(): number {
    return this.running?.backend?.surfaceShare ?? 1;
  }

  /**
   * Runs a fill and keeps its segment; what a fill that failed or was cancelled had grown is gone. One whose backend is lost
   * goes on from what it had. None may be running.
   */
  run(job: FillJob): Promise<FillResult> {
    const running: Running = {
      job: job.job,
      abort: new AbortController(),
      gate: new Gate(),
      backend: undefined,
      attempt: new AbortController(),
      ended: Promise.resolve(),
    };
    this.running = running;
    const result = this.toEnd(job, running).finally(() => {
      this.running = undefined;
    });
    running.ended = result.catch(() => {});
    return result;
  }

  /** Holds a job, or lets it go on, if it is the one that runs; returns whether it is. */
  setPaused(job: number, isPaused: boolean): boolean {
    if (this.running?.job !== job) return false;
    const { gate } = this.running;
    if (isPaused) gate.close();
    else gate.open();
    return true;
  }

  /** Cancels a job if it is the one that runs. */
  cancel(job: number): void {
    if (this.running?.job === job) this.running.abort.abort(abortError());
  }

  /** Ends what runs on a backend with an error. */
  fail(backend: BackendId, error: unknown): void {
    if (this.running?.backend?.id === backend) this.running.attempt.abort(error);
  }

  /** Cancels what runs and waits until it has ended. */
  async stop(): Promise<void> {
    while (this.running) {
      this.running.abort.abort(abortError());
      await this.running.ended;
    }
  }

  private async toEnd(fill: FillJob, running: Running): Promise<FillResult> {
    try {
      return await this.fill(fill, running);
    } catch (error) {
      fill.segmentation.discard();
      throw error;
    }
  }

  private async fill(fill: FillJob, running: Running): Promise<FillResult> {
    const started = performance.now();
    const { request, volume, segmentation } = fill;
    const { algorithm, seedZyx, params, box, voxelLimit } = request;
    const value = await valueAt(volume, seedZyx, running.abort.signal);
    const range = rangeAt(params, value);
    if (!(value >= range.low && value <= range.high))
      throw new FloodlightError('SEED_OUTSIDE_RANGE', {
        zyx: seedZyx,
        value: Number(value),
        low: Number(range.low),
        high: Number(range.high),
      });
    const id = segmentation.begin((key) => running.backend?.draws(key) === true);
    const stored = { seedZyx, range, connectivity: params.connectivity, box, voxelLimit };
    const onProgress = this.progressOf(running.job, id, started, segmentation);
    const { outcome, backend } = await this.onBackends(fill, running, id, stored, onProgress);
    return segmentation.finish(outcome.bits, {
      id,
      algorithm,
      seedZyx,
      params,
      voxels: outcome.voxels,
      bricks: outcome.bricks,
      unreadBricks: outcome.unreadBricks,
      complete: outcome.complete,
      milliseconds: performance.now() - started,
      backend: backend.id,
      adapter: backend.adapter,
    });
  }

  /** Runs a fill on its backend, and where that is lost on the next one, from what has grown. */
  private async onBackends(
    { backend: nextBackend, isLost, segmentation }: FillJob,
    running: Running,
    id: number,
    request: StoredFillRequest,
    onProgress: FillHooks['onProgress'],
  ): Promise<{ outcome: FillOutcome; backend: FillBackend }> {
    const { abort, gate } = running;
    for (let losses = 0; ; losses++) {
      const backend = await nextBackend();
      abort.signal.throwIfAborted();
      running.backend = backend;
      running.attempt = new AbortController();
      const signal = AbortSignal.any([abort.signal, running.attempt.signal]);
      const hooks = { signal, gate, vault: segmentation.labels.vault, onProgress };
      try {
        const from = losses > 0 ? segmentation.grown : undefined;
        return { outcome: await backend.fill(id, { ...request, from }, hooks), backend };
      } catch (error) {
        if (abort.signal.aborted || losses === MOST_LOSSES || !(await isLost(backend))) throw error;
      }
    }
  }

  /** Shows what has grown, and tells of it as often as eyes follow. */
  private progressOf(
    job: number,
    id: number,
    started: number,
    segmentation: Segmentation,
  ): FillHooks['onProgress'] {
    let told = Number.NEGATIVE_INFINITY;
    return ({ voxels, bricks, frontierBricks, changed }) => {
      segmentation.grow(changed);
      const milliseconds = performance.now() - started;
      if (milliseconds - told < PROGRESS_MILLISECONDS) return;
      told = milliseconds;
      const voxelsPerSecond = (voxels / milliseconds) * 1000;
      this.onProgress(job, { id, voxels, bricks, frontierBricks, milliseconds, voxelsPerSecond });
    };
  }
}

async function valueAt(volume: Volume, zyx: Zyx, signal: AbortSignal): Promise<StoredValue> {
  const box = { originZyx: zyx, shapeZyx: [1, 1, 1] as const };
  const values = await volume.levels[0]?.readBox(box, signal);
  return values?.[0] ?? Number.NaN;
}
