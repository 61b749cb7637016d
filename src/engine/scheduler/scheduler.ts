import { ranked } from '../../core/rank';
import { nextTask, type Ranked } from './next-task';

/** Something to do once it is its turn; `start` settles when it has ended, in whatever way. */
export interface Task extends Ranked {
  start(): Promise<unknown>;
}

/** The one queue of all that is read: a bounded number of tasks at once, chosen by `nextTask`. */
export class Scheduler {
  private readonly waiting = new Set<Task>();
  private readonly running = new Set<Task>();
  private isDue = false;

  get inFlight(): number {
    return this.running.size;
  }

  get queued(): number {
    return this.waiting.size;
  }

  add(task: Task): void {
    this.waiting.add(task);
    this.reconsider();
  }

  /** Takes a task out of the queue; one that runs has to end by itself. */
  withdraw(task: Task): void {
    this.waiting.delete(task);
  }

  /** Has to be called when ranks have changed. Whatever else is added or changed in the same go is considered with it. */
  reconsider(): void {
    if (this.isDue) return;
    this.isDue = true;
    queueMicrotask(() => {
      this.isDue = false;
      this.startSome();
    });
  }

  /**
   * Does some work when its turn has come, of a rank from `priorityOf` that goes with the signal it is given; resolves or rejects as the work does, or rejects with
   * the signal's reason as soon as that is aborted before.
   */
  run<T>(
    priority: number,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const leave = () => {
        this.withdraw(task);
        reject(signal?.reason);
      };
      const own = ranked(AbortSignal.any(signal ? [signal] : []), () => priority);
      const task: Task = {
        priority,
        start: async () => {
          signal?.removeEventListener('abort', leave);
          await work(own).then(resolve, reject);
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.add(task);
    });
  }

  private startSome(): void {
    for (;;) {
      const task = nextTask(this.waiting, this.running);
      if (!task) return;
      this.waiting.delete(task);
      this.running.add(task);
      const end = () => {
        this.running.delete(task);
        this.reconsider();
      };
      task.start().then(end, end);
    }
  }
}
