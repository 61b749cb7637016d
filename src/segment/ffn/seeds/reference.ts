/** Plain twins of the steps to the seeds, whole volumes at once, by their definitions. For tests. */
import { volumeOf, type Zyx } from '../../../core/vec';
import { mirrored } from '../../../normalize/mirrored';
import { gaussianWeights } from './edge-planes';
import { Twister } from './twister';

type Values = ArrayLike<number>;

function* voxelsOf([sizeZ, sizeY, sizeX]: Zyx): Generator<Zyx> {
  for (let z = 0; z < sizeZ; z++)
    for (let y = 0; y < sizeY; y++) for (let x = 0; x < sizeX; x++) yield [z, y, x];
}

const indexOf = ([, sizeY, sizeX]: Zyx, [z, y, x]: Zyx): number => (z * sizeY + y) * sizeX + x;

const mirroredIn = (shapeZyx: Zyx, zyx: Zyx): Zyx => [
  mirrored(zyx[0], shapeZyx[0]),
  mirrored(zyx[1], shapeZyx[1]),
  mirrored(zyx[2], shapeZyx[2]),
];

const SMOOTH = [1, 2, 1];

/** Sobel's operator: its 27 weights along each axis, the root of the sum of squares. */
export function gradientReference(image: Values, shapeZyx: Zyx): Float32Array {
  const magnitudes = new Float32Array(volumeOf(shapeZyx));
  for (const zyx of voxelsOf(shapeZyx)) {
    const sums = [0, 0, 0];
    for (const offset of voxelsOf([3, 3, 3])) {
      const at = mirroredIn(shapeZyx, [
        zyx[0] + offset[0] - 1,
        zyx[1] + offset[1] - 1,
        zyx[2] + offset[2] - 1,
      ]);
      const value = image[indexOf(shapeZyx, at)] ?? 0;
      for (const axis of [0, 1, 2] as const) {
        const weights = offset.map((step, other) =>
          other === axis ? step - 1 : (SMOOTH[step] ?? 0),
        );
        sums[axis] = (sums[axis] ?? 0) + value * weights.reduce((a, b) => a * b, 1);
      }
    }
    magnitudes[indexOf(shapeZyx, zyx)] = Math.hypot(...sums);
  }
  return magnitudes;
}

/** A Gaussian's mean around each voxel, by the weights of three axes. */
export function blurReference(values: Values, shapeZyx: Zyx, sigma: number): Float64Array {
  const weights = gaussianWeights(sigma);
  const radius = weights.length - 1;
  let blurred = Float64Array.from(values);
  for (const axis of [0, 1, 2] as const) {
    const next = new Float64Array(blurred.length);
    for (const zyx of voxelsOf(shapeZyx))
      for (let step = -radius; step <= radius; step++) {
        const at: [number, number, number] = [...zyx];
        at[axis] += step;
        const i = indexOf(shapeZyx, zyx);
        const value = blurred[indexOf(shapeZyx, mirroredIn(shapeZyx, at))] ?? 0;
        next[i] = (next[i] ?? 0) + value * (weights[Math.abs(step)] ?? 0);
      }
    blurred = next;
  }
  return blurred;
}

/** The least square of a distance to any edge; Infinity where there is none. */
export function distanceReference(edges: Values, shapeZyx: Zyx): Float64Array {
  const all = [...voxelsOf(shapeZyx)];
  const set = all.filter((zyx) => edges[indexOf(shapeZyx, zyx)]);
  return Float64Array.from(all, (zyx) =>
    set.reduce(
      (least, edge) =>
        Math.min(
          least,
          (edge[0] - zyx[0]) ** 2 + (edge[1] - zyx[1]) ** 2 + (edge[2] - zyx[2]) ** 2,
        ),
      Number.POSITIVE_INFINITY,
    ),
  );
}

/** Voxels of positive value that are the greatest of all within a cube, and not within `distance` of the border. */
export function peaksReference(values: Values, shapeZyx: Zyx, distance: number): Zyx[] {
  const all = [...voxelsOf(shapeZyx)];
  return all.filter((zyx) => {
    const value = values[indexOf(shapeZyx, zyx)] ?? 0;
    const isInside = zyx.every(
      (at, axis) => at >= distance && at < (shapeZyx[axis] ?? 0) - distance,
    );
    return (
      value > 0 &&
      isInside &&
      all.every(
        (other) =>
          other.some((at, axis) => Math.abs(at - (zyx[axis] ?? 0)) > distance) ||
          (values[indexOf(shapeZyx, other)] ?? 0) <= value,
      )
    );
  });
}

/** All steps one after the other. */
export function seedsReference(image: Values, shapeZyx: Zyx, sigma: number): Zyx[] {
  const magnitudes = gradientReference(image, shapeZyx);
  const means = Float32Array.from(blurReference(magnitudes, shapeZyx, sigma));
  const edges = magnitudes.map((magnitude, i) => (magnitude > (means[i] ?? 0) ? 1 : 0));
  if (!edges.includes(1)) return [];
  const noise = new Twister(42);
  const values = distanceReference(edges, shapeZyx).map(
    (square) => Math.fround(Math.sqrt(square)) + noise.random() * 1e-4,
  );
  return peaksReference(values, shapeZyx, 3);
}
