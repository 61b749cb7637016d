/** Plain twins of the kernels in wasm/normalize, for tests and benchmarks: the same values, one voxel at a time. */
import type { ImageArray } from '../core/dtype';
import type { Linear } from './linear';
import type { Statistics } from './statistics';

/** value · scale + offset as float32. */
export function normalizeReference(voxels: ImageArray, { scale, offset }: Linear): Float32Array {
  const result = new Float32Array(voxels.length);
  for (let at = 0; at < voxels.length; at++) result[at] = (voxels[at] ?? 0) * scale + offset;
  return result;
}

/** value · scale + offset as uint8: a Uint8ClampedArray rounds to nearest even, and makes NaN 0. */
export function normalizeToBytesReference(
  voxels: ImageArray,
  { scale, offset }: Linear,
): Uint8Array {
  const result = new Uint8ClampedArray(voxels.length);
  for (let at = 0; at < voxels.length; at++) result[at] = (voxels[at] ?? 0) * scale + offset;
  return new Uint8Array(result.buffer);
}

/** The bits of the half nearest to a float, ties to even, by division. */
export function halfReference(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(magnitude)));
  const units = roundToEven(magnitude / 2 ** (exponent - 10));
  // Units of 2^10 and more are a leading one and its fraction: they raise the exponent by one.
  return sign | ((exponent + 14) * 2 ** 10 + units);
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const above = value - below;
  if (above === 0.5) return below + (below % 2);
  return above < 0.5 ? below : below + 1;
}

/** Counts, extremes, mean, and squared deviations from it. */
export function statisticsReference(voxels: ImageArray): Statistics {
  const finite = Array.from(voxels).filter(Number.isFinite);
  const count = finite.length;
  const mean = count > 0 ? finite.reduce((sum, value) => sum + value, 0) / count : 0;
  return {
    count,
    skipped: voxels.length - count,
    minimum: finite.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
    maximum: finite.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
    mean,
    squares: finite.reduce((sum, value) => sum + (value - mean) ** 2, 0),
  };
}

/** Percentiles by nearest rank of the sorted finite voxels. */
export function percentilesReference(
  voxels: ImageArray,
  fractions: readonly number[],
): number[] | undefined {
  const sorted = Array.from(voxels)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  return fractions.map((fraction) => sorted[Math.round(fraction * (sorted.length - 1))] ?? 0);
}
