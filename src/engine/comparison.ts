/** How fills compare an image's values with their range: exactly, whatever the type they are stored in. */
import {
  allocate,
  type Dtype,
  type ImageArray,
  type ImageDtype,
  type VoxelArray,
  viewAs,
} from '../core/dtype';
import { imageDtypeOf, imageVoxels, isRounded } from '../core/voxels';
import type { FloodFillParams } from '../segment/flood-fill/params';
import type { ValueRange } from '../segment/flood-fill/plan';

/** A value as it is stored: a bigint of integers of 64 bits. */
export type StoredValue = number | bigint;

/** The values that are filled, ends included. */
export interface StoredRange {
  readonly low: StoredValue;
  readonly high: StoredValue;
}

/** The range that a criterion means at a seed of the given value. */
export function rangeAt(params: FloodFillParams, seedValue: StoredValue): StoredRange {
  if (!('tolerance' in params)) return { low: params.low, high: params.high };
  const { tolerance } = params;
  if (typeof seedValue === 'number')
    return { low: seedValue - tolerance, high: seedValue + tolerance };
  if (!Number.isFinite(tolerance)) return { low: -tolerance, high: tolerance };
  const steps = BigInt(Math.floor(tolerance));
  return { low: seedValue - steps, high: seedValue + steps };
}

/** What kernels, which know the types of `ImageDtype` alone, are given in place of an image and a range of stored values. */
export interface Comparison {
  readonly dtype: ImageDtype;
  readonly range: ValueRange;
  /** Whether the voxels are of use for this range alone: 1 inside, 0 outside. */
  readonly isJudged: boolean;
  /** Stored voxels as voxels for the kernels. */
  prepare(voxels: VoxelArray): ImageArray;
}

/**
 * The comparison of an image of a type with a range. Types that bricks hold exactly are compared by the kernels; the others,
 * which bricks round, here, and the kernels are told what came of it.
 */
export function comparisonOf(stored: Dtype, range: StoredRange): Comparison {
  if (isRounded(stored))
    return {
      dtype: 'uint8',
      range: { low: 1, high: 1 },
      isJudged: true,
      prepare: (voxels) => judged(voxels, range),
    };
  const dtype = imageDtypeOf[stored];
  return {
    dtype,
    range: dtype === 'float32' ? floatsIn(range) : integersIn(range),
    isJudged: false,
    prepare: imageVoxels,
  };
}

/** The type that kernels get an image of this type in. */
export const comparedDtypeOf = (stored: Dtype): ImageDtype =>
  isRounded(stored) ? 'uint8' : imageDtypeOf[stored];

const integersIn = ({ low, high }: StoredRange): ValueRange => ({
  low: Math.ceil(Number(low)),
  high: Math.floor(Number(high)),
});

/** The float32 numbers in a range, so that it means the same in double and in single precision. */
const floatsIn = ({ low, high }: StoredRange): ValueRange => ({
  low: floatFrom(Number(low), 1),
  high: floatFrom(Number(high), -1),
});

/** The first float32 number from a value on, upwards (1) or downwards (-1). */
function floatFrom(value: number, step: 1 | -1): number {
  const near = Math.fround(value);
  if (Number.isNaN(value) || (near - value) * step >= 0 || near === value) return near;
  if (near === 0) return step * 2 ** -149;
  const bits = viewAs('int32', Float32Array.of(near));
  bits[0] = (bits[0] ?? 0) + (near * step > 0 ? 1 : -1);
  return viewAs('float32', bits)[0] ?? near;
}

/** Ones where a voxel's value lies in the range. */
function judged(voxels: VoxelArray, range: StoredRange): Uint8Array<ArrayBuffer> {
  if (voxels instanceof BigUint64Array || voxels instanceof BigInt64Array)
    return judged64(voxels, range);
  const inside = allocate('uint8', voxels.length);
  const [low, high] = [Number(range.low), Number(range.high)];
  for (let i = 0; i < inside.length; i++) {
    const value = voxels[i] ?? Number.NaN;
    if (value >= low && value <= high) inside[i] = 1;
  }
  return inside;
}

const LEAST = { signed: -(2n ** 63n), unsigned: 0n };
const MOST = { signed: 2n ** 63n - 1n, unsigned: 2n ** 64n - 1n };

/** The least integer from a bound on; one past `most` where there is none. */
function integerFrom(bound: StoredValue, least: bigint, most: bigint): bigint {
  if (bound <= least) return least;
  if (!(bound <= most)) return most + 1n;
  return typeof bound === 'bigint' ? bound : BigInt(Math.ceil(bound));
}

/** The same of integers of 64 bits, compared by their halves: arithmetic on bigints is a hundred times slower. */
function judged64(
  voxels: BigUint64Array | BigInt64Array,
  range: StoredRange,
): Uint8Array<ArrayBuffer> {
  const inside = allocate('uint8', voxels.length);
  const kind = voxels instanceof BigInt64Array ? 'signed' : 'unsigned';
  const [least, most] = [LEAST[kind], MOST[kind]];
  const first = integerFrom(range.low, least, most);
  const last = -integerFrom(-range.high, -most, -least);
  if (!(first <= last)) return inside;
  const lows = viewAs('uint32', voxels);
  const highs = kind === 'signed' ? viewAs('int32', voxels) : lows;
  const halves = (value: bigint) => [Number(value >> 32n), Number(value & 0xffffffffn)] as const;
  const [[firstHigh, firstLow], [lastHigh, lastLow]] = [halves(first), halves(last)];
  for (let i = 0; i < inside.length; i++) {
    const high = highs[2 * i + 1] ?? 0;
    const low = lows[2 * i] ?? 0;
    const isFrom = high > firstHigh || (high === firstHigh && low >= firstLow);
    const isTo = high < lastHigh || (high === lastHigh && low <= lastLow);
    if (isFrom && isTo) inside[i] = 1;
  }
  return inside;
}
