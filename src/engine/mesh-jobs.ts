import { abortError } from '../core/errors';
import type { MeshProgress } from './protocol';
import type { MeshWatch } from './surfaces/whole-mesh';

/** Whole surfaces that are being made. */
export class MeshJobs {
  private readonly running = new Map<number, AbortController>();

  constructor(private readonly onProgress: (job: number, progress: MeshProgress) => void) {}

  /** Makes one, which `job` names for `cancel`; rejects with an AbortError once that was called. */
  async run<Made>(job: number, make: (watch: MeshWatch) => Promise<Made>): Promise<Made> {
    const abort = new AbortController();
    this.running.set(job, abort);
    try {
      return await make({
        signal: abort.signal,
        onProgress: (progress) => this.onProgress(job, progress),
      });
    } finally {
      this.running.delete(job);
    }
  }

  cancel(job: number): void {
    this.running.get(job)?.abort(abortError());
  }

  cancelAll(): void {
    for (const job of this.running.keys()) this.cancel(job);
  }
}
