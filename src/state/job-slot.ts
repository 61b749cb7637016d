import { abortError } from '../core/errors';
import type { Session } from './session';

/** A job of the engine as the store shows it; its progress is null until the engine has told of some. */
export interface ShownJob<Progress> {
  readonly job: number;
  readonly progress: Progress | null;
}

export interface JobOptions<Progress> {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Where the store shows a job; null while none runs. */
interface Place<Shown> {
  get(): Shown | null;
  set(shown: Shown | null): void;
}

/** Runs the engine's jobs of one kind: the one begun last is shown in the store, with its progress, until it ends. */
export class JobSlot<Progress, About extends object = object> {
  private readonly listeners = new Map<number, (progress: Progress) => void>();

  constructor(
    private readonly around: Pick<Session, 'engine' | 'nextJob'>,
    private readonly place: Place<ShownJob<Progress> & About>,
  ) {}

  /** Runs a job to its end. Rejects as the work does, or with an AbortError where the signal has fired before. */
  async run<Result>(
    about: About,
    work: (job: number) => Promise<Result>,
    { signal, onProgress }: JobOptions<Progress> = {},
  ): Promise<Result> {
    if (signal?.aborted) throw abortError();
    const job = this.around.nextJob();
    const abort = () => this.around.engine.cancel(job);
    signal?.addEventListener('abort', abort, { once: true });
    if (onProgress) this.listeners.set(job, onProgress);
    this.place.set({ ...about, job, progress: null });
    try {
      return await work(job);
    } finally {
      signal?.removeEventListener('abort', abort);
      this.listeners.delete(job);
      if (this.place.get()?.job === job) this.place.set(null);
    }
  }

  /** Cancels the job that is shown, if there is one. */
  cancel(): void {
    const shown = this.place.get();
    if (shown) this.around.engine.cancel(shown.job);
  }

  /** What the engine tells of a job. */
  receive(job: number, progress: Progress): void {
    const shown = this.place.get();
    if (shown?.job === job) this.place.set({ ...shown, progress });
    this.listeners.get(job)?.(progress);
  }
}
