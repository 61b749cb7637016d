import { FloodlightError } from '../core/errors';
import type { EngineStatistics } from '../engine/protocol';
import { runCommand } from '../state/command';
import { commands } from '../state/commands';
import type { Session } from '../state/session';
import type { VolumeInfo } from '../volume/model';
import type { FloodlightApi, OpenVolume } from './api';

const describe = (info: VolumeInfo): OpenVolume => ({
  url: info.url,
  name: info.name,
  shapeZyx: info.shapeZyx,
  voxelSizeNm: info.voxelSizeNm,
  dtype: info.dtype,
  levels: info.levels,
  labels: info.labels,
  times: info.times,
  channels: info.channels,
});

const NO_STATISTICS: EngineStatistics = {
  gpuBytes: 0,
  gpuBudgetBytes: 0,
  memoryBytes: 0,
  memoryBudgetBytes: 0,
  surfaceBytes: 0,
  diskBytes: 0,
  diskBudgetBytes: 0,
  bricks: { queued: 0, fetching: 0, decoding: 0, ready: 0, resident: 0, empty: 0, failed: 0 },
  bricksInFlight: 0,
  bricksFailed: 0,
  unread: [],
  fetchedBytes: 0,
  decodedBytes: 0,
  missingChunks: 0,
  cacheHits: 0,
  evictions: 0,
  diskHits: 0,
  retries: 0,
  busyHost: null,
};

/** Its overloads say what comes of which destination. */
const saveLabelsOf = (session: Session) =>
  ((options) => session.saving.save(options)) as FloodlightApi['saveLabels'];

/** Puts the automation API on `window.floodlight`; `ready` is the page's start. */
export function installAutomation(session: Session, ready: Promise<void>): FloodlightApi {
  const api: FloodlightApi = {
    ready,
    get adapter() {
      const { adapter } = session.state;
      return adapter.status === 'ready' ? adapter.adapter : null;
    },
    get backend() {
      return session.state.backend?.id ?? 'cpu';
    },
    get backendInfo() {
      return session.state.backend;
    },
    setBackend: (choice) => session.machine.setBackend(choice),
    get lastError() {
      return session.state.lastError;
    },
    open: async (source, options) => describe(await session.opener.open(source, options)),
    volume: () => {
      const { volume } = session.state;
      if (!volume) throw new FloodlightError('NO_VOLUME', {});
      return describe(volume);
    },
    segment: ({ signal, onProgress, ...request }) =>
      session.runs.segment(request, {
        ...(signal ? { signal } : {}),
        ...(onProgress ? { onProgress } : {}),
      }),
    steer: (steering) => session.runs.steer(steering),
    segmentVolume: ({ signal, onProgress, ...request }) =>
      session.runs.segmentVolume(request, {
        ...(signal ? { signal } : {}),
        ...(onProgress ? { onProgress } : {}),
      }),
    cancel: () => session.runs.cancel(),
    pause: () => session.runs.setPaused(true),
    resume: () => session.runs.setPaused(false),
    segments: () => session.state.segments,
    remove: (id) => session.remove(id),
    undo: () => session.engine.undo(),
    redo: () => session.engine.redo(),
    select: (ids) => session.select(ids),
    setVisible: (id, visible) => session.setVisible(id, visible),
    components: ({ signal, ...query }) => session.counts.count(query, signal),
    evaluate: (a, b, box, { signal, onProgress, ...options } = {}) =>
      session.evaluator.evaluate(
        { a, b, ...(box ? { box } : {}), ...options },
        { ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) },
      ),
    labelAt: (zyx) => session.engine.labelAt(zyx),
    readLabels: (box) => session.engine.readLabels(box),
    readImage: ({ layer, level = 0, ...box }) => session.engine.readImage(box, level, layer),
    readStoredLabels: ({ layer, level = 0, ...box }) =>
      session.engine.readStoredLabels(layer, box, level),
    mesh: (id, options) => session.meshing.mesh(id, options),
    surfaceState: (id) => session.engine.surfaceState(id),
    saveLabels: saveLabelsOf(session),
    savedLabels: () => session.engine.savedLabels(),
    removeSavedLabels: (folderName) => session.engine.removeSavedLabels(folderName),
    saveMesh: (id, _format, options) => session.meshing.save(id, options),
    importModel: (sources, options) => session.models.import(sources, options),
    models: () => session.engine.models(),
    updateModel: (id, changes) => session.models.update(id, changes),
    removeModel: (id) => session.models.remove(id),
    exportModel: (id) => session.engine.exportModel(id),
    goTo: (zyx) => session.goTo(zyx),
    position: () => session.state.positionZyx,
    orientation: () => session.state.orientation,
    setOrientation: (orientation) => session.navigation.setOrientation(orientation),
    zoom: () => session.state.nmPerPixel,
    setZoom: (nmPerPixel) => session.setZoom(nmPerPixel),
    camera: () => session.scene.camera(),
    setCamera: (pose) => session.scene.setCamera(pose),
    maximize: (panel) => session.maximize(panel),
    display: () => session.state.display,
    setDisplay: (changes) => session.setDisplay(changes),
    layers: () => session.state.display.layers,
    addLayer: (source, options) => session.layers.add(source, options),
    selectLayerAxes: (id, changes) => session.layers.selectAxes(id, changes),
    removeLayer: (id) => session.layers.remove(id),
    setLayer: (id, changes) => session.layers.set(id, changes),
    moveLayer: (id, index) => session.layers.move(id, index),
    setBudgets: (budgets) => session.machine.setBudgets(budgets),
    clearDiskCache: () => session.machine.clearDiskCache(),
    keepDiskCache: () => session.machine.keepDiskCache(),
    imageFilter: () => session.state.imageFilter,
    setImageFilter: (filter) => session.image.setFilter(filter),
    selection: () => session.state.selection,
    selectAxes: (selection) => session.image.selectAxes(selection),
    settled: () => session.settled(),
    onPicture: (listener) => session.onPicture(listener),
    retryFailed: () => session.image.readAgain(),
    stats: () => session.state.statistics ?? NO_STATISTICS,
    tool: () => session.state.tool,
    setTool: (tool) => session.setTool(tool),
    fillOptions: () => session.state.fillOptions,
    setFillOptions: (changes) => session.fill.setOptions(changes),
    ffnOptions: () => session.state.ffn.options,
    setFfnOptions: (changes) => session.ffn.setOptions(changes),
    collectFfnSeed: (seedZyx) => session.ffn.collect(seedZyx),
    ffnMarks: () => session.ffn.marks,
    removeFfnMark: (mark) => session.ffn.removeMark(mark),
    probe: (zyx) => session.engine.probe(zyx),
    commands: () => commands.map(({ id, label }) => ({ id, label })),
    run: (commandId) => {
      const command = commands.find(({ id }) => id === commandId);
      if (!command) {
        throw new FloodlightError('BAD_PARAMETERS', {
          what: `Command ${commandId}`,
          reason: `there are ${commands.map(({ id }) => id).join(', ')}`,
        });
      }
      return runCommand(session, command);
    },
  };
  Object.defineProperty(window, 'floodlight', { value: api, enumerable: true });
  return api;
}
