import * as Comlink from 'comlink';
import type { SegmentThread } from './thread';

/** A worker that has not answered by then is done without. */
const START_MILLISECONDS = 10_000;

/** A worker that serves a thread over the port it was given. */
export interface ThreadWorker {
  /** Rejects when the worker cannot start or breaks down; never resolves. */
  readonly broken: Promise<never>;
  terminate(): void;
}

/** Starts a worker; Node's differ from a browser's. */
export type StartWorker = (port: MessagePort) => ThreadWorker;

/** How a page's workers start. */
export function startWebWorker(port: MessagePort): ThreadWorker {
  const worker = new Worker(new URL('./segment.worker.ts', import.meta.url), {
    type: 'module',
    name: 'segment',
  });
  const broken = new Promise<never>((_, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
  });
  worker.postMessage(port, [port]);
  return { broken, terminate: () => worker.terminate() };
}

/** A `SegmentThread` in a worker, which does one thing at a time; each promise rejects once the worker breaks down. */
export class RemoteThread {
  private readonly worker: ThreadWorker;
  private readonly port: MessagePort;
  private readonly remote: Comlink.Remote<SegmentThread>;
  private breakdown: { readonly error: unknown } | undefined;
  private fail: (error: unknown) => void = () => {};

  private constructor(startWorker: StartWorker) {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    this.remote = Comlink.wrap<SegmentThread>(port1);
    this.worker = startWorker(port2);
    this.worker.broken.catch((error: unknown) => this.breakDown(error));
  }

  /** Resolves when the worker answers. */
  static async start(startWorker: StartWorker): Promise<RemoteThread> {
    const thread = new RemoteThread(startWorker);
    const late = () => thread.breakDown(new Error('a worker does not answer'));
    const timer = setTimeout(late, START_MILLISECONDS);
    try {
      await thread.whole(thread.remote.isReady());
      return thread;
    } catch (error) {
      thread.stop();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  get isBroken(): boolean {
    return this.breakdown !== undefined;
  }

  join(module: WebAssembly.Module, memory: WebAssembly.Memory, stackTop: number): Promise<void> {
    return this.whole(this.remote.join(module, memory, stackTop));
  }

  call(name: string, numbers: readonly number[]): Promise<number> {
    return this.whole(this.remote.call(name, numbers));
  }

  stop(): void {
    this.worker.terminate();
    this.port.close();
  }

  private breakDown(error: unknown): void {
    this.breakdown = { error };
    this.fail(error);
  }

  /** An answer, unless the worker breaks down before it comes. */
  private whole<Answer>(answer: Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.fail = reject;
      if (this.breakdown) reject(this.breakdown.error);
      answer.then(resolve, reject);
    });
  }
}
