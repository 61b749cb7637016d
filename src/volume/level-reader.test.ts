import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intersect } from '../core/box';
import { bytesOf, type Dtype } from '../core/dtype';
import { isAbort } from '../core/errors';
import { volumeOf, type Zyx } from '../core/vec';
import { Hosts } from './hosts';
import { openVolume } from './open-volume';
import type { ArraySpec, Compression, Files } from './testing/array-files';
import { bare, SHAPE, serve, spec, valueAt } from './testing/bare-arrays';
import type { Fault } from './testing/file-server';
import { putGroup, putImage } from './testing/multiscale-files';
import { openWithZarrita, readWithZarrita } from './testing/oracle';

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
    const hosts = new Hosts({ wait: async () => {} });
    const { level, server } = await bare(spec('uint8'), (key) => faults.get(key), { hosts });
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
