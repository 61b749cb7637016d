import type { Dtype, ImageArray } from '../core/dtype';
import { isUnreadable } from '../core/errors';
import { subtract, volumeOf, type Zyx } from '../core/vec';
import { imageVoxels } from '../core/voxels';
import { dtypeOf } from '../normalize/kernels';
import { Percentiles } from '../normalize/percentiles';
import type { LevelReader } from './model';

type Contrast = readonly [low: number, high: number];

const MAXIMUM_VOXELS = 2 ** 24;
const MAXIMUM_SAMPLES = 2 ** 20;

/** What is drawn where the voxels do not tell: all that narrow types can hold. */
const rangeOf: Readonly<Record<Dtype, Contrast>> = {
  bool: [0, 1],
  uint8: [0, 255],
  uint16: [0, 65535],
  uint32: [0, 65535],
  uint64: [0, 65535],
  int8: [-128, 127],
  int16: [-32768, 32767],
  int32: [-32768, 32767],
  int64: [-32768, 32767],
  float16: [0, 1],
  float32: [0, 1],
  float64: [0, 1],
};

/** The middle of a level, halved along its longest axis until it is small enough to read at once. */
function middleOf(shapeZyx: Zyx) {
  const size: [number, number, number] = [...shapeZyx];
  while (volumeOf(size) > MAXIMUM_VOXELS) {
    const longest = size.indexOf(Math.max(...size));
    size[longest] = Math.ceil((size[longest] ?? 0) / 2);
  }
  const [z, y, x] = subtract(shapeZyx, size);
  const originZyx: Zyx = [Math.floor(z / 2), Math.floor(y / 2), Math.floor(x / 2)];
  return { originZyx, shapeZyx: size };
}

/** The 1st and 99th percentile (nearest rank) of the finite voxels, of at most 2²⁰ taken at equal steps. */
export function percentiles(voxels: ImageArray): Contrast | undefined {
  const step = Math.max(1, Math.ceil(voxels.length / MAXIMUM_SAMPLES));
  // Odd, lest rows of 2ⁿ voxels are all sampled in the same columns.
  const counted = new Percentiles(dtypeOf(voxels), [0.01, 0.99], step | 1);
  counted.add(voxels);
  if (counted.refine()) counted.add(voxels);
  const [low, high] = counted.values() ?? [];
  if (low === undefined || high === undefined) return undefined;
  return low < high ? [low, high] : [low, low + 1];
}

/**
 * Values to draw black and white where the metadata name none: the whole range of uint8 and bool, else the percentiles 1 and 99
 * of the coarsest level (its middle, where it is larger than 2²⁴ voxels).
 */
export async function suggestContrast(
  coarsest: LevelReader | undefined,
  signal?: AbortSignal,
): Promise<Contrast> {
  const range = rangeOf[coarsest?.dtype ?? 'uint8'];
  if (!coarsest || coarsest.dtype === 'uint8' || coarsest.dtype === 'bool') return range;
  try {
    const voxels = await coarsest.readBox(middleOf(coarsest.info.shapeZyx), signal);
    return percentiles(imageVoxels(voxels)) ?? range;
  } catch (error) {
    // One chunk that cannot be read must not keep the volume shut; it is told of when it is drawn.
    if (isUnreadable(error)) return range;
    throw error;
  }
}
