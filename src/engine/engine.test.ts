import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { colourOfId64, packColour } from '../core/colour';
import { IDENTITY } from '../core/quaternion';
import { boundsOfShape, type LevelGrid } from '../core/slice-geometry';
import { volumeOf, type Zyx } from '../core/vec';
import { imageVoxels } from '../core/voxels';
import { ChunkDisk } from '../disk/chunk-disk';
import { FolderDisk } from '../exporters/testing/memory-folder';
import { testThreads } from '../segment/cpu/testing';
import { floodFillReference } from '../segment/flood-fill/reference';
import type { Files } from '../volume/testing/array-files';
import { computedVolume, valueOfChunk } from '../volume/testing/computed-volume';
import { type Fault, type FileServer, serveFiles } from '../volume/testing/file-server';
import { putGroup, putImage } from '../volume/testing/multiscale-files';
import { sourceOf } from '../volume/testing/values';
import { Engine } from './engine';
import {
  type DisplayState,
  type EngineEvent,
  type ImageLayer,
  type Layer,
  type SliceView,
  segmentsLayer,
  type ViewId,
  volumeLayer,
} from './protocol';
import { type ReferenceLayer, type ReferenceLevel, renderReference } from './slices/reference';
import { randomNumbers } from './slices/testing-scene';
import { asCanvas, TestCanvas } from './testing-canvas';
import { FILLED_DTYPES, fillBesideNeighbours } from './testing-dtype-fills';
import { testSurroundings } from './testing-surroundings';

const VIEWS = ['xy', 'zy', 'xz'] as const;
const NM: Zyx = [8, 4, 4];
const SHAPES: readonly Zyx[] = [
  [40, 70, 131],
  [20, 35, 66],
];
const LABEL_SHAPE: Zyx = [40, 70, 131];
const valueAt = (index: number) => (index * 7919) % 251;
const labelAt = (index: number) => (Math.floor(index / 9) % 5) * (Math.floor(index / 131) % 3);

async function files(): Promise<Files> {
  const made: Files = new Map();
  const level = (shape: Zyx, at: (index: number) => number) =>
    ({ dtype: 'uint8', shape, chunks: [32, 64, 64], valueAt: at }) as const;
  const levels = SHAPES.map((shape) => level(shape, valueAt));
  await putImage(made, '', { ome: '0.4', levels, scale: NM });
  putGroup(made, 'labels', '0.4', { labels: ['truth'] });
  await putImage(made, 'labels/truth', {
    ome: '0.4',
    scale: NM,
    levels: [{ ...level(LABEL_SHAPE, labelAt), dtype: 'uint32' }],
  });
  return made;
}

const state: SliceView = {
  centerZyx: [20.2, 33.3, 64.4],
  orientation: IDENTITY,
  nmPerPixel: 4.07,
  widthPixels: 143,
  heightPixels: 101,
};
/** The layers that every volume has. */
const image: ImageLayer = {
  id: 'volume',
  kind: 'image',
  name: 'volume',
  origin: { from: 'volume' },
  dtype: 'uint8',
  visible: true,
  opacity: 1,
  blending: 'normal',
  contrast: [10, 240],
  colourMap: 'grey',
};
const displayOf = (...layers: readonly Layer[]): DisplayState => ({
  layers,
  overlaysOff: false,
  imagesOff: false,
  selectedIds: [],
  hiddenIds: [],
});
const display = displayOf(image, segmentsLayer);

let engine: Engine;
let savedFolder: () => Promise<FileSystemDirectoryHandle | undefined>;
let events: EngineEvent[];
let canvases: Map<ViewId, TestCanvas>;
const servers: FileServer[] = [];

beforeEach(() => {
  events = [];
  savedFolder = async () => undefined;
  engine = new Engine(
    testSurroundings({
      savedFolder: () => savedFolder(),
      startThreads: () => testThreads(2),
    }),
  );
  canvases = new Map(VIEWS.map((view) => [view, new TestCanvas()]));
});
afterEach(() => engine.dispose());
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
});

/** Opens the test volume with all views on test canvases. */
async function open(fault?: (key: string) => Fault | undefined): Promise<void> {
  const server = await serveFiles(await files(), fault);
  servers.push(server);
  expect(await engine.start((event) => events.push(event), 'webgpu')).toBeNull();
  await engine.open(server.url);
  engine.setDisplay(display);
  for (const [view, canvas] of canvases) {
    await engine.attachView(view, asCanvas(canvas));
    engine.setView(view, state);
  }
}

const grid = (shapeZyx: Zyx, factor: number): LevelGrid => ({
  shapeZyx,
  scaleZyx: [factor, factor, factor],
  offsetZyx: [0, 0, 0],
});
const whole = (level: LevelGrid, at: (index: number) => number): ReferenceLevel => ({
  level,
  voxels: Array.from({ length: volumeOf(level.shapeZyx) }, (_, index) => at(index)),
  isLoaded: () => true,
});
const bounds = boundsOfShape([40, 70, 131]);
const colours = Uint32Array.from({ length: 20 }, (_, id) =>
  id === 0 ? 0 : packColour(colourOfId64(BigInt(id))),
);
const imageTwin = (levels: readonly ReferenceLevel[]): ReferenceLayer => ({
  kind: 'image',
  bounds,
  levels,
  opacity: 1,
  blending: 'normal',
  contrast: [10, 240],
  colourMap: 'grey',
});
const truthTwin: ReferenceLayer = {
  kind: 'labels',
  bounds,
  levels: [whole(grid(LABEL_SHAPE, 1), labelAt)],
  opacity: 0.5,
  blending: 'normal',
  colours,
};
const finest = whole(grid([40, 70, 131], 1), valueAt);
const coarsest = whole(grid([20, 35, 66], 2), valueAt);

/** Where the first byte that is not the twin's lies in each view, -1 for none. */
const differences = (...layers: readonly ReferenceLayer[]) =>
  [...canvases].map(([view, { pixels }]) => {
    const expected = renderReference(view, state, {
      volumeShapeZyx: [40, 70, 131],
      voxelSizeNm: NM,
      layers,
      selectedIds: [],
      hiddenIds: [],
    });
    return pixels.length === expected.length
      ? pixels.findIndex((byte, index) => byte !== expected[index])
      : Number.NaN;
  });

describe('times and channels', () => {
  const shapeZyx: Zyx = [8, 10, 70];
  const voxels = volumeOf(shapeZyx);
  /** Of two channels and two times: 2 t + c, but 100 in all voxels of the first plane. */
  const valueIn = (index: number) => (index % voxels < 700 ? 100 : Math.floor(index / voxels));
  const axes = ['t', 'c', 'z', 'y', 'x'].map((name) => ({ name }));
  const box = { originZyx: [4, 5, 66], shapeZyx: [1, 1, 2] } as const;
  const read = async () => Array.from<number | bigint>((await engine.readImage(box, 0)).data);
  const fill = (job: number) =>
    engine.segment(job, {
      algorithm: 'flood-fill',
      seedZyx: [4, 5, 6],
      params: { tolerance: 0 },
    });

  beforeEach(async () => {
    const made: Files = new Map();
    const shape = [2, 2, ...shapeZyx];
    const level = { dtype: 'int8', shape, chunks: [1, 2, 8, 10, 64], valueAt: valueIn } as const;
    await putImage(made, '', { ome: '0.5', levels: [level], axes, scale: [1, 1, 8, 4, 4] });
    await engine.start((event) => events.push(event), 'cpu');
    const { times, channels, selection } = await engine.open(sourceOf(made));
    expect([times, channels.length, selection]).toEqual([2, 2, { t: 0, c: 0 }]);
  });

  it('are seen, read and filled as selected; segments and filter stay', async () => {
    engine.setDisplay(displayOf({ ...image, contrast: [0, 4] }));
    for (const [view, canvas] of canvases) {
      await engine.attachView(view, asCanvas(canvas));
      engine.setView(view, { ...state, centerZyx: [4.5, 5.5, 35.5] });
    }
    const { id, voxels: filled } = await fill(1);
    expect(filled).toBe(voxels - 700);
    const greys = [];
    for (const [t, c] of [
      [0, 1],
      [1, 1],
      [1, 0],
    ] as const) {
      expect((await engine.selectAxes({ t, c })).selection).toEqual({ t, c });
      expect(await read()).toEqual([2 * t + c, 2 * t + c]);
      expect((await engine.probe([4, 5, 6])).segmentId).toBe(id);
      await engine.settled();
      const { pixels, width, height } = canvases.get('xy') ?? new TestCanvas();
      greys.push(pixels[4 * ((height >> 1) * width + (width >> 1))]);
    }
    expect(greys).toEqual([64, 191, 128]);
    expect((await fill(2)).voxels).toBe(voxels - 700);

    await engine.setImageFilter({ kind: 'gaussian', sigmaNm: 4 });
    await engine.selectAxes({ c: 1 });
    expect(await read()).toEqual([3, 3]);
    expect((await engine.readImage(box, 0)).dtype).toBe('int16');
  });

  it('follow one another without a blank picture between them', async () => {
    engine.setDisplay(displayOf({ ...image, contrast: [0, 4] }));
    const greys: number[] = [];
    const canvas = new TestCanvas((pixels, width, height) => {
      greys.push(pixels[4 * ((height >> 1) * width + (width >> 1))] ?? -1);
    });
    await engine.attachView('xy', asCanvas(canvas));
    engine.setView('xy', { ...state, centerZyx: [4.5, 5.5, 35.5] });
    await engine.settled();
    const before = greys.length;
    for (const t of [1, 0, 1]) {
      await engine.selectAxes({ t, c: 1 });
      await engine.settled();
    }
    expect(new Set(greys.slice(before))).toEqual(new Set([191, 64]));
  });

  it('that are not there are refused, and change nothing', async () => {
    await expect(engine.selectAxes({ c: 2 })).rejects.toMatchObject({ code: 'BAD_PARAMETERS' });
    await expect(engine.selectAxes({ t: -1 })).rejects.toMatchObject({ code: 'BAD_PARAMETERS' });
    expect(await read()).toEqual([0, 0]);
  });

  it('are those asked for last, and end what runs', async () => {
    const ended = await Promise.allSettled([
      fill(1),
      engine.selectAxes({ t: 1 }),
      engine.selectAxes({ t: 1, c: 1 }),
    ]);
    expect(ended).toMatchObject([
      { status: 'rejected', reason: { name: 'AbortError' } },
      { status: 'rejected', reason: { name: 'AbortError' } },
      { status: 'fulfilled' },
    ]);
    expect(await read()).toEqual([3, 3]);
  });
});

describe('ids of 64 bits', () => {
  it.each([
    ['uint64', 2n ** 64n - 1n, 2n ** 64n - 2n],
    ['int64', -5n, -(2n ** 60n) - 1n],
  ] as const)('of stored labels of %s are exact', async (dtype, first, second) => {
    const made: Files = new Map();
    const shape = [2, 2, 4];
    const array = { shape, chunks: shape } as const;
    const image = {
      ...array,
      dtype: 'uint64',
      valueAt: (at: number) => 2n ** 60n + BigInt(at),
    } as const;
    const labels = { ...array, dtype, valueAt: (at: number) => (at < 8 ? first : second) };
    await putImage(made, '', { ome: '0.5', levels: [image] });
    putGroup(made, 'labels', '0.5', { labels: ['ids'] });
    await putImage(made, 'labels/ids', { ome: '0.5', levels: [labels] });
    await engine.start((event) => events.push(event), 'cpu');
    const volume = await engine.open(sourceOf(made));
    const ids = await engine.openLayer({ stored: 'ids' }, {});
    engine.setDisplay(displayOf(volumeLayer(volume), ids));
    const canvas = new TestCanvas();
    await engine.attachView('xy', asCanvas(canvas));
    engine.setView('xy', {
      ...state,
      centerZyx: [0.5, 1, 2],
      orientation: IDENTITY,
      nmPerPixel: 0.2,
    });
    await engine.settled();
    expect(await engine.probe([0, 0, 1])).toMatchObject({
      value: 2n ** 60n + 1n,
      layers: [{ id: ids.id, value: String(first) }],
    });
    expect((await engine.probe([1, 0, 0])).layers[0]?.value).toBe(String(second));
    const box = { originZyx: [0, 1, 3], shapeZyx: [2, 1, 1] } as const;
    const read = await engine.readStoredLabels('ids', box, 0);
    expect(read).toMatchObject({ dtype, shapeZyx: [2, 1, 1] });
    expect(Array.from<number | bigint>(read.data)).toEqual([first, second]);
    expect(await engine.components(1, { layer: 'ids' })).toMatchObject({ count: 2, voxels: 16 });
    await expect(engine.readStoredLabels('other', box, 0)).rejects.toMatchObject({
      code: 'UNKNOWN_LABEL_LAYER',
    });
    await expect(engine.readStoredLabels('ids', box, 1)).rejects.toMatchObject({
      code: 'BAD_PARAMETERS',
    });
  });
});

describe('the engine without an adapter', () => {
  it('draws an opened volume by the processor, and says why', async () => {
    await open();
    await engine.settled();
    expect(differences(imageTwin([finest]))).toEqual([-1, -1, -1]);
    expect(events).toContainEqual({
      type: 'adapter',
      adapter: null,
      reason: expect.stringContaining('navigator.gpu is missing'),
    });
    expect(events.filter(({ type }) => type === 'trouble')).toEqual([]);
  });

  it('overlays stored labels', async () => {
    await open();
    const truth = await engine.openLayer({ stored: 'truth' }, {});
    expect(truth).toMatchObject({ kind: 'labels', name: 'truth', visible: true });
    engine.setDisplay(displayOf(image, { ...truth, opacity: 0.5 }, segmentsLayer));
    await engine.settled();
    expect(differences(imageTwin([finest]), truthTwin)).toEqual([-1, -1, -1]);
  });

  it('hatches what could not be read over the coarser level, and settles', async () => {
    await open((key) => (key === '/s0/0.1.1' ? { status: 403 } : undefined));
    await engine.settled();
    const isFailed = ([, y, x]: Zyx) => y === 1 && x === 1;
    const broken = { ...finest, isFailed, isLoaded: (brick: Zyx) => !isFailed(brick) };
    expect(differences(imageTwin([broken, coarsest]))).toEqual([-1, -1, -1]);
    expect(events).toContainEqual(expect.objectContaining({ type: 'trouble' }));
  });

  it('fills on the processor, draws the segment and makes its surface', async () => {
    await open();
    await engine.settled();
    const seedZyx: Zyx = [20, 35, 60];
    const value = await engine.probe(seedZyx);
    const params = { tolerance: 12 };
    const result = await engine.segment(1, { algorithm: 'flood-fill', seedZyx, params });
    const values = (await engine.readImage({ originZyx: [0, 0, 0], shapeZyx: [40, 70, 131] }, 0))
      .data;
    const at = (seedZyx[0] * 70 + seedZyx[1]) * 131 + seedZyx[2];
    const seed = Number(values[at]);
    expect(value.value).toBe(seed);
    const range = { low: seed - 12, high: seed + 12 };
    const expected = floodFillReference(imageVoxels(values), [40, 70, 131], seedZyx, range, 6);
    expect(result).toMatchObject({ backend: 'cpu', adapter: 'CPU, 2 threads', complete: true });
    expect(result.voxels).toBe(expected.voxels);
    const labels = await engine.readLabels({ originZyx: [0, 0, 0], shapeZyx: [40, 70, 131] });
    expect(labels.data.every((id, index) => (id !== 0) === (expected.mask[index] === 1))).toBe(
      true,
    );
    await engine.settled();
    expect(differences(imageTwin([finest]))).not.toEqual([-1, -1, -1]);
    expect((await engine.mesh(1, result.id)).indices.length).toBeGreaterThan(0);
  });

  it('says that WebGPU was asked for in vain, and refuses it', async () => {
    await open();
    expect(events).toContainEqual({
      type: 'backend',
      backend: expect.objectContaining({ id: 'cpu', choice: 'webgpu', threads: 2 }),
    });
    await expect(engine.setBackend('webgpu')).rejects.toMatchObject({
      code: 'WEBGPU_UNAVAILABLE',
    });
  });

  it('counts bricks in memory, and nothing on a GPU', async () => {
    await open();
    await engine.settled();
    const last = () => events.findLast((event) => event.type === 'statistics')?.statistics;
    // Six bricks of the finest level and two of the other, and the chunks they came from.
    await expect.poll(() => last()?.memoryBytes).toBeGreaterThan(8 * 64 ** 3);
    expect(last()).toMatchObject({ gpuBytes: 0, gpuBudgetBytes: 0 });
  });
});

describe('a save', () => {
  it('is done before another volume takes the place of what it saves', async () => {
    await open();
    const disk = new FolderDisk();
    let goOn = () => {};
    savedFolder = () =>
      new Promise((resolve) => {
        goOn = () => resolve(disk.root);
      });
    const order: string[] = [];
    const saved = engine
      .saveLabels(1, { destination: 'browser', name: 'mine' })
      .then(() => order.push('saved'));
    const opened = engine.open(computedVolume([64, 64, 64])).then(() => order.push('opened'));
    // Long enough for what is in memory to be opened.
    await new Promise((resolve) => setTimeout(resolve, 100));
    goOn();
    await Promise.all([saved, opened]);
    expect(order).toEqual(['saved', 'opened']);
    expect([...disk.files.keys()]).toContain('mine.zarr/zarr.json');
  });

  it('can be cancelled, and needs storage to be kept by the browser', async () => {
    await open();
    const disk = new FolderDisk();
    disk.fault = (action) => void (action === 'write' && engine.cancel(7));
    savedFolder = async () => disk.root;
    await expect(engine.saveLabels(7, { destination: 'browser' })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect([...disk.files.keys()]).toEqual([]);
    savedFolder = async () => undefined;
    await expect(engine.saveLabels(8, { destination: 'browser' })).rejects.toMatchObject({
      code: 'UNSUPPORTED_BROWSER',
    });
    expect(await engine.savedLabels()).toEqual([]);
  });
});

describe('an engine that starts', () => {
  it('opens a volume before threads or a device are there', async () => {
    let startThreads = () => {};
    const threads = new Promise<void>((resolve) => {
      startThreads = resolve;
    });
    engine = new Engine(
      testSurroundings({ startThreads: () => threads.then(() => testThreads(1)) }),
    );
    let isStarted = false;
    const starting = engine
      .start(() => {}, 'cpu')
      .then(() => {
        isStarted = true;
      });
    const { shapeZyx } = await engine.open(computedVolume([64, 64, 64]));
    expect([shapeZyx, isStarted]).toEqual([[64, 64, 64], false]);
    startThreads();
    await starting;
  });

  it('begins with the budgets that it is given, before anything is opened', async () => {
    const disk = new ChunkDisk();
    engine = new Engine(testSurroundings({ disk }));
    const starting = engine.start(() => {}, 'cpu', { diskBytes: 2 ** 28 });
    await engine.open(computedVolume([64, 64, 64]));
    expect(disk.budgetBytes).toBe(2 ** 28);
    await starting;
    expect(await engine.setBudgets({})).toMatchObject({ diskBytes: 2 ** 28, gpuBytes: 2 ** 30 });
  });

  it('tells of budgets that make no sense, and begins with the default ones', async () => {
    await engine.start((event) => events.push(event), 'cpu', { memoryBytes: -1 });
    expect(events).toContainEqual({
      type: 'trouble',
      key: 'start',
      error: expect.objectContaining({ code: 'BAD_PARAMETERS' }),
    });
    expect(await engine.setBudgets({})).toMatchObject({ memoryBytes: 2 ** 30 });
  });
});

describe('budgets', () => {
  const statistics = () => events.findLast((event) => event.type === 'statistics')?.statistics;

  it('hold over a thousand random views of a volume that is larger', async () => {
    await engine.start((event) => events.push(event), 'auto');
    const shape: Zyx = [512, 512, 640];
    await engine.open(computedVolume(shape));
    const { memoryBytes } = await engine.setBudgets({ memoryBytes: 2 ** 27 });
    expect(volumeOf(shape)).toBeGreaterThan(memoryBytes);
    engine.setDisplay(displayOf({ ...image, contrast: [0, 255] }));
    for (const [view, canvas] of canvases) await engine.attachView(view, asCanvas(canvas));
    const random = randomNumbers(5);
    const small = { orientation: IDENTITY, widthPixels: 40, heightPixels: 30, nmPerPixel: 4 };
    for (let walk = 0; walk < 1000; walk++) {
      const [z, y, x] = shape.map((size) => 80 + random() * (size - 160));
      const centerZyx: Zyx = [z ?? 0, y ?? 0, x ?? 0];
      for (const view of VIEWS) engine.setView(view, { ...small, centerZyx });
      await engine.settled();
      if (walk % 100 > 0) continue;
      const chunk: Zyx = [(z ?? 0) >> 6, (y ?? 0) >> 6, (x ?? 0) >> 6];
      const [pixel] = [canvases.get('xy')?.pixels.at(4 * (15 * 40 + 20))];
      expect(pixel, `view ${walk}`).toBe(valueOfChunk(chunk));
    }
    await expect.poll(() => statistics()?.evictions).toBeGreaterThan(0);
    const last = statistics();
    expect(last?.memoryBudgetBytes).toBe(2 ** 27);
    expect(last?.memoryBytes).toBeLessThanOrEqual(2 ** 27);
    expect(last?.memoryBytes).toBeGreaterThan(2 ** 25);
    expect(last?.cacheHits).toBeGreaterThan(0);
    for (const event of events)
      if (event.type === 'statistics' && event.statistics.memoryBudgetBytes === 2 ** 27)
        expect(event.statistics.memoryBytes).toBeLessThanOrEqual(2 ** 27);
  }, 120_000);

  it('that make no sense are refused, and change nothing', async () => {
    await open();
    for (const bad of [{ memoryBytes: 5 }, { gpuBytes: Number.NaN }, { memoryBytes: 1e300 }])
      await expect(engine.setBudgets(bad)).rejects.toMatchObject({ code: 'BAD_PARAMETERS' });
    expect(await engine.setBudgets({})).toEqual({
      gpuBytes: 2 ** 30,
      memoryBytes: 2 ** 30,
      diskBytes: 2 ** 30,
    });
  });
});

it('fills images of every type by their stored values, not by rounded ones', async () => {
  await engine.start((event) => events.push(event), 'cpu');
  for (const dtype of FILLED_DTYPES)
    expect(await fillBesideNeighbours(engine, dtype)).toEqual({ dtype, different: 0 });
}, 60_000);

describe('a view that moves while a fill runs', () => {
  /** What a file's bytes take to come. */
  class SlowBlob extends Blob {
    override async arrayBuffer(): Promise<ArrayBuffer> {
      await new Promise((resolve) => setTimeout(resolve, 25));
      return super.arrayBuffer();
    }
    override slice(start?: number, end?: number): Blob {
      return new SlowBlob([super.slice(start, end)]);
    }
  }

  it('gets its bricks before what the fill waits for, and the fill goes on', async () => {
    const volume = computedVolume([512, 512, 512]);
    const patient = { timeout: 20_000, interval: 1 };
    const reads: string[] = [];
    const get = (path: string) => {
      const file = volume.get(path);
      if (!file || path === 'zarr.json') return file;
      reads.push(path.slice(2));
      return new SlowBlob([file]);
    };
    await engine.start((event) => events.push(event), 'cpu');
    await engine.open({ get } as ReadonlyMap<string, Blob>);
    engine.setDisplay(display);
    for (const [view, canvas] of canvases) await engine.attachView(view, asCanvas(canvas));
    const params = { low: 0, high: 255 };
    const fill = engine.segment(1, { algorithm: 'flood-fill', seedZyx: [0, 0, 0], params });
    await expect.poll(() => reads.length, patient).toBeGreaterThan(40);
    // The far corner: 3 × 3 bricks of the last layer.
    const before = reads.length;
    const shown: SliceView = {
      centerZyx: [500, 416, 416],
      orientation: IDENTITY,
      nmPerPixel: 4,
      widthPixels: 180,
      heightPixels: 180,
    };
    engine.setView('xy', shown);
    const wanted = [5, 6, 7].flatMap((y) => [5, 6, 7].map((x) => `7/${y}/${x}`));
    await expect.poll(() => wanted.every((brick) => reads.includes(brick)), patient).toBe(true);
    const last = Math.max(...wanted.map((brick) => reads.indexOf(brick)));
    const overtaken = last - before + 1 - wanted.length;
    expect(overtaken).toBeLessThanOrEqual(4);
    await engine.settled();
    const atRest = reads.length;
    await expect.poll(() => reads.length, patient).toBeGreaterThan(atRest);
    engine.cancel(1);
    await expect(fill).rejects.toMatchObject({ name: 'AbortError' });
  }, 60_000);
});
