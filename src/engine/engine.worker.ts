import * as Comlink from 'comlink';
import { installCodecs } from '../codecs/install';
import { createCodecPool } from '../codecs/pool';
import { keptValues } from '../disk/kept-values';
import { byteFolder, privateFolder } from '../disk/private-files';
import { openSpillFile, removeAbandonedSpillFiles } from '../disk/spill-file';
import { startTabDisk } from '../disk/start-tab-disk';
import { SegmentThreads } from '../segment/cpu/threads';
import { CpuNetwork } from '../segment/network/cpu/network';
import { startNetworkThreads } from '../segment/network/cpu/threads';
import { openVolume } from '../volume/open-volume';
import { defaultBudgets } from './budgets';
import { Engine } from './engine';
import { installErrorTransfer } from './error-transfer';
import { MeshWorkers } from './mesher';
import type { EngineEvent } from './protocol';
import type { EventMessage, WorkerEngineApi } from './worker-api';

/** Tells of events by the worker's own port. */
class WorkerEngine extends Engine implements WorkerEngineApi {
  startTelling(...options: Parameters<WorkerEngineApi['startTelling']>) {
    const tell = (event: EngineEvent) => self.postMessage({ event } satisfies EventMessage);
    return this.start(tell, ...options);
  }
}

/** Threads of a segmentation at most, this worker among them. */
const MOST_THREADS = 8;
const THREADS = Math.min(navigator.hardwareConcurrency, MOST_THREADS);
/** Workers that make surfaces: beside what segments, draws and decodes, so half as many as there are processors. */
const MOST_MESH_WORKERS = 4;
const MESH_WORKERS = Math.max(
  1,
  Math.min(Math.floor(navigator.hardwareConcurrency / 2), MOST_MESH_WORKERS),
);

installErrorTransfer();
const codecs = createCodecPool();
void codecs.prepare();
installCodecs(codecs);
const disk = startTabDisk();
removeAbandonedSpillFiles().catch(() => {});
/** Nothing is kept on disk where the page may not compute the names of what is kept. */
const kept = isSecureContext ? { disk } : {};
const engine = new WorkerEngine({
  gpu: navigator.gpu,
  keptValues: keptValues(),
  mesher: new MeshWorkers(MESH_WORKERS),
  encode: codecs.encode,
  filter: codecs.filter,
  startThreads: () => SegmentThreads.start({ count: THREADS }),
  createNetwork: async (model, maxBatch) =>
    CpuNetwork.create(await startNetworkThreads({ count: THREADS }), model, {
      fieldOfViewZyx: model.fieldOfViewZyx,
      maxBatch,
    }),
  openVolume: (source, access, signal, hosts) =>
    openVolume(source, { ...access, ...kept, signal, hosts }),
  openSpillFile,
  runFolder: async () => {
    const folder = await privateFolder('runs');
    return folder && byteFolder(folder);
  },
  savedFolder: () => privateFolder('labels'),
  modelFolder: () => privateFolder('models'),
  fetch: (...request) => fetch(...request),
  disk,
  defaultBudgets: async () => {
    const { deviceMemory } = navigator as { deviceMemory?: number };
    const estimate = await navigator.storage?.estimate().catch(() => undefined);
    return defaultBudgets({ deviceMemory, quotaBytes: estimate?.quota });
  },
  requestFrame: (draw) => void self.requestAnimationFrame(draw),
});
// What failed before the browser noticed that it had no network.
self.addEventListener('online', () => engine.retryFailed());
Comlink.expose(engine);
