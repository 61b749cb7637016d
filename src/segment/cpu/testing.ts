/** Threads under Node, for tests and measurements. */
import { type MessagePort as NodePort, Worker } from 'node:worker_threads';
import { testModule } from '../../wasm/testing';
import { SegmentThreads, type SegmentThreadsOptions } from './threads';

/** `SegmentThreads` over node:worker_threads, of the modules that `testModule` finds; `onStart` gets each worker. */
export const testThreads = <Name extends string>(
  count: number,
  onStart: (worker: Worker) => void = () => {},
  modules?: SegmentThreadsOptions['modules'],
): Promise<SegmentThreads<Name>> =>
  SegmentThreads.start<Name>({
    count,
    ...(modules ? { modules } : {}),
    compile: async (name) => testModule(name),
    startWorker: (port) => {
      const worker = new Worker(new URL('./testing-worker.mjs', import.meta.url), {
        workerData: port,
        transferList: [port as unknown as NodePort],
      });
      worker.unref();
      onStart(worker);
      const broken = new Promise<never>((_, reject) => {
        worker.on('error', reject);
        worker.on('exit', () => reject(new Error('a worker ended')));
      });
      return { broken, terminate: () => void worker.terminate() };
    },
  });
