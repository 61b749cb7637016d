import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { colourOfId64, packColour } from '../core/colour';
import { boundsOfShape, type LevelGrid } from '../core/slice-geometry';
import type { SurfaceChange } from '../core/surface';
import type { Zyx } from '../core/vec';
import { imageVoxels } from '../core/voxels';
import { TabDisk } from '../disk/tab-disk';
import { FakeBrowser } from '../disk/testing/fake-browser';
import { FolderDisk } from '../exporters/testing/memory-folder';
import { testThreads } from '../segment/cpu/testing';
import { floodFillReference } from '../segment/flood-fill/reference';
import type { Files } from '../volume/testing/array-files';
import { computedVolume } from '../volume/testing/computed-volume';
import type { Fault } from '../volume/testing/file-server';
import { putGroup, putImage } from '../volume/testing/multiscale-files';
import type { Engine } from './engine';
import { type EngineEvent, type ImageLayer, segmentsLayer } from './protocol';
import type { ReferenceLayer, ReferenceLevel } from './slices/reference';
import type { EngineSurroundings } from './surroundings';
import { displayOf, LOOK, TestEngine, unreadOf, wholeLevel } from './testing-engine';

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
const display = displayOf(image, segmentsLayer);

let under: TestEngine;
let engine: Engine;
let savedFolder: () => Promise<FileSystemDirectoryHandle | undefined>;
let events: EngineEvent[];

function begin(changes: Partial<EngineSurroundings>): void {
  under = new TestEngine(changes);
  ({ engine, events } = under);
}

beforeEach(() => {
  savedFolder = async () => undefined;
  begin({ savedFolder: () => savedFolder(), startThreads: () => testThreads(2) });
});
afterEach(() => under.end());

/** Opens the test volume with all views on test canvases. */
async function open(fault?: (key: string) => Fault | undefined): Promise<void> {
  expect(await under.start('webgpu')).toBeNull();
  await engine.open(await under.serve(await files(), fault));
  engine.setDisplay(display);
  await under.attachViews(LOOK);
}

const grid = (shapeZyx: Zyx, factor: number): LevelGrid => ({
  shapeZyx,
  scaleZyx: [factor, factor, factor],
  offsetZyx: [0, 0, 0],
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
  levels: [wholeLevel(grid(LABEL_SHAPE, 1), labelAt)],
  opacity: 0.5,
  blending: 'normal',
  colours,
};
const finest = wholeLevel(grid([40, 70, 131], 1), valueAt);
const coarsest = wholeLevel(grid([20, 35, 66], 2), valueAt);

/** Where the first byte that is not the twin's lies in each view, -1 for none. */
const differences = (...layers: readonly ReferenceLayer[]) =>
  under.differences([40, 70, 131], NM, layers);

const statistics = () => events.findLast((event) => event.type === 'statistics')?.statistics;

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
    await expect
      .poll(() => unreadOf(events))
      .toEqual([
        {
          cause: expect.stringContaining('HTTP_STATUS 403 127.0.0.1'),
          bricks: 1,
          error: expect.objectContaining({ code: 'HTTP_STATUS' }),
        },
      ]);
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
    const mesh = await engine.mesh(1, result.id);
    expect(mesh.indices.length).toBeGreaterThan(0);

    // A 3-D view that comes late is told of all of it, and so is the next one.
    for (const { port1, port2 } of [new MessageChannel(), new MessageChannel()]) {
      let triangles = 0;
      port1.onmessage = ({ data }: MessageEvent<SurfaceChange>) => {
        expect(data.segmentId).toBe(result.id);
        for (const { indices, skirtIndices } of data.patches)
          triangles += (indices.length - skirtIndices) / 3;
      };
      engine.attachSurfaces(port2);
      await expect.poll(() => triangles).toBe(mesh.indices.length / 3);
      port1.close();
    }
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
    // Six bricks of the finest level and two of the other, and the chunks they came from.
    expect(statistics()?.memoryBytes).toBeGreaterThan(8 * 64 ** 3);
    expect(statistics()).toMatchObject({ gpuBytes: 0, gpuBudgetBytes: 0 });
  });

  it('tells statistics as they are before what changes them resolves', async () => {
    await open();
    await engine.settled();
    expect(statistics()?.bricks.resident).toBe(8);
    for (const memoryBytes of [2 ** 28, 2 ** 27]) {
      await engine.setBudgets({ memoryBytes });
      expect(statistics()?.memoryBudgetBytes).toBe(memoryBytes);
    }
    await engine.settled();
    const before = statistics()?.memoryBytes ?? 0;
    const params = { low: 0, high: 255 };
    await engine.segment(1, { algorithm: 'flood-fill', seedZyx: [0, 0, 0], params });
    expect(statistics()?.memoryBytes).toBeGreaterThan(before);
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
    begin({ startThreads: () => threads.then(() => testThreads(1)) });
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
    const disk = new TabDisk(new FakeBrowser().open());
    begin({ disk });
    const starting = engine.start(() => {}, 'cpu', { diskBytes: 2 ** 28 });
    await engine.open(computedVolume([64, 64, 64]));
    expect(disk.budgetBytes).toBe(2 ** 28);
    await starting;
    expect(await engine.setBudgets({})).toMatchObject({ diskBytes: 2 ** 28, gpuBytes: 2 ** 30 });
  });

  it('tells of budgets that make no sense, and begins with the default ones', async () => {
    await under.start('cpu', { memoryBytes: -1 });
    expect(events).toContainEqual({
      type: 'trouble',
      key: 'start',
      error: expect.objectContaining({ code: 'BAD_PARAMETERS' }),
    });
    expect(await engine.setBudgets({})).toMatchObject({ memoryBytes: 2 ** 30 });
  });
});
