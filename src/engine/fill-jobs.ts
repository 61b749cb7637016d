import { abortError, FloodlightError } from '../core/errors';
import type { Zyx } from '../core/vec';
import { Gate } from '../segment/gate';
import type { Volume } from '../volume/model';
import { rangeAt, type StoredValue } from './comparison';
import type { FillBackend, FillHooks } from './fill-backend';
import type { BackendId, FillProgress, FillResult } from './protocol';
import type { CheckedRequest } from './request';
import type { Segmentation } from './segmentation';

const PROGRESS_MILLISECONDS = 50;

/** A request, and all that it is run with. */
export interface FillJob {
  readonly job: number;
  readonly request: CheckedRequest;
  readonly backend: FillBackend;
  readonly volume: Volume;
  readonly segmentation: Segmentation;
}

type Control = Pick<FillHooks, 'signal' | 'gate'>;

interface Running {
  readonly job: number;
  readonly backend: FillBackend;
  readonly abort: AbortController;
  readonly gate: Gate;
  readonly ended: Promise<unknown>;
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
    return this.running?.backend.surfaceShare ?? 1;
  }

  /** Runs a fill and keeps its segment; what a fill that failed or was cancelled had grown is gone. None may be running. */
  run(job: FillJob): Promise<FillResult> {
    const abort = new AbortController();
    const gate = new Gate();
    const result = this.toEnd(job, { signal: abort.signal, gate }).finally(() => {
      this.running = undefined;
    });
    const ended = result.catch(() => {});
    this.running = { job: job.job, backend: job.backend, abort, gate, ended };
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
    if (this.running?.backend.id === backend) this.running.abort.abort(error);
  }

  /** Cancels what runs and waits until it has ended. */
  async stop(): Promise<void> {
    while (this.running) {
      this.running.abort.abort(abortError());
      await this.running.ended;
    }
  }

  private async toEnd(fill: FillJob, control: Control): Promise<FillResult> {
    try {
      return await this.fill(fill, control);
    } catch (error) {
      fill.segmentation.discard();
      throw error;
    }
  }

  private async fill(
    { job, request, backend, volume, segmentation }: FillJob,
    { signal, gate }: Control,
  ): Promise<FillResult> {
    const started = performance.now();
    const { algorithm, seedZyx, params, box, voxelLimit } = request;
    const value = await valueAt(volume, seedZyx, signal);
    const range = rangeAt(params, value);
    if (!(value >= range.low && value <= range.high))
      throw new FloodlightError('SEED_OUTSIDE_RANGE', {
        zyx: seedZyx,
        value: Number(value),
        low: Number(range.low),
        high: Number(range.high),
      });
    const id = segmentation.begin((key) => backend.draws(key));
    let told = Number.NEGATIVE_INFINITY;
    const outcome = await backend.fill(
      id,
      { seedZyx, range, connectivity: params.connectivity, box, voxelLimit },
      {
        signal,
        gate,
        vault: segmentation.labels.vault,
        onProgress: ({ voxels, bricks, frontierBricks, changed }) => {
          segmentation.grow(changed);
          const milliseconds = performance.now() - started;
          if (milliseconds - told < PROGRESS_MILLISECONDS) return;
          told = milliseconds;
          const voxelsPerSecond = (voxels / milliseconds) * 1000;
          this.onProgress(job, {
            id,
            voxels,
            bricks,
            frontierBricks,
            milliseconds,
            voxelsPerSecond,
          });
        },
      },
    );
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
}

async function valueAt(volume: Volume, zyx: Zyx, signal: AbortSignal): Promise<StoredValue> {
  const box = { originZyx: zyx, shapeZyx: [1, 1, 1] as const };
  const values = await volume.levels[0]?.readBox(box, signal);
  return values?.[0] ?? Number.NaN;
}
