import { boxBetween } from '../core/box';
import { isFloat } from '../core/dtype';
import { maximum, minimum, type Zyx } from '../core/vec';
import { imageVoxels } from '../core/voxels';
import type { Volume } from '../volume/model';

const BINS = 64;
/** Voxels looked at most; a larger level is sampled by its middle. */
const EDGE = 160;

/**
 * Counts of finite image values in 64 equal bins over [low, high], from the coarsest level (its middle where it is large).
 * For uint8 the range is 0 to 255; otherwise that of the values found.
 */
export async function imageHistogram(
  volume: Volume,
): Promise<{ low: number; high: number; counts: number[] }> {
  const reader = volume.levels.at(-1);
  const counts = new Array<number>(BINS).fill(0);
  if (!reader) return { low: 0, high: 1, counts };
  const { shapeZyx } = reader.info;
  const [z, y, x] = shapeZyx;
  const half: Zyx = [EDGE >> 1, EDGE >> 1, EDGE >> 1];
  const middle: Zyx = [z >> 1, y >> 1, x >> 1];
  const first = maximum([middle[0] - half[0], middle[1] - half[1], middle[2] - half[2]], [0, 0, 0]);
  const end = minimum([middle[0] + half[0], middle[1] + half[1], middle[2] + half[2]], shapeZyx);
  const box = boxBetween(first, maximum(end, [first[0] + 1, first[1] + 1, first[2] + 1]));
  const values = imageVoxels(await reader.readBox(box));
  let low = 0;
  let high = 255;
  if (reader.dtype !== 'uint8') {
    low = Number.POSITIVE_INFINITY;
    high = Number.NEGATIVE_INFINITY;
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (!Number.isFinite(low)) return { low: 0, high: 1, counts };
  }
  const perValue = BINS / (high - low + (isFloat(reader.dtype) ? 0 : 1) || 1);
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    const bin = Math.min(BINS - 1, Math.floor((value - low) * perValue));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { low, high, counts };
}
