import type { ImageArray } from '../core/dtype';
import type { Zyx } from '../core/vec';
import { gaussianWeights } from './gaussian';
import { mirrored } from './mirrored';

/** The plain twin of `smooth`: a whole box in doubles, one axis after the other. */
export function smoothReference(voxels: ImageArray, shapeZyx: Zyx, sigmaZyx: Zyx): Float64Array {
  const [, sizeY, sizeX] = shapeZyx;
  const strides = [sizeY * sizeX, sizeX, 1];
  let values = Float64Array.from(voxels);
  for (const [axis, sigma] of sigmaZyx.entries()) {
    const weights = gaussianWeights(sigma);
    const stride = strides[axis] ?? 1;
    const size = shapeZyx[axis] ?? 1;
    const source = values;
    values = source.map((_, index) => {
      const at = Math.floor(index / stride) % size;
      const valueAt = (position: number) =>
        source[index + (mirrored(position, size) - at) * stride] ?? 0;
      return weights.reduce(
        (sum, weight, distance) =>
          sum +
          weight * (distance === 0 ? valueAt(at) : valueAt(at - distance) + valueAt(at + distance)),
        0,
      );
    });
  }
  return values;
}
