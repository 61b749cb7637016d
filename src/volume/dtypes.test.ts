import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Box, boxEnd, intersect } from '../core/box';
import { brickBox } from '../core/brick';
import { bytesOf, type Dtype, isFloat } from '../core/dtype';
import { subtract, volumeOf, type Zyx } from '../core/vec';
import { imageDtypeOf, imageVoxels, isRounded } from '../core/voxels';
import { openVolume } from './open-volume';
import { type ArraySpec, type Files, putArray } from './testing/array-files';
import { putGroup, putImage } from './testing/multiscale-files';
import { openWithZarrita, readWithZarrita } from './testing/oracle';
import { scatteredValue, scatteredVoxel, sourceOf } from './testing/values';

type Voxel = number | bigint;

const DTYPES = Object.keys(bytesOf) as Dtype[];

/** Fill values as metadata have them (`digits` unquoted), and what they mean. */
const FILLS: Readonly<
  Record<Dtype, readonly (readonly [fill: ArraySpec['fill'], value: Voxel])[]>
> = {
  bool: [
    [true, 1],
    [false, 0],
  ],
  uint8: [[255, 255]],
  uint16: [[65535, 65535]],
  uint32: [[4294967295, 4294967295]],
  uint64: [
    ['18446744073709551615', 18446744073709551615n],
    [7, 7n],
  ],
  int8: [[-128, -128]],
  int16: [[-1, -1]],
  int32: [[-2147483648, -2147483648]],
  int64: [
    ['-9223372036854775808', -9223372036854775808n],
    [-3, -3n],
  ],
  float16: [
    ['NaN', Number.NaN],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    [-0.333251953125, -0.333251953125],
    ['0x3c01', 1.0009765625],
  ],
  float32: [
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['0x80000001', -(2 ** -149)],
    ['0x7fc00123', Number.NaN],
    [0.1, Math.fround(0.1)],
  ],
  float64: [
    ['NaN', Number.NaN],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['0x3ff0000000000001', 1 + 2 ** -52],
    [0.1, 0.1],
    ['100000000000000000000', 1e20],
  ],
};

/** Long whole numbers stand in JSON as digits, not as strings. */
function unquoteDigits(files: Files): void {
  for (const [key, bytes] of files) {
    if (!/json$|\.zarray$/.test(key)) continue;
    const json = new TextDecoder().decode(bytes).replace(/"(-?\d{16,})"/g, '$1');
    files.set(key, new TextEncoder().encode(json));
  }
}

const formats = fc.record({
  version: fc.constantFrom(2 as const, 3 as const),
  endian: fc.constantFrom('little' as const, 'big' as const),
  order: fc.constantFrom('C' as const, 'F' as const),
  compression: fc.constantFrom('none' as const, 'zstd' as const, 'blosc' as const, 'gzip' as const),
});
const triples = (least: number, most: number) => {
  const size = fc.integer({ min: least, max: most });
  return fc.tuple(size, size, size);
};

/** What a box of a C-ordered array holds, `outside` past its shape. */
function cut(dtype: Dtype, shapeZyx: Zyx, box: Box, outside: Voxel): Voxel[] {
  const voxels = Array<Voxel>(volumeOf(box.shapeZyx)).fill(outside);
  const [, height, width] = box.shapeZyx;
  const inside = intersect(box, { originZyx: [0, 0, 0], shapeZyx });
  const [z1, y1, x1] = boxEnd(inside);
  for (let z = inside.originZyx[0]; z < z1; z++)
    for (let y = inside.originZyx[1]; y < y1; y++)
      for (let x = inside.originZyx[2]; x < x1; x++) {
        const [toZ, toY, toX] = subtract([z, y, x], box.originZyx);
        const index = (z * shapeZyx[1] + y) * shapeZyx[2] + x;
        voxels[(toZ * height + toY) * width + toX] = scatteredVoxel(dtype, index);
      }
  return voxels;
}

const firstDifference = (read: ArrayLike<Voxel>, expected: readonly Voxel[]): string => {
  if (read.length !== expected.length) return `${read.length} voxels for ${expected.length}`;
  const at = expected.findIndex((value, index) => !Object.is(read[index], value));
  return at < 0 ? '' : `${read[at]} for ${expected[at]} at ${at}`;
};

describe.each(DTYPES)('%s', (dtype) => {
  it('is read exactly, any box and brick of any array, and as zarrita does', async () => {
    await fc.assert(
      fc.asyncProperty(
        formats,
        triples(1, 20),
        triples(3, 24),
        triples(1, 24),
        async (format, shape, chunks, far) => {
          const files: Files = new Map();
          const [fill, outside] = FILLS[dtype][0] ?? [0, 0];
          const valueAt = (index: number) => scatteredValue(dtype, index);
          await putArray(files, '', { ...format, dtype, shape, chunks, fill, valueAt });
          unquoteDigits(files);
          const volume = await openVolume(sourceOf(files));
          expect(volume.info).toMatchObject({ dtype, shapeZyx: shape, times: 1 });
          const [level] = volume.levels;
          if (!level) throw new Error('no level');
          const originZyx = shape.map((length, axis) => ((far[axis] ?? 0) % (length + 4)) - 2);
          const box = { originZyx: originZyx as unknown as Zyx, shapeZyx: far };
          expect(firstDifference(await level.readBox(box), cut(dtype, shape, box, outside))).toBe(
            '',
          );
          const expected = cut(dtype, shape, brickBox([0, 0, 0]), outside);
          const { data } = await level.readBrick([0, 0, 0]);
          expect(firstDifference(data, expected)).toBe('');

          const image = imageVoxels(data);
          const inImage = expected.map((value) =>
            isRounded(dtype) ? Math.fround(Number(value)) : Number(value),
          );
          expect(firstDifference(image, inImage)).toBe('');
          expect(image.constructor.name.toLowerCase()).toBe(`${imageDtypeOf[dtype]}array`);

          // zarrita needs Float16Array, which Node 20 has not, reads no fill value beyond doubles, and has an array of its own for bool.
          if (dtype === 'float16' || dtype === 'bool' || typeof fill === 'string') return;
          const whole: Box = { originZyx: [0, 0, 0], shapeZyx: shape };
          const theirs = await readWithZarrita(await openWithZarrita(files, '/'), whole);
          expect(firstDifference(await level.readBox(whole), theirs)).toBe('');
        },
      ),
      { numRuns: 10 },
    );
  });

  it.each(
    FILLS[dtype].flatMap(([fill, value]) =>
      ([2, 3] as const).map((version) => [version, fill, value] as const),
    ),
  )('of version %i has its fill value %j where a chunk is absent', async (version, fill, value) => {
    const files: Files = new Map();
    const valueAt = (index: number) => scatteredValue(dtype, index);
    const array = { version, dtype, shape: [2, 3, 8], chunks: [2, 3, 4], fill, valueAt };
    await putArray(files, '', { ...array, absent: ['0/0/1'] });
    unquoteDigits(files);
    const volume = await openVolume(sourceOf(files));
    const data = await volume.levels[0]?.readBox({ originZyx: [0, 0, 3], shapeZyx: [1, 1, 7] });
    const expected = [scatteredVoxel(dtype, 3), ...Array<Voxel>(6).fill(value)];
    expect(firstDifference(data ?? [], expected)).toBe('');
    expect(volume.statistics.missingChunks).toBe(1);
  });
});

describe.each(DTYPES.filter((dtype) => !isFloat(dtype)))('labels of %s', (dtype) => {
  it('are exact', async () => {
    const files: Files = new Map();
    const shape: Zyx = [5, 6, 7];
    const valueAt = (index: number) => scatteredValue(dtype, index);
    const image = { dtype: 'uint8', shape, chunks: [8, 8, 8], valueAt: () => 1 } as const;
    await putImage(files, '', { ome: '0.5', levels: [image] });
    putGroup(files, 'labels', '0.5', { labels: ['ids'] });
    await putImage(files, 'labels/ids', {
      ome: '0.5',
      levels: [{ dtype, shape, chunks: [2, 6, 4], valueAt }],
    });
    const layer = await (await openVolume(sourceOf(files))).openLabels('ids');
    expect(layer.dtype).toBe(dtype);
    const data = await layer.levels[0]?.readBox({ originZyx: [0, 0, 0], shapeZyx: shape });
    const expected = Array.from({ length: volumeOf(shape) }, (_, at) => scatteredVoxel(dtype, at));
    expect(firstDifference(data ?? [], expected)).toBe('');
  });
});

it('counts any byte but 0 of bool as true', async () => {
  const files: Files = new Map();
  const shape = [1, 1, 4];
  const valueAt = (index: number) => [0, 1, 2, 255][index] ?? 0;
  await putArray(files, '', { version: 3, dtype: 'bool', shape, chunks: shape, valueAt });
  const { levels } = await openVolume(sourceOf(files));
  const read = await levels[0]?.readBox({ originZyx: [0, 0, 0], shapeZyx: [1, 1, 4] });
  expect(read).toEqual(Uint8Array.of(0, 1, 1, 1));
});

describe('a fill value that is none of its type', () => {
  it.each([
    ['bool', 2],
    ['uint8', 256],
    ['uint8', -1],
    ['int8', 128],
    ['uint16', 0.5],
    ['uint64', '18446744073709551616'],
    ['int64', '9223372036854775808'],
    ['int32', 'NaN'],
    ['float32', '0x7fc0'],
    ['float16', 'seven'],
    ['float64', true],
  ] as const)('%s %j is refused', async (dtype, fill) => {
    const files: Files = new Map();
    const shape = [1, 1, 1];
    const valueAt = () => 0;
    await putArray(files, '', { version: 3, dtype, shape, chunks: shape, fill, valueAt });
    await expect(openVolume(sourceOf(files))).rejects.toMatchObject({
      code: 'BAD_METADATA',
      message: expect.stringMatching(/fill_value/),
    });
  });
});
