import { abortError } from '../core/errors';

interface Running {
  readonly abort: AbortController;
  readonly ended: Promise<unknown>;
}

/** Jobs of one kind that run side by side, each named by its number. */
export class RunningJobs {
  private readonly running = new Map<number, Running>();

  /** Does work that ends with an AbortError once the signal it is given fires: when it is cancelled. */
  run<Result>(job: number, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const abort = new AbortController();
    const result = work(abort.signal).finally(() => this.running.delete(job));
    this.running.set(job, { abort, ended: result.catch(() => {}) });
    return result;
  }

  cancel(job: number): void {
    this.running.get(job)?.abort.abort(abortError());
  }

  cancelAll(): void {
    for (const job of this.running.keys()) this.cancel(job);
  }

  /** Cancels all that run; resolves when none of them does any more. */
  async stop(): Promise<void> {
    const running = [...this.running.values()];
    this.cancelAll();
    await Promise.all(running.map(({ ended }) => ended));
  }

  /** Resolves when none runs. */
  async ended(): Promise<void> {
    while (this.running.size > 0)
      await Promise.all([...this.running.values()].map(({ ended }) => ended));
  }
}
