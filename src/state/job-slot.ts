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

/** What jobs need of the session. */
export type JobSurroundings = Pick<Session, 'engine' | 'nextJob'>;

/** Runs a job of the engine, which is cancelled once the signal fires; an AbortError where it has fired before. */
export async function runJob<Result>(
  around: JobSurroundings,
  work: (job: number) => Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  if (signal?.aborted) throw abortError();
  const job = around.nextJob();
  const cancel = () => around.engine.cancel(job);
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await work(job);
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
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
    private readonly around: JobSurroundings,
    private readonly place: Place<ShownJob<Progress> & About>,
  ) {}

  /** Runs a job to its end. Rejects as the work does, or with an AbortError where the signal has fired before. */
  run<Result>(
    about: About,
    work: (job: number) => Promise<Result>,
    { signal, onProgress }: JobOptions<Progress> = {},
  ): Promise<Result> {
    const shown = async (job: number) => {
      if (onProgress) this.listeners.set(job, onProgress);
      this.place.set({ ...about, job, progress: null });
      try {
        return await work(job);
      } finally {
        this.listeners.delete(job);
        if (this.place.get()?.job === job) this.place.set(null);
      }
    };
    return runJob(this.around, shown, signal);
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
