import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Box } from '../core/box';
import { volumeOf, type Zyx } from '../core/vec';
import { openVolume } from './open-volume';
import { type ArraySpec, type Files, putArray } from './testing/array-files';
import { type ImageSpec, putGroup, putImage } from './testing/multiscale-files';
import { scatteredValue, scatteredVoxel, sourceOf } from './testing/values';

const TYPES: Readonly<Record<string, string>> = { t: 'time', c: 'channel' };
const axesOf = (names: readonly string[]) =>
  names.map((name) => ({ name, type: TYPES[name] ?? 'space' }));
const product = (sizes: readonly number[]) => sizes.reduce((all, size) => all * size, 1);

interface Sizes {
  readonly [axis: string]: number;
}

/** The place of a voxel in a C-ordered array of these axes. */
const indexOf = (names: readonly string[], sizes: Sizes, at: Sizes): number =>
  names.reduce((index, name) => index * (sizes[name] ?? 1) + (at[name] ?? 0), 0);

async function volumeOfAxes(
  names: readonly string[],
  sizes: Sizes,
  level: Partial<ArraySpec> = {},
  image: Partial<ImageSpec> = {},
) {
  const files: Files = new Map();
  const shape = names.map((name) => sizes[name] ?? 1);
  const array = {
    dtype: 'int16',
    shape,
    chunks: shape,
    compression: 'zstd',
    valueAt: (index: number) => scatteredValue('int16', index),
    ...level,
  } as const;
  const scale = names.map(() => 1);
  await putImage(files, '', { ome: '0.5', levels: [array], axes: axesOf(names), scale, ...image });
  return { files, open: () => openVolume(sourceOf(files)) };
}

const size = (most: number) => fc.integer({ min: 1, max: most });
const sizesOf = fc.record({ t: size(4), c: size(4), z: size(9), y: size(9), x: size(9) });
const orders = fc.shuffledSubarray(['t', 'c', 'z', 'y', 'x'], { minLength: 5 });

describe('a bare array that tells what its axes are', () => {
  const sizes: Sizes = { t: 2, c: 3, z: 4, y: 5, x: 6 };
  const open = async (dimensionNames: ArraySpec['dimensionNames'], names: readonly string[]) => {
    const shape = names.map((name) => sizes[name] ?? 1);
    const files: Files = new Map();
    const valueAt = (index: number) => scatteredValue('int16', index);
    const array = { version: 3, dtype: 'int16', shape, chunks: shape, valueAt } as const;
    await putArray(files, '', { ...array, ...(dimensionNames && { dimensionNames }) });
    return openVolume(sourceOf(files));
  };

  it.each([
    [['t', 'c', 'z', 'y', 'x'], 'tczyx'],
    [['Channel', 'z', 'y', 'x'], 'czyx'],
    [['x', 'y', 'z', 'time'], 'xyzt'],
    [['c', 'y', 'x'], 'cyx'],
  ])('is read along them: %s', async (dimensionNames, letters) => {
    const names = [...letters];
    const volume = await open(dimensionNames, names);
    const { times, channels, shapeZyx } = volume.info;
    const has = (name: string) => (names.includes(name) ? (sizes[name] ?? 1) : 1);
    expect([times, channels.length, ...shapeZyx]).toEqual(['t', 'c', 'z', 'y', 'x'].map(has));
    const at = { t: times - 1, c: channels.length - 1, z: has('z') - 1, y: 3, x: 1 };
    const seen = await volume.select({ t: at.t, c: at.c });
    const box = { originZyx: [at.z, at.y, at.x], shapeZyx: [1, 1, 1] } as const;
    const expected = scatteredValue('int16', indexOf(names, sizes, at));
    expect(await seen.levels[0]?.readBox(box)).toEqual(Int16Array.of(Number(expected)));
  });

  it.each([
    [['phase', 'z', 'y', 'x']],
    [['z', 'z', 'y', 'x']],
    [[null, 'z', 'y', 'x']],
    [undefined],
  ])('is refused where they are others, named twice or not at all: %s', async (names) => {
    await expect(open(names, ['c', 'z', 'y', 'x'])).rejects.toMatchObject({
      code: 'UNSUPPORTED_SHAPE',
    });
  });
});

describe('an image with times and channels', () => {
  it('is read at each of them, in whatever order its axes are stored and chunked', async () => {
    const cases = fc.record({
      names: orders,
      sizes: sizesOf,
      chunks: sizesOf,
      order: fc.constantFrom('C' as const, 'F' as const),
      version: fc.constantFrom('0.4' as const, '0.5' as const),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ names, sizes, chunks, order, version }) => {
        const { open } = await volumeOfAxes(
          names,
          sizes,
          { chunks: names.map((name) => chunks[name as keyof typeof chunks]), order },
          { ome: version },
        );
        const first = await open();
        const spatial: Zyx = [sizes.z, sizes.y, sizes.x];
        expect(first.info).toMatchObject({
          shapeZyx: spatial,
          times: sizes.t,
          selection: { t: 0, c: 0 },
        });
        expect(first.info.channels).toHaveLength(sizes.c);
        for (let t = 0; t < sizes.t; t++)
          for (let c = 0; c < sizes.c; c++) {
            const volume = await first.select({ t, c });
            expect(volume.info.selection).toEqual({ t, c });
            const box: Box = { originZyx: [0, 0, 0], shapeZyx: spatial };
            const read = await volume.levels[0]?.readBox(box);
            const expected = Array.from({ length: volumeOf(spatial) }, (_, voxel) => {
              const x = voxel % sizes.x;
              const y = Math.floor(voxel / sizes.x) % sizes.y;
              const z = Math.floor(voxel / (sizes.x * sizes.y));
              return scatteredVoxel('int16', indexOf(names, sizes, { t, c, z, y, x }));
            });
            expect(Array.from<number | bigint>(read ?? [])).toEqual(expected);
          }
      }),
      { numRuns: 40 },
    );
  });

  it('has a chunk of several channels decoded once for all of them', async () => {
    const names = ['z', 'c', 'y', 'x'];
    const { open } = await volumeOfAxes(names, { c: 3, z: 4, y: 8, x: 8 });
    let volume = await open();
    const box: Box = { originZyx: [1, 0, 0], shapeZyx: [2, 8, 8] };
    const reads = [];
    for (const c of [0, 1, 2, 0]) {
      volume = await volume.select({ c });
      reads.push((await volume.levels[0]?.readBox(box))?.at(0));
    }
    expect(new Set(reads).size).toBe(3);
    expect(reads[3]).toBe(reads[0]);
    expect(volume.statistics.decodedBytes).toBe(2 * product([3, 4, 8, 8]));
  });

  it('is read so too where a chunk of several channels is several bricks', async () => {
    const names = ['c', 'z', 'y', 'x'];
    const sizes = { c: 2, z: 3, y: 70, x: 130 };
    const { open } = await volumeOfAxes(names, sizes, { chunks: [2, 64, 64, 128] });
    const first = await open();
    for (const c of [0, 1]) {
      const [level] = (await first.select({ c })).levels;
      const at: Zyx = [2, 60, 50];
      const read = await level?.readBox({ originZyx: at, shapeZyx: [1, 10, 80] });
      const expected = Array.from({ length: 800 }, (_, voxel) => {
        const [y, x] = [at[1] + Math.floor(voxel / 80), at[2] + (voxel % 80)];
        return scatteredVoxel('int16', indexOf(names, sizes, { c, z: at[0], y, x }));
      });
      expect(Array.from<number | bigint>(read ?? [])).toEqual(expected);
    }
  });

  it('keeps apart in the cache what lies in different chunks', async () => {
    const { open } = await volumeOfAxes(
      ['t', 'z', 'y', 'x'],
      { t: 2, z: 2, y: 2, x: 2 },
      {
        chunks: [1, 2, 2, 2],
      },
    );
    const first = await open();
    const box: Box = { originZyx: [0, 0, 0], shapeZyx: [2, 2, 2] };
    const second = await first.select({ t: 1 });
    const [a, b] = [await first.levels[0]?.readBox(box), await second.levels[0]?.readBox(box)];
    expect(a).toEqual(
      Int16Array.from({ length: 8 }, (_, at) => Number(scatteredVoxel('int16', at))),
    );
    expect(b).toEqual(
      Int16Array.from({ length: 8 }, (_, at) => Number(scatteredVoxel('int16', 8 + at))),
    );
  });

  it('has the names, colours and windows of its channels, and the contrast of each', async () => {
    const channels = [
      { label: 'nuclei', color: '0000FF', window: { start: 5, end: 50 } },
      { label: 'membranes' },
    ];
    const { open } = await volumeOfAxes(
      ['c', 'z', 'y', 'x'],
      { c: 2, z: 2, y: 10, x: 10 },
      { valueAt: (index) => (index < 200 ? 7 : 1000 + (index % 200)) },
      { more: { omero: { channels } } },
    );
    const volume = await open();
    expect(volume.info.channels).toEqual([
      { label: 'nuclei', colour: [0, 0, 255], window: [5, 50] },
      { label: 'membranes', colour: undefined, window: undefined },
    ]);
    expect(volume.info.contrast).toEqual([5, 50]);
    expect((await volume.select({ c: 1 })).info.contrast).toEqual([1002, 1197]);
  });

  it.each([{ c: 2 }, { c: -1 }, { c: 0.5 }, { t: 1 }, { t: Number.NaN }])(
    'has no %j',
    async (selection) => {
      const { open } = await volumeOfAxes(['c', 'z', 'y', 'x'], { c: 2, z: 2, y: 2, x: 2 });
      const volume = await open();
      await expect(volume.select(selection)).rejects.toMatchObject({ code: 'BAD_PARAMETERS' });
    },
  );

  it('is refused where its channels are too many to be told of', async () => {
    const names = ['c', 'z', 'y', 'x'];
    const sizes = { c: 2 ** 23, z: 1, y: 1, x: 1 };
    const metadata = { chunks: [2 ** 23, 1, 1, 1], absent: ['0/0/0/0'] };
    const { open } = await volumeOfAxes(names, sizes, metadata);
    await expect(open()).rejects.toMatchObject({
      code: 'BAD_METADATA',
      message: expect.stringMatching(/8388608 channels/),
    });
  });

  it('is refused where its levels have other channels', async () => {
    const level = (channels: number) => ({
      dtype: 'uint8' as const,
      shape: [channels, 2, 2, 2],
      chunks: [1, 2, 2, 2],
      valueAt: () => 1,
    });
    const names = ['c', 'z', 'y', 'x'];
    const { open } = await volumeOfAxes(names, {}, {}, { levels: [level(2), level(3)] });
    await expect(open()).rejects.toMatchObject({
      code: 'BAD_METADATA',
      message: expect.stringMatching(/channels/),
    });
  });
});

describe('labels beside times and channels', () => {
  async function withLabels(names: readonly string[], sizes: Sizes) {
    const image = ['t', 'c', 'z', 'y', 'x'];
    const { files, open } = await volumeOfAxes(image, { t: 2, c: 3, z: 2, y: 2, x: 2 });
    const shape = names.map((name) => sizes[name] ?? 1);
    putGroup(files, 'labels', '0.5', { labels: ['cells'] });
    await putImage(files, 'labels/cells', {
      ome: '0.5',
      axes: axesOf(names),
      scale: names.map(() => 1),
      levels: [{ dtype: 'int64', shape, chunks: shape, valueAt: (index) => -BigInt(index) }],
    });
    return open();
  }
  const firstId = async (layer: Awaited<ReturnType<typeof withLabels>>) => {
    const { levels } = await layer.openLabels('cells');
    return (await levels[0]?.readBox({ originZyx: [0, 0, 0], shapeZyx: [1, 1, 1] }))?.[0];
  };

  it('are seen at the image’s time, and at the only channel that they have', async () => {
    const volume = await withLabels(['t', 'c', 'z', 'y', 'x'], { t: 2, c: 1, z: 2, y: 2, x: 2 });
    expect(await firstId(volume)).toBe(0n);
    expect(await firstId(await volume.select({ t: 1, c: 2 }))).toBe(-8n);
  });

  it('are seen at all times where they have no such axis', async () => {
    const volume = await withLabels(['z', 'y', 'x'], { z: 2, y: 2, x: 2 });
    expect(await firstId(await volume.select({ t: 1, c: 2 }))).toBe(0n);
  });

  it('are refused where they have another number of times', async () => {
    const volume = await withLabels(['t', 'z', 'y', 'x'], { t: 3, z: 2, y: 2, x: 2 });
    await expect(volume.openLabels('cells')).rejects.toMatchObject({
      code: 'UNSUPPORTED_SHAPE',
      fields: { shape: [3, 2, 2, 2] },
    });
  });
});

describe('a picture', () => {
  it('opens as one slice: of a multiscale, with channels, and of a bare array', async () => {
    const { open } = await volumeOfAxes(['c', 'y', 'x'], { c: 2, y: 3, x: 4 });
    const picture = await (await open()).select({ c: 1 });
    expect(picture.info).toMatchObject({ shapeZyx: [1, 3, 4], voxelSizeNm: [1, 1, 1], times: 1 });
    const box: Box = { originZyx: [0, 2, 3], shapeZyx: [1, 1, 1] };
    expect(Number((await picture.levels[0]?.readBox(box))?.[0])).toBe(scatteredVoxel('int16', 23));
    const files: Files = new Map();
    const valueAt = (index: number) => index / 2;
    await putArray(files, '', {
      version: 2,
      dtype: 'float64',
      shape: [3, 4],
      chunks: [2, 3],
      valueAt,
    });
    const bare = await openVolume(sourceOf(files));
    expect(bare.info).toMatchObject({ shapeZyx: [1, 3, 4], channels: [{ label: 'Channel 1' }] });
    expect(await bare.levels[0]?.readBox(box)).toEqual(Float64Array.of(5.5));
  });
});
