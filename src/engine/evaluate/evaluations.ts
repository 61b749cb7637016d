import { abortError } from '../../core/errors';
import type { CheckedEvaluation } from '../request';
import type { Scheduler } from '../scheduler/scheduler';
import { evaluate } from './evaluate';
import type { LabelSources } from './placed-labels';
import type { Evaluation, EvaluationProgress } from './types';

interface Running {
  readonly abort: AbortController;
  readonly ended: Promise<unknown>;
}

/** Comparisons of label layers that run. */
export class Evaluations {
  private readonly running = new Map<number, Running>();

  constructor(
    private readonly scheduler: Scheduler,
    private readonly onProgress: (job: number, progress: EvaluationProgress) => void,
  ) {}

  /** Compares as `evaluate` does; `job` names the run for `cancel`. */
  run(
    job: number,
    sources: LabelSources,
    query: CheckedEvaluation,
    budgetBytes: number,
  ): Promise<Evaluation> {
    const abort = new AbortController();
    const evaluation = evaluate(sources, query, {
      scheduler: this.scheduler,
      budgetBytes,
      signal: abort.signal,
      onProgress: (progress) => this.onProgress(job, progress),
    }).finally(() => this.running.delete(job));
    this.running.set(job, { abort, ended: evaluation.catch(() => {}) });
    return evaluation;
  }

  cancel(job: number): void {
    this.running.get(job)?.abort.abort(abortError());
  }

  /** Cancels all; resolves when none holds anything any more. */
  async stop(): Promise<void> {
    const running = [...this.running.values()];
    for (const { abort } of running) abort.abort(abortError());
    await Promise.all(running.map(({ ended }) => ended));
  }
}
