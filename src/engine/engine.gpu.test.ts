import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { create } from 'webgpu';
import { volumeOf, type Zyx } from '../core/vec';
import { testGpu } from '../gpu/testing';
import { isClosed, meshVolume } from '../mesh/measure';
import { floodFillReference } from '../segment/flood-fill/reference';
import { cutBrick } from '../segment/flood-fill/test-volumes';
import type { LevelInfo, Volume } from '../volume/model';
import { openVolume } from '../volume/open-volume';
import { Engine } from './engine';
import type { EngineEvent, FillRequest } from './protocol';
import { FILLED_DTYPES, fillBesideNeighbours } from './testing-dtype-fills';
import { testSurroundings } from './testing-surroundings';

const shape: Zyx = [70, 90, 140];
/** Smooth blobs and tunnels. */
const values = new Uint8Array(volumeOf(shape)).map((_, index) => {
  const [z, y, x] = [Math.floor(index / (90 * 140)), Math.floor(index / 140) % 90, index % 140];
  return 128 + 40 * (Math.cos((z - 35) / 7) + Math.cos((y - 45) / 9) + Math.cos((x - 70) / 11));
});
const seedZyx: Zyx = [35, 45, 70];
const level: LevelInfo = {
  path: '0',
  shapeZyx: shape,
  chunkZyx: [64, 64, 64],
  scaleZyx: [1, 1, 1],
  offsetZyx: [0, 0, 0],
};

/** A volume in memory; reads of `broken` bricks fail. */
const volume: Volume = {
  info: {
    url: 'memory:',
    name: 'noise',
    shapeZyx: shape,
    voxelSizeNm: [30, 10, 10],
    originNm: [0, 0, 0],
    dtype: 'uint8',
    levels: [level],
    labels: [],
    times: 1,
    channels: [],
    selection: { t: 0, c: 0 },
    contrast: [0, 255],
  },
  levels: [
    {
      info: level,
      dtype: 'uint8',
      readBrick: async (brickZyx) => ({
        dtype: 'uint8',
        data: cutBrick(values, shape, 'uint8', brickZyx),
      }),
      readBox: async ({ originZyx: [z, y, x] }) =>
        values.slice((z * shape[1] + y) * shape[2] + x, (z * shape[1] + y) * shape[2] + x + 1),
      prefetch: async () => {},
    },
  ],
  openLabels: () => Promise.reject(new Error('none')),
  select: () => Promise.reject(new Error('none')),
  setCacheBytes: () => {},
  statistics: {
    fetchedBytes: 0,
    decodedBytes: 0,
    cachedBytes: 0,
    missingChunks: 0,
    cacheHits: 0,
    evictions: 0,
    diskHits: 0,
    retries: 0,
  },
};

const request: FillRequest = {
  algorithm: 'flood-fill',
  seedZyx,
  params: { low: 100, high: 255 },
};

const troublesOf = (events: readonly EngineEvent[]) =>
  events.flatMap((event) => (event.type === 'trouble' ? [event.error.code] : []));

let engine: Engine;
let events: EngineEvent[];
let onEvent: (event: EngineEvent) => void;
let gpu: GPU;
/** The devices the engine was given, so that a test can take one away, and how long their loss is not told of. */
let devices: GPUDevice[];
let toldAfterMilliseconds: number;

beforeAll(async () => {
  await testGpu();
  const real = create([]);
  gpu = {
    requestAdapter: async (options: GPURequestAdapterOptions) => {
      const adapter = await real.requestAdapter(options);
      const requestDevice = adapter?.requestDevice.bind(adapter);
      if (adapter && requestDevice)
        adapter.requestDevice = async (descriptor) => {
          const device = await requestDevice(descriptor);
          devices.push(device);
          const lost = device.lost.then(async (info) => {
            await new Promise((resolve) => setTimeout(resolve, toldAfterMilliseconds));
            return info;
          });
          Object.defineProperty(device, 'lost', { value: lost });
          return device;
        };
      return adapter;
    },
  } as GPU;
});

beforeEach(async () => {
  events = [];
  devices = [];
  toldAfterMilliseconds = 0;
  engine = new Engine(
    testSurroundings({
      gpu,
      openVolume: async (source, access, signal) => {
        if (source instanceof Map) return openVolume(source, { ...access, signal });
        if (String(source).endsWith('slow'))
          await new Promise((resolve) => setTimeout(resolve, 50));
        return volume;
      },
    }),
  );
  onEvent = () => {};
  await engine.start((event) => {
    events.push(event);
    onEvent(event);
  }, 'webgpu');
});

afterEach(() => engine.dispose());

const plain = (low = 100) => floodFillReference(values, shape, seedZyx, { low, high: 255 }, 6);

describe('the engine', () => {
  it('fills, and its labels are those of a plain fill', async () => {
    await engine.open('memory:');
    const result = await engine.segment(1, request);
    const expected = plain();
    expect(result).toMatchObject({ voxels: expected.voxels, complete: true, bricks: 12 });
    const { data } = await engine.readLabels({ originZyx: [0, 0, 0], shapeZyx: shape });
    expect(data.every((id, index) => id === (expected.mask[index] ? result.id : 0))).toBe(true);
    expect(await engine.labelAt(seedZyx)).toBe(result.id);
    expect(events.some((event) => event.type === 'progress' && event.job === 1)).toBe(true);
  });

  it('makes a closed surface that holds about the volume of the voxels', async () => {
    await engine.open('memory:');
    const box = { originZyx: [20, 20, 20], shapeZyx: [45, 60, 100] } as const;
    const params = { low: 0, high: 255 };
    const { id, voxels } = await engine.segment(1, { ...request, params, box });
    expect(voxels).toBe(volumeOf(box.shapeZyx));
    const mesh = await engine.mesh(1, id);
    expect(isClosed(mesh)).toBe(true);
    expect(meshVolume(mesh) / (voxels * 30 * 10 * 10)).toBeGreaterThan(0.97);
    expect(meshVolume(mesh) / (voxels * 30 * 10 * 10)).toBeLessThan(1.03);
  });

  it('gives shared voxels to the newest segment and removes one that has none left', async () => {
    await engine.open('memory:');
    const box = { originZyx: [30, 40, 60], shapeZyx: [10, 10, 20] } as const;
    const params = { low: 0, high: 255 };
    const first = await engine.segment(1, { ...request, params, box });
    const half = { originZyx: [30, 40, 60], shapeZyx: [10, 10, 12] } as const;
    const second = await engine.segment(2, { ...request, params, box: half });
    expect(await engine.labelAt(seedZyx)).toBe(second.id);
    const segments = () => events.findLast((event) => event.type === 'segments')?.segments;
    expect(segments()).toMatchObject([
      { id: first.id, voxels: 800, box: { originZyx: [30, 40, 72], shapeZyx: [10, 10, 8] } },
      { id: second.id, voxels: 1200 },
    ]);
    const third = await engine.segment(3, { ...request, params, box });
    expect(segments()).toMatchObject([{ id: third.id, voxels: 2000 }]);
    await expect(engine.mesh(1, first.id)).rejects.toMatchObject({ code: 'UNKNOWN_SEGMENT' });
    await engine.remove(third.id);
    expect(segments()).toEqual([]);
    expect(await engine.labelAt(seedZyx)).toBe(0);
  });

  it('cancels a fill and keeps nothing of it', async () => {
    await engine.open('memory:');
    const run = engine.segment(5, request);
    setTimeout(() => engine.cancel(5), 0);
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
    expect(await engine.labelAt(seedZyx)).toBe(0);
    expect((await engine.segment(6, request)).voxels).toBe(plain().voxels);
  });

  it.each([
    ['at once', 0],
    ['late, as browsers do', 400],
  ])(
    'sets the GPU up again after the device was lost, told of %s, and goes on with the fill',
    async (_, milliseconds) => {
      toldAfterMilliseconds = milliseconds;
      await engine.open('memory:');
      const { id } = await engine.segment(1, request);
      await engine.remove(id);
      events.length = 0;
      // With the first of its twelve bricks filled, the device goes.
      onEvent = ({ type }) => {
        if (type === 'progress' && devices.length === 1) devices[0]?.destroy();
      };
      const result = await engine.segment(2, request);
      expect(result).toMatchObject({ voxels: plain().voxels, complete: true, backend: 'webgpu' });
      expect(devices).toHaveLength(2);
      expect(events.filter(({ type }) => type === 'adapter')).toHaveLength(1);
      expect(await engine.labelAt(seedZyx)).toBe(result.id);
    },
  );

  describe('where the device has no memory for a buffer', () => {
    /** Refuses buffers of these labels, `count` times after so many of them. */
    const refuse = (label: RegExp, after: number, count: number) => {
      const [device] = devices;
      if (!device) throw new Error('no device');
      const create = device.createBuffer.bind(device);
      const pop = device.popErrorScope.bind(device);
      let [seen, refused, isRefused] = [0, 0, false];
      device.createBuffer = (descriptor) => {
        isRefused = label.test(descriptor.label ?? '') && seen++ >= after && refused < count;
        if (isRefused) refused++;
        return create(descriptor);
      };
      device.popErrorScope = async () => {
        const now = isRefused;
        const error = await pop();
        return now ? ({ message: 'Out of memory' } as GPUError) : error;
      };
      return () => refused;
    };

    it.each([
      { label: /image/, after: 5, count: 1 },
      { label: /flood fill state/, after: 1, count: 1 },
      { label: /flood fill/, after: 8, count: Number.POSITIVE_INFINITY },
    ])(
      'a fill goes on, on the processor where too little is left, whatever was refused: $label',
      async ({ label, after, count }) => {
        await engine.open('memory:');
        const refused = refuse(label, after, count);
        const result = await engine.segment(1, request);
        expect(refused()).toBeGreaterThan(0);
        // So early that what was had till then is too little for a fill.
        expect(result).toMatchObject({ voxels: plain().voxels, complete: true, backend: 'cpu' });
        expect(await engine.labelAt(seedZyx)).toBe(result.id);
        expect(new Set(troublesOf(events))).toEqual(new Set(['GPU_OUT_OF_MEMORY']));
        // And so does the next one.
        expect(await engine.segment(2, request)).toMatchObject({ voxels: plain().voxels });
      },
    );
  });

  it('goes on with a fill after a change of budgets', async () => {
    await engine.open('memory:');
    let changed: Promise<unknown> | undefined;
    onEvent = ({ type }) => {
      if (type === 'progress')
        changed ??= engine.setBudgets({ gpuBytes: 300e6, memoryBytes: 2 ** 28 });
    };
    const result = await engine.segment(1, request);
    expect(await changed).toMatchObject({ gpuBytes: 300e6 });
    expect(result).toMatchObject({ voxels: plain().voxels, complete: true });
    expect(troublesOf(events)).toEqual([]);
  });

  it('opens what was asked for last', async () => {
    const first = engine.open('memory:slow');
    const second = engine.open('memory:');
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    expect((await second).url).toBe('memory:');
  });

  it('says what is wrong with a request', async () => {
    await expect(engine.segment(1, request)).rejects.toMatchObject({ code: 'NO_VOLUME' });
    await engine.open('memory:');
    const rejects = (changes: object, code: string) =>
      expect(
        engine.segment(1, { ...request, ...changes } as FillRequest),
        JSON.stringify(changes),
      ).rejects.toMatchObject({ code });
    await rejects({ seedZyx: [70, 0, 0] }, 'OUTSIDE_VOLUME');
    await rejects({ seedZyx: [1.5, 0, 0] }, 'BAD_PARAMETERS');
    await rejects({ algorithm: 'magic' }, 'BAD_PARAMETERS');
    await rejects({ params: { low: 5, high: 1 } }, 'BAD_PARAMETERS');
    await rejects({ params: { low: 5, high: 10, connectivity: 8 } }, 'BAD_PARAMETERS');
    await rejects({ params: { low: 250, high: 255 } }, 'SEED_OUTSIDE_RANGE');
    await rejects({ voxelLimit: 0 }, 'BAD_PARAMETERS');
    await expect(
      engine.readLabels({ originZyx: [0, 0, 0], shapeZyx: [71, 1, 1] }),
    ).rejects.toMatchObject({
      code: 'BAD_PARAMETERS',
    });
    await expect(engine.remove(99)).rejects.toMatchObject({ code: 'UNKNOWN_SEGMENT' });
  });

  it('gives the same voxels on the processor, which a software adapter is left for', async () => {
    await engine.open('memory:');
    const onGpu = await engine.segment(1, request);
    await engine.setBackend('auto');
    const onCpu = await engine.segment(2, request);
    expect([onGpu.backend, onCpu.backend]).toEqual(['webgpu', 'cpu']);
    expect(onCpu.voxels).toBe(onGpu.voxels);
    expect(events.filter(({ type }) => type === 'backend')).toMatchObject([
      { backend: { id: 'webgpu', choice: 'webgpu', threads: 1 } },
      { backend: { id: 'cpu', choice: 'auto', threads: 1 } },
    ]);
  });
});

it('fills images of every type by their stored values, not by rounded ones', async () => {
  for (const dtype of FILLED_DTYPES)
    expect(await fillBesideNeighbours(engine, dtype)).toEqual({ dtype, different: 0 });
}, 120_000);
