import * as Comlink from 'comlink';
import { openVolume } from '../volume/open-volume';
import { Engine } from './engine';
import { installErrorTransfer } from './error-transfer';
import { createMeshWorker } from './mesher';
import type { EngineApi } from './protocol';

installErrorTransfer();
const engine: EngineApi = new Engine({
  gpu: navigator.gpu,
  mesher: createMeshWorker(),
  openVolume: (url, signal) => openVolume(url, { signal }),
  requestFrame: (draw) => void self.requestAnimationFrame(draw),
});
Comlink.expose(engine);
