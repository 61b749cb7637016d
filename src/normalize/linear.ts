import type { ImageArray } from '../core/dtype';
import { checked, copyOut, dtypeOf, type Kernels, KIND, place } from './kernels';
import { type Statistics, standardDeviation } from './statistics';

/** A linear change of values: value · scale + offset. */
export interface Linear {
  readonly scale: number;
  readonly offset: number;
}

/** What normalization makes; float16 as its bits. */
export type NormalizedDtype = 'float32' | 'float16' | 'uint8';

interface NormalizedArray {
  float32: Float32Array<ArrayBuffer>;
  float16: Uint16Array<ArrayBuffer>;
  uint8: Uint8Array<ArrayBuffer>;
}

const constructors = { float32: Float32Array, float16: Uint16Array, uint8: Uint8Array } as const;

/** Bytes of a normalized voxel. */
export const normalizedBytes = (dtype: NormalizedDtype): number =>
  constructors[dtype].BYTES_PER_ELEMENT;

/** To mean 0 and standard deviation 1; where all voxels are equal, only to mean 0. */
export function byDeviation(statistics: Statistics): Linear {
  const deviation = standardDeviation(statistics);
  const scale = deviation > 0 ? 1 / deviation : 1;
  return { scale, offset: -statistics.mean * scale };
}

/** Values low to high (minimum and maximum, or percentiles) to 0 to `top`: 1, or 255 for uint8. An empty range counts as 1 wide. */
export function byRange(low: number, high: number, top = 1): Linear {
  const scale = top / (high > low ? high - low : 1);
  return { scale, offset: -low * scale };
}

/**
 * Each voxel · scale + offset, as calculated in doubles and rounded to `dtype`: float16 from the float32, uint8 to nearest even,
 * clamped, with 0 for NaN. float32 of integers is within 2 units in the last place of that.
 */
export function normalizeVoxels<D extends NormalizedDtype>(
  { call, arena }: Kernels,
  voxels: ImageArray,
  dtype: D,
  { scale, offset }: Linear,
): NormalizedArray[D] {
  const { length } = voxels;
  const resultBytes = length * normalizedBytes(dtype);
  const [src, dst] = place(arena, [voxels, resultBytes]);
  const kind = KIND[dtypeOf(voxels)];
  checked('Normalization', call.normalize(src, kind, dst, KIND[dtype], length, scale, offset));
  return new constructors[dtype](copyOut(arena, dst, resultBytes)) as NormalizedArray[D];
}
