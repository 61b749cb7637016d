import type { ImageArray } from '../core/dtype';
import { checked, dtypeOf, type Kernels, KIND, place } from './kernels';

/** About the voxels of a brick, or of several. */
export interface Statistics {
  /** Finite voxels. The others below are of these only. */
  readonly count: number;
  /** NaN and infinities. */
  readonly skipped: number;
  /** Infinity of none. */
  readonly minimum: number;
  /** -Infinity of none. */
  readonly maximum: number;
  readonly mean: number;
  /** The sum of squared deviations from the mean. */
  readonly squares: number;
}

export const noStatistics: Statistics = {
  count: 0,
  skipped: 0,
  minimum: Number.POSITIVE_INFINITY,
  maximum: Number.NEGATIVE_INFINITY,
  mean: 0,
  squares: 0,
};

/** The standard deviation of a whole population; 0 of none. */
export const standardDeviation = ({ count, squares }: Statistics): number =>
  count > 0 ? Math.sqrt(squares / count) : 0;

/** The statistics of two sets of voxels together (Chan, Golub & LeVeque 1979). */
export function combine(a: Statistics, b: Statistics): Statistics {
  const count = a.count + b.count;
  const share = count > 0 ? b.count / count : 0;
  const difference = b.mean - a.mean;
  return {
    count,
    skipped: a.skipped + b.skipped,
    minimum: Math.min(a.minimum, b.minimum),
    maximum: Math.max(a.maximum, b.maximum),
    mean: a.mean + difference * share,
    squares: a.squares + b.squares + difference * difference * a.count * share,
  };
}

/** The statistics of voxels; from exact sums for integers, from sums of doubles for float32. */
export function statisticsOf({ call, arena }: Kernels, voxels: ImageArray): Statistics {
  const [src, result] = place(arena, [voxels, 6 * Float64Array.BYTES_PER_ELEMENT]);
  checked('Statistics', call.statistics(src, KIND[dtypeOf(voxels)], voxels.length, result));
  const [count = 0, skipped = 0, minimum = 0, maximum = 0, mean = 0, squares = 0] =
    new Float64Array(arena.memory.buffer, result, 6);
  return { count, skipped, minimum, maximum, mean, squares };
}
