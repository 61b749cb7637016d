import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type Box, intersect } from '../core/box';
import { brickBox, brickGrid, bricksOfBox } from '../core/brick';
import { bytesOf, type Dtype, type VoxelArray } from '../core/dtype';
import { isAbort } from '../core/errors';
import { ranked } from '../core/rank';
import { volumeOf, type Zyx } from '../core/vec';
import { type OpenVolumeOptions, openVolume } from './open-volume';
import { type ArraySpec, type Compression, type Files, putArray } from './testing/array-files';
import { type Fault, type FileServer, serveFiles } from './testing/file-server';
import { putGroup, putImage } from './testing/multiscale-files';
import { openWithZarrita, readWithZarrita } from './testing/oracle';

const servers: FileServer[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
});
async function serve(files: Files, fault?: (key: string) => Fault | undefined) {
  const server = await serveFiles(files, fault);
  servers.push(server);
  return server;
}

const bytesIn = ({ buffer, byteOffset, byteLength }: VoxelArray) =>
  Buffer.from(buffer, byteOffset, byteLength);

const SHAPE: Zyx = [37, 70, 101];

/** Values that use every byte of the dtype, negative ones and fractions included. */
const valueAt = (dtype: Dtype) => (index: number) => {
  if (dtype === 'uint64') return (BigInt(index) * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn;
  const mixed = Math.imul(index + 1, 0x9e3779b1) >>> 0;
  if (dtype === 'uint32') return mixed;
  if (dtype === 'int16') return (mixed >>> 16) - 32768;
  if (dtype === 'float32') return Math.fround((mixed - 2 ** 31) / 1e4);
  return mixed >>> (32 - 8 * bytesOf[dtype]);
};

const spec = (dtype: Dtype, more: Partial<ArraySpec> = {}): ArraySpec => ({
  version: 3,
  dtype,
  shape: SHAPE,
  chunks: [16, 33, 40],
  valueAt: valueAt(dtype),
  ...more,
});

async function bare(
  array: ArraySpec,
  fault?: (key: string) => Fault | undefined,
  options?: OpenVolumeOptions,
) {
  const files: Files = new Map();
  await putArray(files, '', array);
  const server = await serve(files, fault);
  const volume = await openVolume(server.url, options);
  const [level] = volume.levels;
  if (!level) throw new Error('no level');
  return { files, server, volume, level };
}

const formats: [string, Partial<ArraySpec> & { dtype: Dtype }][] = [
  ['v3 uint8', { dtype: 'uint8', compression: 'zstd' }],
  ['v3 uint16 blosc', { dtype: 'uint16', compression: 'blosc' }],
  ['v3 int16 big-endian gzip', { dtype: 'int16', endian: 'big', compression: 'gzip' }],
  ['v3 float32 in F order', { dtype: 'float32', order: 'F', fill: 'NaN' }],
  ['v3 uint8 with dots', { dtype: 'uint8', separator: '.' }],
  ['v2 uint8 zlib', { version: 2, dtype: 'uint8', compression: 'zlib' }],
  [
    'v2 uint16 big-endian F lz4',
    { version: 2, dtype: 'uint16', endian: 'big', order: 'F', compression: 'lz4' },
  ],
  [
    'v2 int16 blosc with slashes',
    { version: 2, dtype: 'int16', compression: 'blosc', separator: '/' },
  ],
  ['v2 float32 zstd, no fill', { version: 2, dtype: 'float32', compression: 'zstd', fill: null }],
  ['v2 uint8 in one chunk', { version: 2, dtype: 'uint8', chunks: [64, 128, 128] }],
];

describe.each(formats)('%s', (_, format) => {
  it('reads the very values that were written, and any box as zarrita does', async () => {
    const { files, level } = await bare(spec(format.dtype, format));
    expect(level.dtype).toBe(format.dtype);
    const data = await level.readBox({ originZyx: [0, 0, 0], shapeZyx: SHAPE });
    const written = valueAt(format.dtype);
    const wrong = data.findIndex(
      (value: number | bigint, index: number) => value !== written(index),
    );
    expect([data.length, wrong]).toEqual([volumeOf(SHAPE), -1]);

    const whole = await openWithZarrita(files, '/');
    const axis = (size: number) => fc.tuple(fc.nat(size - 1), fc.integer({ min: 1, max: 48 }));
    const boxes = fc.tuple(axis(SHAPE[0]), axis(SHAPE[1]), axis(SHAPE[2]));
    await fc.assert(
      fc.asyncProperty(boxes, async ([[z, depth], [y, height], [x, width]]) => {
        const wanted = { originZyx: [z, y, x], shapeZyx: [depth, height, width] } as const;
        const box = intersect(wanted, { originZyx: [0, 0, 0], shapeZyx: SHAPE });
        const part = Array.from<number | bigint>(await level.readBox(box));
        const expected = await readWithZarrita(whole, box);
        const at = part.findIndex((value, index) => value !== expected[index]);
        expect([part.length, at]).toEqual([expected.length, -1]);
      }),
      { numRuns: 6 },
    );
  });
});

const compressions: Compression[] = ['none', 'gzip', 'zstd', 'blosc', 'lz4'];

describe.each(['uint8', 'uint16', 'uint32', 'uint64'] as const)('labels of %s', (dtype) => {
  it.each(['0.4', '0.5'] as const)('are exact in OME-Zarr %s', async (ome) => {
    const files: Files = new Map();
    const shape: Zyx = [9, 20, 31];
    const image = { dtype: 'uint8', shape, chunks: [8, 8, 8], valueAt: () => 1 } as const;
    const compression = compressions[bytesOf[dtype] % compressions.length] ?? 'none';
    const fill = dtype === 'uint64' ? '18446744073709551615' : 7;
    const labels = { dtype, shape, chunks: [5, 20, 12], compression, valueAt: valueAt(dtype) };
    await putImage(files, '', { ome, levels: [image] });
    putGroup(files, 'labels', ome, { labels: ['my cells #1'] });
    await putImage(files, 'labels/my cells #1', {
      ome,
      levels: [{ ...labels, fill, absent: ['1/0/2'] }],
    });
    const metadata = `/labels/my cells #1/s0/${ome === '0.4' ? '.zarray' : 'zarr.json'}`;
    const json = new TextDecoder().decode(files.get(metadata)).replace(/"(1844\d+)"/, '$1');
    files.set(metadata, new TextEncoder().encode(json));

    const volume = await openVolume((await serve(files)).url);
    expect(volume.info.labels).toEqual(['my cells #1']);
    const layer = await volume.openLabels('my cells #1');
    expect(layer).toMatchObject({ name: 'my cells #1', dtype });
    const data = await layer.levels[0]?.readBox({ originZyx: [0, 0, 0], shapeZyx: shape });
    const written = valueAt(dtype);
    const expected = Array.from({ length: volumeOf(shape) }, (_, index) => {
      const [z, x] = [Math.floor(index / (20 * 31)), index % 31];
      const isAbsent = z >= 5 && x >= 24;
      return isAbsent ? (dtype === 'uint64' ? 0xffffffffffffffffn : 7) : written(index);
    });
    expect(Array.from<number | bigint>(data ?? [])).toEqual(expected);
    expect(volume.statistics.missingChunks).toBe(1);
  });
});

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
  const layouts: typeof formats = [
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
    const { level, server } = await bare(array, undefined, { patience: { mostAtOnce: 2 } });
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

describe('what is told of a box', () => {
  const box = { originZyx: [0, 0, 0], shapeZyx: [37, 70, 101] } as const;

  it.each([{}, { compression: 'zstd' }] as const)(
    'once, when all of it is fetched: %j',
    async (more) => {
      let hang = true;
      const { level } = await bare(spec('uint8', more), (key) =>
        hang && key === '/c/1/1/1' ? { status: 503, headers: { 'Retry-After': '1' } } : undefined,
      );
      let told = 0;
      const read = level.readBox(box, undefined, () => told++).then(() => told);
      await level.readBox({ originZyx: [0, 0, 0], shapeZyx: [10, 10, 10] });
      expect(told).toBe(0);
      hang = false;
      expect(await read).toBe(1);
      await level.readBox(box, undefined, () => told++);
      expect(told).toBe(2);
    },
  );

  it('also where a chunk is missing', async () => {
    const { files, level } = await bare(spec('uint8'));
    files.delete('/c/0/0/0');
    let told = 0;
    await level.readBrick([0, 0, 0], undefined, () => told++);
    expect(told).toBe(1);
  });
});

describe('faults of single chunks', () => {
  const first = { originZyx: [0, 0, 0], shapeZyx: [10, 10, 10] } as const;
  const second = { originZyx: [0, 0, 50], shapeZyx: [10, 10, 10] } as const;

  it('counts missing chunks and gives their fill value', async () => {
    const { level, volume } = await bare(spec('uint8', { fill: 42, absent: ['0/0/0'] }));
    const data = await level.readBox(first);
    expect(data.every((value: number | bigint) => value === 42)).toBe(true);
    expect(volume.statistics.missingChunks).toBe(1);
    await level.readBox(second);
    expect(volume.statistics.missingChunks).toBe(1);
  });

  const truncated = compressions.flatMap((compression) =>
    ([2, 3] as const).map((version) => [compression, version] as const),
  );
  it.each(truncated)(
    'refuses a truncated chunk of %s (version %i)',
    async (compression, version) => {
      const shape = { shape: [6, 7, 20], chunks: [4, 5, 16] };
      const array = spec('uint16', { ...shape, compression, version });
      const { files, level, server } = await bare(array, undefined, { cacheBytes: 0 });
      const key = version === 2 ? '/0.0.0' : '/c/0/0/0';
      const chunk = files.get(key);
      for (const length of [0, 10, (chunk?.length ?? 0) >> 1, (chunk?.length ?? 0) - 1]) {
        files.set(key, (chunk ?? new Uint8Array()).slice(0, length));
        await expect(level.readBox(first)).rejects.toMatchObject({
          code: 'CHUNK_FAILED',
          fields: { array: `${server.url}/`, chunk: '0/0/0', reason: expect.stringMatching(/\w/) },
          cause: expect.any(Error),
        });
      }
      files.set(key, chunk ?? new Uint8Array());
      expect((await level.readBox(first)).length).toBe(1000);
    },
  );

  it('refuses a chunk of the wrong length, and the page a single-page host sends', async () => {
    const { files, level } = await bare(spec('uint8'));
    files.set('/c/0/0/0', new Uint8Array(16 * 33 * 40 + 1));
    await expect(level.readBox(first)).rejects.toMatchObject({
      code: 'CHUNK_FAILED',
      fields: { codec: 'bytes', reason: 'it has 21121 bytes instead of 21120' },
    });
    files.set('/c/0/0/0', new TextEncoder().encode('<!doctype html>'));
    await expect(level.readBox(first)).rejects.toMatchObject({ code: 'WEB_PAGE' });
  });

  it('passes on what HTTP says, cancels the rest of the box, and recovers', async () => {
    const faults = new Map<string, Fault>([
      ['/c/0/0/0', { status: 503 }],
      ['/c/0/0/1', { hang: true }],
    ]);
    const { level, server } = await bare(spec('uint8'), (key) => faults.get(key));
    const box = { originZyx: [0, 0, 0], shapeZyx: [10, 10, 80] } as const;
    await expect(level.readBox(box)).rejects.toMatchObject({
      code: 'HTTP_STATUS',
      fields: { url: `${server.url}/c/0/0/0`, status: 503 },
    });
    await expect.poll(() => server.cancelled).toContain('/c/0/0/1');
    faults.clear();
    expect((await level.readBox(box)).length).toBe(8000);
  });

  it('aborts what nobody waits for any more, only then', async () => {
    let hang = true;
    const { level, server } = await bare(spec('uint8'), (key) =>
      hang && key.startsWith('/c/') ? { hang: true } : undefined,
    );
    const [one, two] = [new AbortController(), new AbortController()];
    const reads = [level.readBox(first, one.signal), level.readBox(first, two.signal)];
    const requested = () => server.requests.filter((path) => path === '/c/0/0/0').length;
    await expect.poll(requested).toBe(1);
    one.abort();
    await expect(reads[0]).rejects.toSatisfy(isAbort);
    expect(server.cancelled).toEqual([]);
    two.abort();
    await expect(reads[1]).rejects.toSatisfy(isAbort);
    await expect.poll(() => server.cancelled).toEqual(['/c/0/0/0']);
    hang = false;
    expect((await level.readBox(first)).length).toBe(1000);
    await expect(level.readBox(first, AbortSignal.abort())).rejects.toSatisfy(isAbort);
  });

  it.each([
    [{ originZyx: [0.5, 0, 0], shapeZyx: [1, 1, 1] }, 'BAD_PARAMETERS'],
    [{ originZyx: [0, 0, 0], shapeZyx: [1, -1, 1] }, 'BAD_PARAMETERS'],
    [{ originZyx: [0, 0, 0], shapeZyx: [Number.NaN, 1, 1] }, 'BAD_PARAMETERS'],
    [{ originZyx: [0, 0, 0], shapeZyx: [2048, 2048, 2048] }, 'BUDGET_EXCEEDED'],
  ] as const)('refuses the box %j', async (box, code) => {
    const { level } = await bare(spec('uint8'));
    await expect(level.readBox(box)).rejects.toMatchObject({ code });
  });
});
