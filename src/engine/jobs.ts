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
  /** What to run on, after so many losses. */
  next(losses: number): Promise<B>;
  /** Whether work failed since its backend is gone or has no room for it any more, so that the work can go on on another. */
  isLost(backend: B, error: unknown): Promise<boolean>;
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
   * Does work on a backend, and where that is lost, or it is broken off, once more on the next one; `attempts` counts those
   * before. The work has to go with the signal it is given.
   */
  onBackends<B extends RunsOn, Result>(
    backends: Backends<B>,
    work: (backend: B, signal: AbortSignal, attempts: number) => Promise<Result>,
  ): Promise<Result>;
}

/** How often a job goes on after its backend was lost. */
const MOST_LOSSES = 3;
/** Why an attempt ends that goes on a moment later. */
const BROKEN_OFF = new Error('broken off for a change of what it runs on');

class Running implements JobControl {
  readonly abort = new AbortController();
  readonly gate = new Gate();
  onSteer: ((steering: Steering) => void) | undefined;
  ended: Promise<unknown> = Promise.resolve();
  /** What it runs on now. */
  backend: RunsOn | undefined;
  /** The last one on that, and when it has ended. */
  private attempt = new AbortController();
  private attempted: Promise<unknown> = Promise.resolve();
  /** What the next one waits for. */
  private held: Promise<unknown> = Promise.resolve();

  constructor(readonly job: number) {}

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  async onBackends<B extends RunsOn, Result>(
    { next, isLost }: Backends<B>,
    work: (backend: B, signal: AbortSignal, attempts: number) => Promise<Result>,
  ): Promise<Result> {
    const { signal } = this;
    let losses = 0;
    for (let attempts = 0; ; attempts++) {
      await this.held;
      const backend = await next(losses);
      signal.throwIfAborted();
      this.backend = backend;
      const attempt = new AbortController();
      this.attempt = attempt;
      try {
        const working = work(backend, AbortSignal.any([signal, attempt.signal]), attempts);
        this.attempted = working.catch(() => {});
        const result = await working;
        // It was cancelled when it was all but done: whoever did that is told that nothing of it stays.
        signal.throwIfAborted();
        return result;
      } catch (error) {
        signal.throwIfAborted();
        if (attempt.signal.reason === BROKEN_OFF) continue;
        const isGone = attempt.signal.aborted || (await isLost(backend, error));
        if (losses++ === MOST_LOSSES || !isGone) throw error;
      }
    }
  }

  /** Ends the attempt on a backend that is gone; it goes on on the next one. */
  lose(error: unknown): void {
    this.attempt.abort(error);
  }

  /** Does something between this attempt and the next one. */
  async between(change: () => void): Promise<void> {
    this.attempt.abort(BROKEN_OFF);
    const changed = this.attempted.then(change);
    this.held = Promise.allSettled([this.held, changed]);
    await changed;
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

  /** Whether no job runs, held or not, or is about to. */
  get isIdle(): boolean {
    return this.running === undefined && this.coming.size === 0;
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

  /** Has what runs on a backend go on on the next one, or end with the error where that was lost too often. */
  lose(backend: BackendId, error: unknown): void {
    if (this.running?.backend?.id === backend) this.running.lose(error);
  }

  /** Does something while nothing computes; what runs is broken off for it, and goes on from what it had. */
  async between(change: () => void): Promise<void> {
    if (this.running) await this.running.between(change);
    else change();
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
