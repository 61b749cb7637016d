import type { Box } from '../core/box';
import { bytesOf, type ImageArray } from '../core/dtype';
import { volumeOf, type Zyx } from '../core/vec';
import { arrayOf, checked, copyOut, dtypeOf, type Kernels, KIND, place } from './kernels';

/** How many standard deviations a filter reaches to each side, as in SciPy. */
const TRUNCATE = 4;

/** Voxels to each side that smoothing by `sigmaVoxels` looks at: the halo that a box needs where the volume goes on. */
export const gaussianRadius = (sigmaVoxels: number, truncate = TRUNCATE): number =>
  Math.floor(truncate * sigmaVoxels + 0.5);

/** The weights of the distances 0 to `gaussianRadius`; those of both sides together are 1. */
export function gaussianWeights(sigmaVoxels: number, truncate = TRUNCATE): number[] {
  const radius = gaussianRadius(sigmaVoxels, truncate);
  const heights = Array.from({ length: radius + 1 }, (_, distance) =>
    distance === 0 ? 1 : Math.exp(-0.5 * (distance / sigmaVoxels) ** 2),
  );
  const total = heights.reduce((sum, height) => sum + 2 * height, -1);
  return heights.map((height) => height / total);
}

export interface GaussianOptions {
  /** The standard deviation along each axis, in voxels; 0 leaves an axis as it is. */
  readonly sigmaZyx: Zyx;
  /** The part of the source to calculate; the rest of the source is its halo. Without it: all. */
  readonly box?: Box;
  /** float32, or, for integers, rounded to nearest even as the source's own kind. */
  readonly dtype?: 'float32' | 'source';
  readonly truncate?: number;
}

/**
 * Smooths a box of voxels by a Gaussian along each axis, calculated in float32. `voxels` (C order, `shapeZyx`) hold the box and
 * its halo of `gaussianRadius`, at most 512; where they end sooner they are mirrored, the last voxel included (SciPy's
 * `reflect`). NaN spreads as far as the filter reaches.
 */
export function smooth(
  { call, arena }: Kernels,
  voxels: ImageArray,
  shapeZyx: Zyx,
  { sigmaZyx, box, dtype = 'float32', truncate = TRUNCATE }: GaussianOptions,
): ImageArray {
  const { originZyx, shapeZyx: resultZyx } = box ?? { originZyx: [0, 0, 0] as const, shapeZyx };
  const axes = sigmaZyx.map((sigma) => gaussianWeights(sigma, truncate));
  const boxes = new Int32Array([...shapeZyx, ...originZyx, ...resultZyx]);
  const weights = new Float32Array(axes.flat());
  const radii = new Int32Array(axes.map((axis) => axis.length - 1));
  const [askedBox, askedRadii] = place(arena, [boxes, radii]);
  const scratchBytes = checked('Smoothing', call.gaussian_scratch(askedBox, askedRadii));

  const source = dtypeOf(voxels);
  const target = dtype === 'source' ? source : dtype;
  const resultBytes = volumeOf(resultZyx) * bytesOf[target];
  const [boxAt, radiiAt, weightsAt, src, dst, scratch] = place(arena, [
    boxes,
    radii,
    weights,
    voxels,
    resultBytes,
    scratchBytes,
  ]);
  const numbers = [src, KIND[source], dst, KIND[target], boxAt, weightsAt, radiiAt];
  checked('Smoothing', call.gaussian(...numbers, scratch, scratchBytes));
  return arrayOf(target, copyOut(arena, dst, resultBytes));
}
