import { abortError } from '../core/errors';
import { Gate } from '../segment/gate';
import type { BackendId, Steering } from './protocol';

/** What a job runs on: on the GPU or the processor. */
export interface RunsOn {
  readonly id: BackendId;
  /** What surfaces may take of a processor's time while it runs, 0 to 1: some backends need the same processors. */
  readonly surfaceShare: number;
}

/** What a job goes on on where what it ran on was lost. */
export interface Backends<B extends RunsOn> {
  next(): Promise<B>;
  /** Whether a backend whose work failed is gone, so that the work can go on on another. */
  isLost(backend: B): Promise<boolean>;
}

/** What a job is held, ended and steered by. */
export interface JobControl {
  readonly job: number;
  /** Fires when the job is cancelled. */
  readonly signal: AbortSignal;
  readonly gate: Gate;
  /** What steering does to the job, where it can be steered. */
  onSteer: ((steering: Steering) => void) | undefined;
  /**
   * Does work on a backend, and where that is lost once more on the next one; `losses` counts these. The work has to go with the
   * signal it is given.
   */
  onBackends<B extends RunsOn, Result>(
    backends: Backends<B>,
    work: (backend: B, signal: AbortSignal, losses: number) => Promise<Result>,
  ): Promise<Result>;
}

/** How often a job goes on after its backend was lost. */
const MOST_LOSSES = 3;

class Running implements JobControl {
  readonly abort = new AbortController();
  readonly gate = new Gate();
  onSteer: ((steering: Steering) => void) | undefined;
  ended: Promise<unknown> = Promise.resolve();
  /** What it runs on now, and how it is ended there. */
  backend: RunsOn | undefined;
  attempt = new AbortController();

  constructor(readonly job: number) {}

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  async onBackends<B extends RunsOn, Result>(
    { next, isLost }: Backends<B>,
    work: (backend: B, signal: AbortSignal, losses: number) => Promise<Result>,
  ): Promise<Result> {
    const { signal } = this;
    for (let losses = 0; ; losses++) {
      const backend = await next();
      signal.throwIfAborted();
      this.backend = backend;
      this.attempt = new AbortController();
      try {
        return await work(backend, AbortSignal.any([signal, this.attempt.signal]), losses);
      } catch (error) {
        if (signal.aborted || losses === MOST_LOSSES || !(await isLost(backend))) throw error;
      }
    }
  }
}

/** Runs segmentations of any algorithm, one at a time. */
export class Jobs {
  private running: Running | undefined;
  /** Who waits for the one that runs to end: one, but for a moment. */
  private readonly coming = new Set<Running>();

  /** Whether a job runs and is not held. */
  get isRunning(): boolean {
    return this.running !== undefined && !this.running.gate.isClosed;
  }

  /** What surfaces may take of a processor's time now, 0 to 1. */
  get surfaceShare(): number {
    return this.running?.backend?.surfaceShare ?? 1;
  }

  /** Cancels what runs, and once that has ended runs a job to its own end; it can be held and cancelled from the call on. */
  async run<Result>(job: number, work: (control: JobControl) => Promise<Result>): Promise<Result> {
    const stopped = this.stop();
    const running = new Running(job);
    this.coming.add(running);
    await stopped;
    this.coming.delete(running);
    running.signal.throwIfAborted();
    this.running = running;
    const result = work(running).finally(() => {
      this.running = undefined;
    });
    running.ended = result.catch(() => {});
    return result;
  }

  /** Holds a job, or lets it go on, if it is there; returns whether it is. */
  setPaused(job: number, isPaused: boolean): boolean {
    const found = this.find(job);
    if (isPaused) found?.gate.close();
    else found?.gate.open();
    return found !== undefined;
  }

  /** Steers a job, if it is the one that runs and can be steered; returns whether it is. Throws what speaks against it. */
  steer(job: number, steering: Steering): boolean {
    if (this.running?.job !== job || !this.running.onSteer) return false;
    this.running.onSteer(steering);
    return true;
  }

  /** Cancels a job if it is there. */
  cancel(job: number): void {
    this.find(job)?.abort.abort(abortError());
  }

  /** Ends what runs on a backend with an error. */
  fail(backend: BackendId, error: unknown): void {
    if (this.running?.backend?.id === backend) this.running.attempt.abort(error);
  }

  /** Cancels what runs or is about to, and waits until none does. */
  async stop(): Promise<void> {
    for (const { abort } of this.coming) abort.abort(abortError());
    while (this.running) {
      this.running.abort.abort(abortError());
      await this.running.ended;
    }
  }

  private find(job: number): Running | undefined {
    return [this.running, ...this.coming].find((one) => one?.job === job);
  }
}
