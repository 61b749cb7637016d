import * as Comlink from 'comlink';
import { installErrorTransfer } from './error-transfer';
import type { EngineApi, SliceView, ViewId } from './protocol';
import type { EventMessage, WorkerEngineApi } from './worker-api';

/** The page's side of the engine: the worker's calls, with canvases transferred and errors typed. */
export type EngineClient = EngineApi;

/** Starts the engine worker. */
export function createEngineClient(): EngineClient {
  installErrorTransfer();
  const worker = new Worker(new URL('./engine.worker.ts', import.meta.url), {
    type: 'module',
    name: 'engine',
  });
  const remote = Comlink.wrap<WorkerEngineApi>(worker);
  return {
    start: (onEvent, backend, budgets) => {
      worker.addEventListener('message', ({ data }: MessageEvent<Partial<EventMessage>>) => {
        if (data.event) onEvent(data.event);
      });
      return remote.startTelling(backend, budgets);
    },
    setBackend: (choice) => remote.setBackend(choice),
    setBudgets: (budgets) => remote.setBudgets(budgets),
    clearDiskCache: () => remote.clearDiskCache(),
    selectAxes: (selection) => remote.selectAxes(selection),
    setImageFilter: (filter) => remote.setImageFilter(filter),
    openLayer: (source, options, call) => remote.openLayer(source, options, call),
    selectLayerAxes: (id, changes) => remote.selectLayerAxes(id, changes),
    closeLayer: (id) => remote.closeLayer(id),
    attachView: (view: ViewId, canvas: OffscreenCanvas) =>
      remote.attachView(view, Comlink.transfer(canvas, [canvas])),
    setView: (view: ViewId, state: SliceView) => void remote.setView(view, state),
    setDisplay: (state) => void remote.setDisplay(state),
    setPaused: (job, isPaused) => remote.setPaused(job, isPaused),
    cancel: (job) => void remote.cancel(job),
    retryFailed: () => void remote.retryFailed(),
    open: (source, access, job) => remote.open(source, access, job),
    segment: (job, request) => remote.segment(job, request),
    steer: (job, steering) => remote.steer(job, steering),
    segmentVolume: (job, request) => remote.segmentVolume(job, request),
    components: (job, query) => remote.components(job, query),
    evaluate: (job, query) => remote.evaluate(job, query),
    remove: (id) => remote.remove(id),
    undo: () => remote.undo(),
    redo: () => remote.redo(),
    labelAt: (zyx) => remote.labelAt(zyx),
    probe: (zyx) => remote.probe(zyx),
    readLabels: (box) => remote.readLabels(box),
    readImage: (box, level, layer) => remote.readImage(box, level, layer),
    readStoredLabels: (layer, box, level) => remote.readStoredLabels(layer, box, level),
    histogram: () => remote.histogram(),
    settled: () => remote.settled(),
    attachSurfaces: (port) => void remote.attachSurfaces(Comlink.transfer(port, [port])),
    setCamera: (camera) => void remote.setCamera(camera),
    surfaceState: (id) => remote.surfaceState(id),
    mesh: (job, id) => remote.mesh(job, id),
    saveLabels: (job, options) => remote.saveLabels(job, options),
    savedLabels: () => remote.savedLabels(),
    removeSavedLabels: (folderName) => remote.removeSavedLabels(folderName),
    importModel: (job, sources, details) => remote.importModel(job, sources, details),
    models: () => remote.models(),
    updateModel: (id, changes) => remote.updateModel(id, changes),
    removeModel: (id) => remote.removeModel(id),
    exportModel: (id) => remote.exportModel(id),
    saveMesh: (job, id, format) => remote.saveMesh(job, id, format),
  };
}
