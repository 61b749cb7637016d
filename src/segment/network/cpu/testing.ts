/** Networks on the processor under Node, for tests and measurements. */
import type { Worker } from 'node:worker_threads';
import { testModule } from '../../../wasm/testing';
import { testThreads } from '../../cpu/testing';
import type { SegmentThreads } from '../../cpu/threads';
import { type NetworkFunction, networkModules, startNetworkThreads } from './threads';

/** So many workers; none where that is 0, as where memory cannot be shared. */
export const testNetworkThreads = (
  workers: number,
  isRelaxed = false,
  onStart?: (worker: Worker) => void,
): Promise<SegmentThreads<NetworkFunction>> =>
  workers > 0
    ? testThreads(workers + 1, onStart, networkModules(isRelaxed))
    : startNetworkThreads({
        count: 1,
        compile: async (name) => testModule(name),
        startWorker: () => ({
          broken: Promise.reject(new Error('no workers here')),
          terminate: () => {},
        }),
      });
