import type { ImageArray, ImageDtype } from '../core/dtype';
import { checked, dtypeOf, type Kernels, KIND, place } from './kernels';

/** Which voxels of a brick are counted: `first`, and every `stride`-th from there on. */
export interface Samples {
  readonly first: number;
  readonly stride: number;
}

/**
 * Adds the counts of a brick's finite voxels to `totals`, each under its `binOf`. For float32 `upper` chooses the level: without it
 * the upper 16 bits of the voxels' order are counted, with it the lower 16 bits of those whose upper bits it is.
 */
export type CountValues = (
  voxels: ImageArray,
  samples: Samples,
  totals: Float64Array,
  upper?: number,
) => void;

/** How many values a histogram of a dtype tells apart (on each level, for float32). */
export const binsOf = (dtype: ImageDtype): number => (dtype === 'uint8' ? 2 ** 8 : 2 ** 16);

const lowestOf: Readonly<Record<ImageDtype, number>> = {
  uint8: 0,
  uint16: 0,
  int16: -(2 ** 15),
  float32: 0,
};

/** The value of a bin of an integer dtype. */
export const valueOfBin = (dtype: ImageDtype, bin: number): number => lowestOf[dtype] + bin;

const SIGN = 0x8000_0000;
const EXPONENT = 0x7f80_0000;

/** The bits of a float32, changed so that they are ordered as the numbers are. */
const orderOfBits = (bits: number): number => (bits & SIGN ? ~bits : bits | SIGN) >>> 0;

/** The float32 of an order: upper bits and lower bits, 16 each. */
export function floatOfOrder(upper: number, lower: number): number {
  const order = upper * 2 ** 16 + lower;
  const bits = order >= 2 ** 31 ? order - 2 ** 31 : ~order;
  return new Float32Array(new Int32Array([bits]).buffer)[0] ?? 0;
}

const increment = (totals: Float64Array, bin: number) => {
  totals[bin] = (totals[bin] ?? 0) + 1;
};

/** Counts in JavaScript. */
export const countPlainly: CountValues = (voxels, { first, stride }, totals, upper) => {
  if (voxels instanceof Float32Array) {
    const words = new Uint32Array(voxels.buffer, voxels.byteOffset, voxels.length);
    for (let at = first; at < words.length; at += stride) {
      const bits = words[at] ?? 0;
      if ((bits & EXPONENT) === EXPONENT) continue;
      const order = orderOfBits(bits);
      if (upper === undefined) increment(totals, order >>> 16);
      else if (order >>> 16 === upper) increment(totals, order & 0xffff);
    }
    return;
  }
  const lowest = lowestOf[dtypeOf(voxels)];
  for (let at = first; at < voxels.length; at += stride)
    increment(totals, (voxels[at] ?? 0) - lowest);
};

/** Counts in the module. */
export const countWith =
  ({ call, arena }: Kernels): CountValues =>
  (voxels, { first, stride }, totals, upper) => {
    const { length } = voxels;
    const [src, counts] = place(arena, [voxels, new Uint32Array(totals.length)]);
    const kind = KIND[dtypeOf(voxels)];
    const counted =
      upper === undefined
        ? call.histogram(src, kind, length, first, stride, counts)
        : call.histogram_within(src, length, first, stride, upper, counts);
    checked('Histogram', counted);
    const found = new Uint32Array(arena.memory.buffer, counts, totals.length);
    for (let bin = 0; bin < found.length; bin++)
      totals[bin] = (totals[bin] ?? 0) + (found[bin] ?? 0);
  };
