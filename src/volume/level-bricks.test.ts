import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Box, intersect } from '../core/box';
import { brickBox, brickGrid, bricksOfBox } from '../core/brick';
import type { Dtype, VoxelArray } from '../core/dtype';
import { ranked } from '../core/rank';
import { volumeOf, type Zyx } from '../core/vec';
import { Hosts } from './hosts';
import type { ArraySpec } from './testing/array-files';
import { bare, bytesIn, SHAPE, spec, valueAt } from './testing/bare-arrays';
import { openWithZarrita, readWithZarrita } from './testing/oracle';

describe('bricks', () => {
  it('are padded with the fill value past the shape', async () => {
    const { level } = await bare(spec('uint8', { fill: 9 }));
    expect(brickGrid(level.info.shapeZyx)).toEqual([1, 2, 2]);
    const { data, dtype } = await level.readBrick([0, 1, 1]);
    const written = valueAt('uint8');
    const expected = Uint8Array.from({ length: 64 ** 3 }, (_, index) => {
      const [z, y, x] = [index >> 12, 64 + ((index >> 6) & 63), 64 + (index & 63)];
      const isInside = z < SHAPE[0] && y < SHAPE[1] && x < SHAPE[2];
      return isInside ? Number(written((z * SHAPE[1] + y) * SHAPE[2] + x)) : 9;
    });
    expect(dtype).toBe('uint8');
    expect(Buffer.compare(Buffer.from(data.buffer), Buffer.from(expected.buffer))).toBe(0);
  });

  it('wholly outside, or with a NaN fill, are all fill value', async () => {
    const { level, server } = await bare(spec('float32', { fill: 'NaN' }));
    const before = server.requests.length;
    const { data } = await level.readBrick([5, 5, 5]);
    expect(data.every((value: number | bigint) => Number.isNaN(value))).toBe(true);
    const outside = await level.readBox({ originZyx: [-2, -2, -2], shapeZyx: [2, 2, 2] });
    expect(Array.from(outside as Float32Array)).toEqual(Array(8).fill(Number.NaN));
    expect(server.requests.length).toBe(before);
  });

  it('fetch each chunk once, however many ask for it', async () => {
    const { level, server } = await bare(spec('uint8'));
    const before = server.requests.length;
    const [a, b] = await Promise.all([level.readBrick([0, 0, 0]), level.readBrick([0, 0, 0])]);
    expect(server.requests.length - before).toBe(3 * 2 * 2);
    const again = await level.readBrick([0, 0, 0]);
    expect(Buffer.compare(bytesIn(a.data), bytesIn(b.data))).toBe(0);
    expect(Buffer.compare(bytesIn(a.data), bytesIn(again.data))).toBe(0);
    expect(server.requests.length - before).toBe(3 * 2 * 2);
  });
});

describe('chunks of several bricks', () => {
  const shape: Zyx = [70, 200, 150];
  const same = (a: VoxelArray, b: VoxelArray) =>
    a.length === b.length && Buffer.compare(bytesIn(a), bytesIn(b)) === 0;
  const layouts: [string, Partial<ArraySpec> & { dtype: Dtype }][] = [
    ['v3 uint8 zstd', { dtype: 'uint8', compression: 'zstd', chunks: [64, 128, 64] }],
    ['v3 uint16 blosc', { dtype: 'uint16', compression: 'blosc', chunks: [128, 64, 128] }],
    ['v3 uint64, not compressed', { dtype: 'uint64', chunks: [64, 64, 128] }],
    [
      'v2 float32 big-endian F lz4',
      {
        ...{ version: 2, dtype: 'float32', endian: 'big', order: 'F', compression: 'lz4' },
        chunks: [64, 192, 128],
      },
    ],
  ];
  it.each(layouts)(
    'of %s are read as zarrita reads them, by boxes and by bricks',
    async (_, format) => {
      const { files, level } = await bare(
        spec(format.dtype, { ...format, shape, absent: ['1/0/0'] }),
      );
      const whole = { originZyx: [0, 0, 0], shapeZyx: shape } as const;
      const data = await level.readBox(whole);
      const expected = await readWithZarrita(await openWithZarrita(files, '/'), whole);
      expect([data.length, data.findIndex((value, at) => value !== expected[at])]).toEqual([
        volumeOf(shape),
        -1,
      ]);
      const axis = (size: number) => fc.tuple(fc.nat(size - 1), fc.integer({ min: 1, max: 80 }));
      await fc.assert(
        fc.asyncProperty(
          fc.tuple(axis(shape[0]), axis(shape[1]), axis(shape[2])),
          async ([[z, depth], [y, height], [x, width]]) => {
            const wanted = { originZyx: [z, y, x], shapeZyx: [depth, height, width] } as const;
            const box = intersect(wanted, whole);
            expect(same(await level.readBox(box), cut(data, shape, box))).toBe(true);
          },
        ),
        { numRuns: 10 },
      );
      for (const brickZyx of bricksOfBox(whole)) {
        const box = brickBox(brickZyx);
        const brick = await level.readBrick(brickZyx);
        expect(same(brick.data, await level.readBox(box))).toBe(true);
        const inside = intersect(box, whole);
        expect(same(await level.readBox(inside), cut(data, shape, inside))).toBe(true);
      }
    },
  );
});

/** A box of a C-ordered array, voxel by voxel. */
function cut(data: VoxelArray, [, sizeY, sizeX]: Zyx, { originZyx, shapeZyx }: Box): VoxelArray {
  const part = data.slice(0, volumeOf(shapeZyx));
  let to = 0;
  for (let z = 0; z < shapeZyx[0]; z++)
    for (let y = 0; y < shapeZyx[1]; y++)
      for (let x = 0; x < shapeZyx[2]; x++) {
        const row = (originZyx[0] + z) * sizeY + originZyx[1] + y;
        part[to++] = data[row * sizeX + originZyx[2] + x] ?? 0;
      }
  return part;
}

describe('bricks that are taken back', () => {
  it('have their memory used again, and no value stays of what was in it', async () => {
    const { level } = await bare(spec('uint16'));
    const grid = [...bricksOfBox({ originZyx: [0, 0, 0], shapeZyx: SHAPE })];
    const read = async () => {
      const bricks: Buffer[] = [];
      for (const brickZyx of grid) {
        const { data } = await level.readBrick(brickZyx);
        bricks.push(Buffer.from(bytesIn(data)));
        level.recycle?.(data);
        expect((await level.readBrick(brickZyx)).data.buffer).toBe(data.buffer);
      }
      return bricks;
    };
    const first = await read();
    const second = await read();
    expect(second.map((bytes, at) => bytes.equals(first[at] ?? bytes.subarray(1)))).toEqual(
      grid.map(() => true),
    );
    // What is not the reader's, or was taken back already, is nobody else's then.
    const { data } = await level.readBrick([0, 0, 0]);
    level.recycle?.(new Uint16Array(64 ** 3));
    level.recycle?.(data);
    level.recycle?.(data);
    const [one, other] = await Promise.all([
      level.readBrick([0, 0, 0]),
      level.readBrick([0, 0, 1]),
    ]);
    expect(one.data.buffer).not.toBe(other.data.buffer);
  });
});

describe('chunks that are small as they are stored', () => {
  const plain = spec('uint8', { compression: 'zstd', chunks: [37, 35, 101], valueAt: () => 7 });
  const box = { originZyx: [0, 0, 0], shapeZyx: SHAPE } as const;
  /** Too little for a decoded chunk, enough for some that are not. */
  const options = { cacheBytes: 64 * 1024 };

  it('are asked for once, though what they are decoded to is not kept', async () => {
    const { level, server, volume } = await bare(plain, undefined, options);
    const first = await level.readBox(box);
    const [requests, { decodedBytes }] = [server.requests.length, { ...volume.statistics }];
    expect(Buffer.compare(bytesIn(await level.readBox(box)), bytesIn(first))).toBe(0);
    expect(server.requests.length).toBe(requests);
    expect(volume.statistics.decodedBytes).toBe(2 * decodedBytes);
    expect(volume.statistics.cachedBytes).toBeLessThan(options.cacheBytes);
  });

  it('are asked for again where they cannot be decoded', async () => {
    let isTorn = true;
    const { level } = await bare(
      plain,
      (key) => (isTorn && key.endsWith('/0/1/0') ? { body: new Uint8Array(20) } : undefined),
      options,
    );
    await expect(level.readBox(box)).rejects.toMatchObject({ code: 'CHUNK_FAILED' });
    isTorn = false;
    expect((await level.readBox(box)).every((value: number | bigint) => value === 7)).toBe(true);
  });
});

describe('what is fetched ahead', () => {
  it('is all that reading takes, and nothing outside', async () => {
    const { level, server } = await bare(spec('uint8'));
    const box = { originZyx: [10, 60, 90], shapeZyx: [20, 30, 40] } as const;
    await level.prefetch({ originZyx: [64, 0, 0], shapeZyx: [64, 64, 64] });
    const before = server.requests.length;
    await level.prefetch(box);
    expect(server.requests.length).toBe(before + 2 * 2 * 1);
    await level.readBox(box);
    expect(server.requests.length).toBe(before + 2 * 2 * 1);
  });
});

describe('bricks that are chunks', () => {
  it.each(['uint16', 'float16', 'bool'] as const)(
    'hold what a box of them does, %s, also at the edge',
    async (dtype) => {
      const { level } = await bare(
        spec(dtype, {
          shape: [70, 64, 130],
          chunks: [64, 64, 64],
          valueAt: (index) => (dtype === 'bool' ? index % 3 === 0 : (index * 7) % 2048),
        } as Partial<ArraySpec>),
      );
      for (const brickZyx of [
        [0, 0, 0],
        [0, 0, 1],
        [0, 0, 2],
        [1, 0, 0],
      ] as const) {
        const { data } = await level.readBrick(brickZyx);
        const box = await level.readBox(brickBox(brickZyx));
        expect(Buffer.compare(bytesIn(data), bytesIn(box))).toBe(0);
      }
    },
  );

  it('are not copied where they are stored as they are calculated with', async () => {
    const { level } = await bare(spec('uint8', { shape: [64, 64, 64], chunks: [64, 64, 64] }));
    const [a, b] = [await level.readBrick([0, 0, 0]), await level.readBrick([0, 0, 0])];
    expect(a.data.buffer).toBe(b.data.buffer);
    const box = await level.readBox(brickBox([0, 0, 0]));
    expect(box.buffer).not.toBe(a.data.buffer);
  });
});

describe('bricks of several chunks', () => {
  it('that are more urgent overtake what has been asked for before, request by request', async () => {
    const array = spec('uint8', { shape: [64, 64, 128], chunks: [16, 16, 16] });
    const { level, server } = await bare(array, undefined, {
      hosts: new Hosts({ mostAtOnce: 2 }),
    });
    const done: string[] = [];
    const read = async (name: string, x: number, rank: number) => {
      const { signal } = new AbortController();
      await level.readBrick(
        [0, 0, x],
        ranked(signal, () => rank),
      );
      done.push(name);
    };
    const first = read('first', 0, 10);
    await expect.poll(() => server.requests.length, { interval: 1 }).toBeGreaterThan(4);
    await Promise.all([first, read('urgent', 1, 1)]);
    expect(done).toEqual(['urgent', 'first']);
  });
});
