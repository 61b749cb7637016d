import path from 'node:path';
import FileSystemStore from '@zarrita/storage/fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as zarr from 'zarrita';
import type { ImageArray } from '../../../core/dtype';
import { volumeOf, type Zyx } from '../../../core/vec';
import { readFib25 } from '../../../mesh/test-volumes';
import { DistancePlanes, isKnown, PlaneBits } from './distance-planes';
import { EdgePlanes, gaussianWeights } from './edge-planes';
import { GradientPlanes } from './gradient-planes';
import { PeakPlanes } from './peak-planes';
import { peakSeeds } from './peak-seeds';
import {
  blurReference,
  distanceReference,
  gradientReference,
  peaksReference,
  seedsReference,
} from './reference';
import { Twister } from './twister';

const dataFolder = process.env.FLOODLIGHT_DATA ?? '../shared/data';

const shapeUpTo = (most: number) => {
  const size = fc.integer({ min: 1, max: most });
  return fc.tuple(size, size, size);
};
const seed = fc.nat(2 ** 31);
const propertyOf = (most: number) => ({ shapeZyx: shapeUpTo(most), seed });

/** Values in [0, 1), the same for a seed. */
function noise(shapeZyx: Zyx, from: number): Float32Array {
  const twister = new Twister(from);
  return Float32Array.from({ length: volumeOf(shapeZyx) }, () => twister.random());
}
const bytes = (shapeZyx: Zyx, from: number): Uint8Array =>
  Uint8Array.from(noise(shapeZyx, from), (value) => value * 256);

function planesOf<A extends ImageArray>(volume: A, [sizeZ, sizeY, sizeX]: Zyx): A[] {
  const voxels = sizeY * sizeX;
  return Array.from(
    { length: sizeZ },
    (_, z) => volume.subarray(z * voxels, (z + 1) * voxels) as A,
  );
}

const seedsOf = (image: ImageArray, shapeZyx: Zyx, sigma?: number, rests: number[] = []) =>
  peakSeeds(
    {
      shapeZyx,
      readPlanes: async (first, end) => {
        const voxels = shapeZyx[1] * shapeZyx[2];
        return image.subarray(first * voxels, end * voxels);
      },
      rest: async (share) => void rests.push(share),
    },
    sigma,
  );

describe('Twister', () => {
  it('gives the numbers that numpy.random.seed(42) begins', () => {
    const twister = new Twister(42);
    expect([twister.random(), twister.random(), twister.random()]).toEqual([
      0.3745401188473625, 0.9507143064099162, 0.7319939418114051,
    ]);
    for (let i = 0; i < 699; i++) twister.random();
    expect(twister.random()).toBe(0.3366042781939206);
  });
});

describe('plane by plane as whole volumes', () => {
  it('gradients', () => {
    fc.assert(
      fc.property(fc.record(propertyOf(6)), ({ shapeZyx, seed }) => {
        const image = bytes(shapeZyx, seed);
        const gradient = new GradientPlanes(shapeZyx[1], shapeZyx[2]);
        const planes = planesOf(image, shapeZyx).flatMap((plane) => gradient.push(plane) ?? []);
        const end = gradient.end();
        const found = [...planes, ...(end ? [end] : [])].flatMap((plane) => [...plane]);
        expect(found).toEqual([...gradientReference(image, shapeZyx)]);
      }),
    );
  });

  it('edges, also where the mean reaches past both ends', () => {
    fc.assert(
      fc.property(
        fc.record({ ...propertyOf(7), sigma: fc.constantFrom(0.3, 1, 2.6) }),
        ({ shapeZyx, seed, sigma }) => {
          const magnitudes = noise(shapeZyx, seed);
          const edges = new EdgePlanes(...shapeZyx, sigma);
          const found = planesOf(magnitudes, shapeZyx).flatMap((plane) => edges.push(plane));
          expect(found.length).toBe(shapeZyx[0]);
          const means = blurReference(magnitudes, shapeZyx, sigma);
          const isEdge = found.flatMap((plane) => [...plane]);
          for (const [i, mean] of means.entries()) {
            const magnitude = magnitudes[i] ?? 0;
            if (Math.abs(magnitude - mean) > 1e-6) expect(isEdge[i]).toBe(magnitude > mean ? 1 : 0);
          }
        },
      ),
    );
    // As scipy.ndimage cuts it off.
    expect(gaussianWeights(49 / 6).length).toBe(34);
  });

  it('distances, exactly', () => {
    fc.assert(
      fc.property(
        fc.record({ ...propertyOf(9), share: fc.constantFrom(0, 0.01, 0.1, 0.7) }),
        ({ shapeZyx, seed, share }) => {
          const edges = Uint8Array.from(noise(shapeZyx, seed), (value) => (value < share ? 1 : 0));
          const bits = new PlaneBits(shapeZyx[0], shapeZyx[1] * shapeZyx[2]);
          for (const [z, plane] of planesOf(edges, shapeZyx).entries()) bits.set(z, plane);
          const distances = new DistancePlanes(bits, shapeZyx[1], shapeZyx[2]);
          const found = Array.from({ length: shapeZyx[0] }, () => [...distances.pull()]).flat();
          const known = found.map((square) =>
            isKnown(square) ? square : Number.POSITIVE_INFINITY,
          );
          expect(known).toEqual([...distanceReference(edges, shapeZyx)]);
        },
      ),
    );
  });

  it('peaks, plateaus among them', () => {
    fc.assert(
      fc.property(
        fc.record({ ...propertyOf(9), distance: fc.integer({ min: 1, max: 3 }) }),
        ({ shapeZyx, seed, distance }) => {
          const values = Float64Array.from(noise(shapeZyx, seed), (value) => Math.floor(value * 9));
          const peaks = new PeakPlanes(shapeZyx[1], shapeZyx[2], distance);
          const voxels = shapeZyx[1] * shapeZyx[2];
          const found = Array.from({ length: shapeZyx[0] }, (_, z) =>
            peaks.push(values.slice(z * voxels, (z + 1) * voxels)),
          ).flat();
          expect(found).toEqual(peaksReference(values, shapeZyx, distance));
        },
      ),
    );
  });

  it('seeds', async () => {
    const size = fc.integer({ min: 7, max: 12 });
    await fc.assert(
      fc.asyncProperty(fc.tuple(size, size, size), seed, async (shapeZyx, from) => {
        const image = bytes(shapeZyx, from);
        expect(await seedsOf(image, shapeZyx, 1)).toEqual(seedsReference(image, shapeZyx, 1));
      }),
      { numRuns: 15 },
    );
  });
});

describe('peakSeeds', () => {
  it('finds none where nothing has an edge', async () => {
    expect(await seedsOf(new Uint8Array(1000).fill(7), [10, 10, 10])).toEqual([]);
    expect(await seedsOf(new Uint8Array(2), [1, 1, 2])).toEqual([]);
  });

  it('finds the middles of what walls enclose', async () => {
    // Rooms of 15³ between walls of one voxel: edges lie on both sides of each wall.
    const shapeZyx: Zyx = [33, 33, 33];
    const image = Uint8Array.from({ length: volumeOf(shapeZyx) }, (_, i) =>
      [Math.floor(i / 33 ** 2), Math.floor(i / 33) % 33, i % 33].some((at) => at % 16 === 0)
        ? 0
        : 200,
    );
    const seeds = await seedsOf(image, shapeZyx);
    const middles = [8, 24].flatMap((z) => [8, 24].flatMap((y) => [8, 24].map((x) => [z, y, x])));
    for (const middle of middles) expect(seeds).toContainEqual(middle);
  });

  it('tells how far it is, and ends where it is told to', async () => {
    const image = bytes([8, 9, 10], 1);
    const rests: number[] = [];
    await seedsOf(image, [8, 9, 10], 1, rests);
    expect(rests).toEqual(rests.toSorted((a, b) => a - b));
    expect(rests.at(-1)).toBe(1);
    const source = { shapeZyx: [8, 9, 10] as Zyx, readPlanes: async () => image };
    const rest = () => Promise.reject(new Error('enough'));
    await expect(peakSeeds({ ...source, rest })).rejects.toThrow('enough');
  });

  it('finds a seed for each segment that google/ffn found in fib25, and in the same order', async () => {
    const { shapeZyx, data } = await readFib25();
    const store = new FileSystemStore(
      path.resolve(dataFolder, 'fib25/em.zarr/labels/google_ffn/0'),
    );
    const { data: labels } = await zarr.get(await zarr.open.v2(store, { kind: 'array' }));
    const ids = labels as Uint32Array;
    const seeds = await seedsOf(data, shapeZyx);
    expect(seeds.length).toBe(17_524);
    // By id, the first seed that lies in it and has a field of view around it.
    const firsts = new Map<number, number>();
    for (const [index, [z, y, x]] of seeds.entries()) {
      if (![z, y, x].every((at) => at >= 16 && at < 250 - 16)) continue;
      const id = ids[(z * 250 + y) * 250 + x] ?? 0;
      if (id !== 0 && !firsts.has(id)) firsts.set(id, index);
    }
    expect(firsts.size).toBe(new Set(ids).size - 1);
    // Ids were given in the order of seeds; later on a seed may have lain in what was not yet segmented, and failed.
    const early = Array.from({ length: 20 }, (_, i) => firsts.get(i + 1) ?? -1);
    expect(early).toEqual(early.toSorted((a, b) => a - b));
  }, 60_000);
});
