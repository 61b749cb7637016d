import type { Dtype } from '../core/dtype';
import type { Zyx } from '../core/vec';
import { floodFillReference } from '../segment/flood-fill/reference';
import { noise } from '../segment/flood-fill/test-volumes';
import { type Files, putArray } from '../volume/testing/array-files';
import { sourceOf } from '../volume/testing/values';
import type { Engine } from './engine';

/** Of each type two values that lie next to each other, as arrays of it are written (float16 as bits). */
const NEIGHBOURS: Readonly<Record<Dtype, readonly [number | bigint, number | bigint]>> = {
  bool: [1, 0],
  uint8: [200, 201],
  uint16: [60_001, 60_000],
  uint32: [4_000_000_001, 4_000_000_000],
  uint64: [2n ** 60n + 1n, 2n ** 60n],
  int8: [-5, -4],
  int16: [-30_001, -30_000],
  int32: [-2_000_000_001, -2_000_000_000],
  int64: [-(2n ** 60n) - 1n, -(2n ** 60n)],
  float16: [0x3c01, 0x3c00],
  float32: [1 + 2 ** -23, 1],
  float64: [1 + 2 ** -52, 1],
};

export const FILLED_DTYPES = Object.keys(NEIGHBOURS) as Dtype[];

const shapeZyx: Zyx = [10, 66, 66];
const seedZyx: Zyx = [5, 33, 33];
const bright = { low: 100, high: 255 };

/**
 * Has an engine fill the voxels that have exactly the seed's value, among others of the value next to it, in a volume of a type;
 * says how many voxels differ from a plain fill of where that value is.
 */
export async function fillBesideNeighbours(engine: Engine, dtype: Dtype) {
  const isSeeds = noise(shapeZyx, 0.345, 3);
  const [own, other] = NEIGHBOURS[dtype];
  const files: Files = new Map();
  await putArray(files, '', {
    version: 3,
    dtype,
    shape: shapeZyx,
    chunks: [8, 33, 66],
    compression: 'zstd',
    valueAt: (index) => ((isSeeds[index] ?? 0) >= bright.low ? own : other),
  });
  const info = await engine.open(sourceOf(files));
  await engine.segment(1, {
    algorithm: 'flood-fill',
    seedZyx,
    params: { tolerance: 0 },
  });
  const { data } = await engine.readLabels({ originZyx: [0, 0, 0], shapeZyx });
  const expected = floodFillReference(isSeeds, shapeZyx, seedZyx, bright, 6);
  const different = data.filter((id, at) => (id !== 0) !== (expected.mask[at] === 1)).length;
  return { dtype: info.dtype, different };
}
