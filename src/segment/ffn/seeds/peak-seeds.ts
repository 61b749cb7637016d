import type { ImageArray } from '../../../core/dtype';
import type { Zyx } from '../../../core/vec';
import { DistancePlanes, isKnown, PlaneBits } from './distance-planes';
import { EdgePlanes } from './edge-planes';
import { GradientPlanes } from './gradient-planes';
import { PeakPlanes } from './peak-planes';
import { Twister } from './twister';

/** As google/ffn's policy “peaks” has them, in voxels. */
const SIGMA = 49 / 6;
const DISTANCE = 3;
const NOISE_SEED = 42;
const NOISE = 1e-4;

/** Planes that are read at once. */
const PLANES_AT_ONCE = 32;

/** Where the image comes from, and who is let in between planes. */
export interface SeedSource {
  readonly shapeZyx: Zyx;
  /** The planes of z from `first` up to, not including, `end`, C-ordered. */
  readPlanes(first: number, end: number): Promise<ImageArray>;
  /** Called between planes; may throw to end it. `share` is how much is done, 0 to 1. */
  rest(share: number): Promise<void>;
}

/** Which part of the time the edges take. */
const EDGES_SHARE = 0.7;

/** The edges of the image, as bits. */
async function edgesOf({ shapeZyx, readPlanes, rest }: SeedSource, sigma: number) {
  const [sizeZ, sizeY, sizeX] = shapeZyx;
  const voxels = sizeY * sizeX;
  const bits = new PlaneBits(sizeZ, voxels);
  const gradient = new GradientPlanes(sizeY, sizeX);
  const edges = new EdgePlanes(sizeZ, sizeY, sizeX, sigma);
  let z = 0;
  const take = (magnitudes: Float32Array | undefined) => {
    if (magnitudes) for (const plane of edges.push(magnitudes)) bits.set(z++, plane);
  };
  for (let first = 0; first < sizeZ; first += PLANES_AT_ONCE) {
    const end = Math.min(first + PLANES_AT_ONCE, sizeZ);
    const planes = await readPlanes(first, end);
    for (let plane = first; plane < end; plane++) {
      const from = (plane - first) * voxels;
      take(gradient.push(planes.subarray(from, from + voxels)));
      await rest((EDGES_SHARE * plane) / sizeZ);
    }
  }
  take(gradient.end());
  return bits;
}

/**
 * Places to begin segments at, in the middle of what edges enclose, in z, y, x order: voxels farthest from strong edges, a little noise
 * deciding between equals. By google/ffn's policy “peaks” (M. Januszewski et al., Nature Methods 2018): edges are where Sobel's gradient exceeds its
 * Gaussian mean; the seeds are local maxima of the exact distance to them. None nearer than three voxels to the border. Holds some 70 planes and a
 * bit a voxel.
 */
export async function peakSeeds(source: SeedSource, sigma = SIGMA): Promise<Zyx[]> {
  const [sizeZ, sizeY, sizeX] = source.shapeZyx;
  const bits = await edgesOf(source, sigma);
  const distances = new DistancePlanes(bits, sizeY, sizeX);
  const peaks = new PeakPlanes(sizeY, sizeX, DISTANCE);
  const noise = new Twister(NOISE_SEED);
  const seeds: Zyx[] = [];
  for (let z = 0; z < sizeZ; z++) {
    const values = distances.pull();
    // Without an edge anywhere no voxel is in the middle of anything.
    if (!isKnown(values[0] ?? 0)) return [];
    for (let i = 0; i < values.length; i++)
      values[i] = Math.fround(Math.sqrt(values[i] ?? 0)) + noise.random() * NOISE;
    seeds.push(...peaks.push(values));
    await source.rest(EDGES_SHARE + ((1 - EDGES_SHARE) * (z + 1)) / sizeZ);
  }
  return seeds;
}
