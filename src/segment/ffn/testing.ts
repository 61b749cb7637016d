import { randomNumbers } from '../../core/testing/random';
import { add, volumeOf, type Zyx } from '../../core/vec';
import type { Network } from '../network/network';
import { fieldOfView } from './fov';
import type { FieldSource } from './grow';
import { ffnParams, thresholdsOf } from './params';

/** Of a model whose details say 0.05 and 0.9, and of parameters that say nothing. */
export const testThresholds = thresholdsOf(ffnParams.parse({ model: 'fake' }), {
  padProbability: 0.05,
  moveThreshold: 0.9,
});

/** The highest logit within half a field of view on one axis, whose voxels lie `stride` apart. */
function highestAlong(field: Float32Array, size: number, stride: number): Float32Array {
  const reach = size >> 1;
  return field.map((own, i) => {
    const at = Math.floor(i / stride) % size;
    let best = own;
    for (let step = -Math.min(reach, at); step <= Math.min(reach, size - 1 - at); step++)
      best = Math.max(best, field[i + step * stride] ?? own);
    return best;
  });
}

/**
 * A network for tests that needs no weights: object is what is bright and has object near it. Deterministic, and the same for
 * one field of view or several. `calls` says how many fields of view each application had.
 */
export function fakeNetwork(fieldOfViewZyx: Zyx, maxBatch = 4): Network & { calls: number[] } {
  const voxels = volumeOf(fieldOfViewZyx);
  const [sizeZ, sizeY, sizeX] = fieldOfViewZyx;
  const calls: number[] = [];
  return {
    fieldOfViewZyx,
    maxBatch,
    precision: 'f32',
    adapter: 'a fake',
    calls,
    async apply(image, seed) {
      calls.push(image.length / voxels);
      const logits = new Float32Array(seed.length);
      for (let first = 0; first < seed.length; first += voxels) {
        const field = seed.subarray(first, first + voxels);
        let near = highestAlong(field, sizeX, 1);
        near = highestAlong(near, sizeY, sizeX);
        near = highestAlong(near, sizeZ, sizeX * sizeY);
        for (let i = 0; i < voxels; i++)
          logits[first + i] =
            0.3 * (field[i] ?? 0) +
            0.7 * Math.min(near[i] ?? 0, 3) +
            3 * (image[first + i] ?? 0) -
            0.8;
      }
      return logits;
    },
    dispose() {},
  };
}

/** Fields of view of an image in memory, C-ordered. */
export const fieldsOf = (image: Float32Array, shapeZyx: Zyx, fieldOfViewZyx: Zyx): FieldSource => ({
  read: async (centreZyx) => {
    const { originZyx } = fieldOfView(centreZyx, fieldOfViewZyx);
    const [sizeZ, sizeY, sizeX] = fieldOfViewZyx;
    const field = new Float32Array(volumeOf(fieldOfViewZyx));
    for (let z = 0; z < sizeZ; z++)
      for (let y = 0; y < sizeY; y++) {
        const [az, ay, ax] = add(originZyx, [z, y, 0]);
        const from = (az * shapeZyx[1] + ay) * shapeZyx[2] + ax;
        field.set(image.subarray(from, from + sizeX), (z * sizeY + y) * sizeX);
      }
    return field;
  },
});

/** An image of a bright tube from the middle on, in the dark, with noise: what `fakeNetwork` follows. */
export function tubes(shapeZyx: Zyx, seed: number): Float32Array {
  const next = randomNumbers(seed);
  const image = Float32Array.from({ length: volumeOf(shapeZyx) }, () => -0.9 + 0.3 * next());
  let at = shapeZyx.map((size) => size >> 1) as [number, number, number];
  const way = Array.from({ length: 3 }, (): number => (next() < 0.5 ? 1 : -1));
  for (let step = 0; step < 100; step++) {
    for (let z = -3; z <= 3; z++)
      for (let y = -3; y <= 3; y++)
        for (let x = -3; x <= 3; x++) {
          const place = [at[0] + z, at[1] + y, at[2] + x];
          if (place.some((p, axis) => p < 0 || p >= (shapeZyx[axis] ?? 0))) continue;
          const [pz = 0, py = 0, px = 0] = place;
          image[(pz * shapeZyx[1] + py) * shapeZyx[2] + px] = 0.8 + 0.2 * next();
        }
    const axis = Math.floor(next() * 3);
    const moved = [...at] as [number, number, number];
    moved[axis] = (moved[axis] ?? 0) + (way[axis] ?? 1);
    if (moved.every((p, a) => p >= 0 && p < (shapeZyx[a] ?? 0))) at = moved;
    else way[axis] = -(way[axis] ?? 1);
  }
  return image;
}
