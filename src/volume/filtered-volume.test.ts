import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { testCoder } from '../codecs/testing/coder';
import { type Box, boxEnd, intersect } from '../core/box';
import { brickBox, bricksOfBox } from '../core/brick';
import { copyBox } from '../core/copy-box';
import { allocate, bytesOf, type Dtype, type ImageArray, type ImageDtype } from '../core/dtype';
import { volumeOf, type Zyx } from '../core/vec';
import { imageDtypeOf, imageVoxels } from '../core/voxels';
import { claheReference } from '../normalize/clahe-reference';
import type { ImageFilter } from '../normalize/filter';
import { smoothReference } from '../normalize/gaussian-reference';
import { mirrored } from '../normalize/mirrored';
import { randomVoxels } from '../normalize/testing/voxels';
import { filteredVolume } from './filtered-volume';
import type { LevelInfo, LevelReader, Volume } from './model';
import { openVolume } from './open-volume';
import { type Files, putArray } from './testing/array-files';
import { scatteredValue, sourceOf } from './testing/values';

const FILL = 7;

function volumeOfVoxels(
  voxels: ImageArray,
  dtype: ImageDtype,
  shapeZyx: Zyx,
  voxelSizeNm: Zyx = [1, 1, 1],
): Volume {
  const whole: Box = { originZyx: [0, 0, 0], shapeZyx };
  const info: LevelInfo = {
    path: '0',
    shapeZyx,
    chunkZyx: shapeZyx,
    scaleZyx: [1, 1, 1],
    offsetZyx: [0, 0, 0],
  };
  const readBox = async (box: Box) => {
    const data = allocate(dtype, volumeOf(box.shapeZyx)).fill(FILL);
    copyBox({ data: voxels, box: whole }, { data, box }, intersect(box, whole), bytesOf[dtype]);
    return data;
  };
  const level: LevelReader<ImageDtype> = {
    info,
    dtype,
    readBox,
    readBrick: async (brickZyx) => ({ dtype, data: await readBox(brickBox(brickZyx)) }),
    prefetch: async () => {},
  };
  return {
    info: {
      url: 'memory:',
      name: 'memory',
      shapeZyx,
      voxelSizeNm,
      originNm: [0, 0, 0],
      dtype,
      levels: [info],
      labels: [],
      times: 1,
      channels: [],
      selection: { t: 0, c: 0 },
      contrast: [100, 60_000],
    },
    levels: [level],
    openLabels: () => Promise.reject(new Error('none')),
    select: () => Promise.reject(new Error('none')),
    setCacheBytes: () => {},
    statistics: {
      cacheHits: 0,
      evictions: 0,
      diskHits: 0,
      fetchedBytes: 0,
      decodedBytes: 0,
      cachedBytes: 0,
      missingChunks: 0,
      retries: 0,
    },
  };
}

/** What a filtered volume gives in a box, read at once, and put together from its bricks. */
async function readBoth(volume: Volume, filter: ImageFilter, box: Box) {
  const [level] = filteredVolume(volume, filter, testCoder.filter).levels;
  if (!level) throw new Error('no level');
  const dtype = imageDtypeOf[level.dtype];
  const data = allocate(dtype, volumeOf(box.shapeZyx)).fill(FILL);
  for (const brickZyx of bricksOfBox(intersect(box, { ...box, originZyx: [0, 0, 0] }))) {
    const brick = { data: (await level.readBrick(brickZyx)).data, box: brickBox(brickZyx) };
    copyBox(brick, { data, box }, intersect(brick.box, box), bytesOf[dtype]);
  }
  return { atOnce: await level.readBox(box), byBricks: data };
}

const gaussian = (sigmaNm: number): ImageFilter => ({ kind: 'gaussian', sigmaNm });

describe('a volume seen through a Gaussian', () => {
  it('fetches ahead what is around a box too, within the volume', async () => {
    const voxels = randomVoxels('uint8', 100 * 64 * 64, (random) => random * 200);
    const volume = volumeOfVoxels(voxels, 'uint8', [100, 64, 64], [1, 1, 1]);
    const [stored] = volume.levels;
    if (!stored) throw new Error('no level');
    const prefetch = vi.spyOn(stored, 'prefetch');
    const [level] = filteredVolume(volume, gaussian(2), testCoder.filter).levels;
    await level?.prefetch(brickBox([1, 0, 0]));
    const [{ originZyx, shapeZyx } = brickBox([0, 0, 0])] = prefetch.mock.lastCall ?? [];
    expect(originZyx[0]).toBeLessThan(64);
    const inside = { originZyx: [0, 0, 0], shapeZyx: [100, 64, 64] } as const;
    const seen = intersect({ originZyx, shapeZyx }, inside);
    expect(boxEnd(seen)).toEqual([100, 64, 64]);
  });

  it('is as if smoothed whole, across bricks, at the volume’s edges too', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(
          fc.integer({ min: 1, max: 12 }),
          fc.integer({ min: 60, max: 70 }),
          fc.integer({ min: 1, max: 140 }),
        ),
        fc.constantFrom('uint8', 'uint16', 'float32' as const),
        fc.constantFrom(0.1, 1, 2.5),
        async (shapeZyx, dtype, sigma) => {
          const voxels = randomVoxels(dtype, volumeOf(shapeZyx), (random) => 20 + random * 200);
          const volume = volumeOfVoxels(voxels, dtype, shapeZyx, [2, 1, 1]);
          const box: Box = { originZyx: [0, 0, 0], shapeZyx };
          const { atOnce, byBricks } = await readBoth(volume, gaussian(sigma), box);
          const sigmas = [sigma / 2, sigma, sigma].map((s) => (s < 0.2 ? 0 : s));
          const expected = smoothReference(voxels, shapeZyx, sigmas as unknown as Zyx);
          const most = dtype === 'float32' ? 1e-3 : 0.501;
          for (let at = 0; at < expected.length; at++) {
            const difference = Math.abs(Number(atOnce[at]) - (expected[at] ?? 0));
            if (!(difference <= most)) throw new Error(`${difference} at ${at} of ${dtype}`);
          }
          expect(byBricks).toEqual(atOnce);
        },
      ),
      { numRuns: 12, seed: 11 },
    );
  });
});

describe('a volume seen through CLAHE', () => {
  it.each(['uint8', 'uint16'] as const)(
    'of %s is as if equalized whole, its last tiles mirrored',
    async (dtype) => {
      const shapeZyx: Zyx = [2, 70, 150];
      const range = dtype === 'uint8' ? ([0, 255] as const) : ([100, 60_000] as const);
      const voxels = randomVoxels(
        dtype,
        volumeOf(shapeZyx),
        (random, at) => range[0] + ((random + (at % 150) / 150) / 2) * (range[1] - range[0]),
      );
      const [depth, rows, columns] = shapeZyx;
      // Two rows of tiles and three columns, and one more on each side.
      const tiled: Zyx = [depth, 4 * 64, 5 * 64];
      const around = allocate(dtype, volumeOf(tiled));
      for (let at = 0; at < around.length; at++) {
        const [z, y, x] = [
          Math.floor(at / (tiled[1] * tiled[2])),
          mirrored((Math.floor(at / tiled[2]) % tiled[1]) - 64, rows),
          mirrored((at % tiled[2]) - 64, columns),
        ];
        around[at] = voxels[(z * rows + y) * columns + x] ?? 0;
      }
      const equalized = claheReference(around, tiled, { range, tilesYx: [4, 5], limit: 0.02 });
      const expected = Array.from({ length: volumeOf(shapeZyx) }, (_, at) => {
        const [z, y, x] = [
          Math.floor(at / (rows * columns)),
          Math.floor(at / columns) % rows,
          at % columns,
        ];
        return equalized[(z * tiled[1] + y + 64) * tiled[2] + x + 64];
      });
      const volume = volumeOfVoxels(voxels, dtype, shapeZyx);
      const filter: ImageFilter = { kind: 'clahe', limit: 0.02 };
      const { atOnce, byBricks } = await readBoth(volume, filter, {
        originZyx: [0, 0, 0],
        shapeZyx,
      });
      expect(Array.from(atOnce as Uint16Array)).toEqual(expected);
      expect(byBricks).toEqual(atOnce);
    },
  );

  it('is refused for float32', () => {
    const volume = volumeOfVoxels(new Float32Array(1), 'float32', [1, 1, 1]);
    expect(() => filteredVolume(volume, { kind: 'clahe', limit: 0.01 }, testCoder.filter)).toThrow(
      expect.objectContaining({ code: 'BAD_PARAMETERS' }),
    );
  });
});

describe('a filtered volume', () => {
  const shapeZyx: Zyx = [3, 5, 70];
  const voxels = randomVoxels('uint8', volumeOf(shapeZyx), (random) => random * 255);
  const volume = volumeOfVoxels(voxels, 'uint8', shapeZyx);

  it('has the fill value outside, in boxes and in bricks', async () => {
    const box: Box = { originZyx: [-1, 2, 60], shapeZyx: [5, 4, 80] };
    const { atOnce } = await readBoth(volume, gaussian(1), box);
    expect([atOnce[0], atOnce.at(-1)]).toEqual([FILL, FILL]);
    const [level] = filteredVolume(volume, gaussian(1), testCoder.filter).levels;
    const brick = (await level?.readBrick([0, 0, 1]))?.data ?? [];
    expect(brick[6]).toBe(FILL);
    expect((await level?.readBox({ originZyx: [9, 9, 99], shapeZyx: [1, 1, 2] }))?.[0]).toBe(FILL);
  });

  it('without a filter is the volume itself', () => {
    expect(filteredVolume(volume, { kind: 'none' }, testCoder.filter)).toBe(volume);
  });

  it('stops when it is told to', async () => {
    const [level] = filteredVolume(volume, gaussian(1), testCoder.filter).levels;
    const reading = level?.readBox({ originZyx: [0, 0, 0], shapeZyx }, AbortSignal.abort());
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe.each(Object.keys(bytesOf) as Dtype[])('an image of %s', (dtype) => {
  const box: Box = { originZyx: [-1, 0, 2], shapeZyx: [6, 5, 9] };
  async function open(): Promise<Volume> {
    const files: Files = new Map();
    const shape = [4, 5, 7];
    const valueAt = (index: number) => scatteredValue(dtype, index);
    await putArray(files, '', { version: 3, dtype, shape, chunks: [3, 5, 4], valueAt });
    return openVolume(sourceOf(files));
  }

  it('is filtered in the type that it is calculated with', async () => {
    const volume = await open();
    // So narrow a Gaussian that it is only its middle.
    const filtered = filteredVolume(volume, gaussian(0.1), testCoder.filter);
    const type = imageDtypeOf[dtype];
    expect([filtered.info.dtype, filtered.levels[0]?.dtype]).toEqual([type, type]);
    const stored = await volume.levels[0]?.readBox(box);
    expect(await filtered.levels[0]?.readBox(box)).toEqual(imageVoxels(stored ?? new Uint8Array()));
  });

  it('is equalized where that is an integer, and else refused', async () => {
    const volume = await open();
    const equalize = () => filteredVolume(volume, { kind: 'clahe', limit: 0.01 }, testCoder.filter);
    if (imageDtypeOf[dtype] !== 'float32')
      expect(await equalize().levels[0]?.readBox(box)).toBeDefined();
    else expect(equalize).toThrow(new RegExp(`${dtype} voxels`));
  });
});
