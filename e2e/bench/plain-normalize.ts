/** What one would write without WebAssembly: the plain contenders of the suite `normalize`. */
import type { ImageArray } from '../../src/core/dtype';
import type { Zyx } from '../../src/core/vec';
import type { Linear } from '../../src/normalize/linear';

/** value · scale + offset into an array that rounds as its type does. */
export function plainNormalize(
  voxels: ImageArray,
  { scale, offset }: Linear,
  result: Float32Array | Uint8ClampedArray,
): void {
  for (let at = 0; at < voxels.length; at++) result[at] = (voxels[at] as number) * scale + offset;
}

/** Minimum, maximum, sum and sum of squares. */
export function plainStatistics(voxels: ImageArray) {
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let squares = 0;
  for (let at = 0; at < voxels.length; at++) {
    const value = voxels[at] as number;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
    sum += value;
    squares += value * value;
  }
  return { minimum, maximum, sum, squares };
}

/** The offset of the voxel that a position beyond the ends is mirrored to, by less than the size. */
function mirrored(at: number, size: number): number {
  if (at < 0) return -1 - at;
  return at < size ? at : 2 * size - 1 - at;
}

function smoothAxis(
  src: ImageArray,
  dst: Float32Array,
  size: number,
  stride: number,
  weights: Float32Array,
): void {
  for (let index = 0; index < src.length; index++) {
    const at = Math.floor(index / stride) % size;
    const first = index - at * stride;
    let sum = Math.fround((src[index] as number) * (weights[0] as number));
    for (let distance = 1; distance < weights.length; distance++) {
      const below = src[first + mirrored(at - distance, size) * stride] as number;
      const above = src[first + mirrored(at + distance, size) * stride] as number;
      const both = Math.fround(below + above);
      sum = Math.fround(sum + Math.fround(both * (weights[distance] as number)));
    }
    dst[index] = sum;
  }
}

/** Smooths along z, y and x in float32, by the same weights along each. */
export function plainSmooth(voxels: ImageArray, shapeZyx: Zyx, weights: Float32Array) {
  const [sizeZ, sizeY, sizeX] = shapeZyx;
  const first = new Float32Array(voxels.length);
  const second = new Float32Array(voxels.length);
  smoothAxis(voxels, first, sizeZ, sizeY * sizeX, weights);
  smoothAxis(first, second, sizeY, sizeX, weights);
  smoothAxis(second, first, sizeX, 1, weights);
  return first;
}
