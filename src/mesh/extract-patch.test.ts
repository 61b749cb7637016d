import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SurfaceMesh } from '../core/surface';
import { add, subtract, type Zyx } from '../core/vec';
import { extractPatch } from './extract-patch';
import { eulerCharacteristic, isClosed, meshVolume } from './measure';
import { padMask } from './padded-mask';
import {
  type BinaryVolume,
  brickBits,
  countVoxels,
  cubicNm,
  extractAll,
  makeVolume,
  meshOf,
} from './test-volumes';

const ball = (shapeZyx: Zyx, [cz, cy, cx]: Zyx, radius: number): BinaryVolume =>
  makeVolume(
    shapeZyx,
    (z, y, x) => (z - cz) ** 2 + (y - cy) ** 2 + (x - cx) ** 2 < radius * radius,
  );

/** A slanted tube through three bricks and both borders of the volume. */
const tube = (radius: number): BinaryVolume =>
  makeVolume(
    [64, 80, 140],
    (z, y, x) => (z - 25 - x * 0.1) ** 2 + (y - 60 - x * 0.05) ** 2 < radius * radius,
  );

const volumeError = (volume: BinaryVolume, mesh: SurfaceMesh): number =>
  meshVolume(mesh) / countVoxels(volume) - 1;

/** How far the longest or shortest normal is from a length of 1. */
const lengthError = ({ normals }: SurfaceMesh): number => {
  let worst = 0;
  for (let at = 0; at < normals.length; at += 3) {
    const length = Math.hypot(normals[at] ?? 0, normals[at + 1] ?? 0, normals[at + 2] ?? 0);
    worst = Math.max(worst, Math.abs(length - 1));
  }
  return worst;
};

/** Root mean square of the angles, in degrees, between the normals and `expected` (z, y, x) at the vertices. */
function normalError(
  { positions, normals }: SurfaceMesh,
  expected: (z: number, y: number, x: number, vertex: number) => Zyx,
): number {
  let sum = 0;
  for (let at = 0; at < positions.length; at += 3) {
    const [x = 0, y = 0, z = 0] = positions.subarray(at, at + 3);
    const [nx = 0, ny = 0, nz = 0] = normals.subarray(at, at + 3);
    const [ez, ey, ex] = expected(z, y, x, at / 3);
    const cosine = (nx * ex + ny * ey + nz * ez) / Math.hypot(ex, ey, ez);
    sum += Math.acos(Math.min(1, cosine)) ** 2;
  }
  return (Math.sqrt(sum / (positions.length / 3)) * 180) / Math.PI;
}

/** The sum of the normals of each vertex's triangles, weighted by their areas: z, y, x. */
function triangleNormals({ positions, indices }: SurfaceMesh): Zyx[] {
  const sums: Zyx[] = Array.from({ length: positions.length / 3 }, () => [0, 0, 0]);
  const at = (vertex: number): Zyx => [
    positions[vertex * 3 + 2] ?? 0,
    positions[vertex * 3 + 1] ?? 0,
    positions[vertex * 3] ?? 0,
  ];
  for (let first = 0; first < indices.length; first += 3) {
    const [a = 0, b = 0, c = 0] = indices.subarray(first, first + 3);
    const [uz, uy, ux] = subtract(at(b), at(a));
    const [vz, vy, vx] = subtract(at(c), at(a));
    const normal: Zyx = [ux * vy - uy * vx, uz * vx - ux * vz, uy * vz - uz * vy];
    for (const vertex of [a, b, c]) sums[vertex] = add(sums[vertex] ?? [0, 0, 0], normal);
  }
  return sums;
}

describe('extractPatch', () => {
  it('closes a ball over eight bricks: one part, its volume, outward normals, no stairs', () => {
    const volume = ball([100, 100, 100], [60, 62, 64], 30);
    const mesh = meshOf(volume, cubicNm);
    expect(isClosed(mesh)).toBe(true);
    expect(eulerCharacteristic(mesh)).toBe(2);
    expect(Math.abs(volumeError(volume, mesh))).toBeLessThan(0.002);
    // The voxels' own stairs are 19° off; twelve steps of Taubin's alternation leave 10°, these eleven 3.6°.
    expect(normalError(mesh, (z, y, x) => [z - 60, y - 62, x - 64])).toBeLessThan(5.5);
  });

  it.each([
    [2.2, 0.05],
    [3, 0.02],
    [6, 0.005],
  ])('keeps the volume of a tube of radius %d that leaves the volume', (radius, tolerance) => {
    const volume = tube(radius);
    const mesh = meshOf(volume, cubicNm);
    expect(isClosed(mesh)).toBe(true);
    expect(eulerCharacteristic(mesh)).toBe(2);
    expect(Math.abs(volumeError(volume, mesh))).toBeLessThan(tolerance);
  });

  it('closes masks that touch every border', () => {
    const volume = makeVolume([64, 65, 70], () => true);
    const mesh = meshOf(volume, cubicNm);
    expect(isClosed(mesh)).toBe(true);
    expect(eulerCharacteristic(mesh)).toBe(2);
    expect(Math.abs(volumeError(volume, mesh))).toBeLessThan(0.005);
  });

  it('places voxels of any size in nanometres, with normals at right angles to the surface', () => {
    const geometry = { voxelSizeNm: [16, 8, 4], originNm: [1e4, -2e4, 3e4] } as const;
    const [cz, cy, cx] = [16, 64, 70];
    const volume = makeVolume(
      [34, 128, 150],
      (z, y, x) => ((z - cz) * 16) ** 2 + ((y - cy) * 8) ** 2 + ((x - cx) * 4) ** 2 < 220 ** 2,
    );
    const mesh = meshOf(volume, geometry);
    const voxelNm3 = 16 * 8 * 4;
    expect(isClosed(mesh)).toBe(true);
    expect(Math.abs(meshVolume(mesh) / (countVoxels(volume) * voxelNm3) - 1)).toBeLessThan(0.02);
    const sums = triangleNormals(mesh);
    expect(normalError(mesh, (_z, _y, _x, vertex) => sums[vertex] ?? [0, 0, 0])).toBeLessThan(3);
    const centre: Zyx = [1e4 + cz * 16, -2e4 + cy * 8, 3e4 + cx * 4];
    expect(normalError(mesh, (z, y, x) => subtract([z, y, x], centre))).toBeLessThan(10);
    for (let axis = 0; axis < 3; axis++) {
      const values = mesh.positions.filter((_, at) => at % 3 === axis);
      const middle = values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(Math.abs(middle - (centre[2 - axis] ?? 0))).toBeLessThan(2);
    }
  });

  it('makes a closed surface with unit normals of a single voxel', () => {
    const mesh = meshOf(
      makeVolume([3, 3, 3], (z, y, x) => z === 1 && y === 1 && x === 1),
      cubicNm,
    );
    expect(mesh.indices.length).toBe(36);
    expect(isClosed(mesh)).toBe(true);
    expect(meshVolume(mesh)).toBeGreaterThan(0);
    expect(lengthError(mesh)).toBeLessThan(1e-6);
  });

  it('gives empty arrays where a brick has no surface of its own', () => {
    const full = brickBits(makeVolume([64, 64, 64], () => true)).get(0);
    const inside = extractPatch(
      padMask(() => full, [1, 1, 1]),
      [1, 1, 1],
      cubicNm,
    );
    const outside = extractPatch(
      padMask(() => undefined, [0, 0, 0]),
      [0, 0, 0],
      cubicNm,
    );
    for (const patch of [inside, outside])
      expect([patch.positions.length, patch.normals.length, patch.indices.length]).toEqual([
        0, 0, 0,
      ]);
  });

  it('is watertight on noise across seams, at any density', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        fc.double({ min: 0.02, max: 0.98, noNaN: true }),
        fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 50, max: 62 }))),
        (seed, density, first) => {
          let state = seed;
          const noise = () => {
            state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
            return state / 2 ** 32;
          };
          const volume = makeVolume([70, 70, 70], (z, y, x) =>
            [z, y, x].every((at, axis) => at >= (first[axis] ?? 0)) ? noise() < density : false,
          );
          const mesh = meshOf(volume, { voxelSizeNm: [30, 7.3, 4.1], originNm: [0.3, 11, 5e5] });
          expect(isClosed(mesh)).toBe(true);
          expect(lengthError(mesh)).toBeLessThan(1e-6);
        },
      ),
      { numRuns: 12 },
    );
  }, 30_000);

  it('is watertight and keeps its volume on blobs across seams', () => {
    const centre = fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 45, max: 80 })));
    const blob = fc.record({ centre, radius: fc.integer({ min: 6, max: 14 }) });
    fc.assert(
      fc.property(fc.array(blob, { minLength: 1, maxLength: 5 }), (blobs) => {
        const volume = makeVolume([90, 90, 90], (z, y, x) =>
          blobs.some(
            ({ centre: [cz = 0, cy = 0, cx = 0], radius }) =>
              (z - cz) ** 2 + (y - cy) ** 2 + (x - cx) ** 2 < radius * radius,
          ),
        );
        const mesh = meshOf(volume, cubicNm);
        expect(isClosed(mesh)).toBe(true);
        expect(Math.abs(volumeError(volume, mesh))).toBeLessThan(0.01);
      }),
      { numRuns: 6 },
    );
  }, 30_000);

  it('finds the same bits on both sides of a seam', () => {
    const volume = ball([100, 100, 100], [63, 63, 63], 20);
    const patches = extractAll(volume, { voxelSizeNm: [9.7, 3.1, 3.3], originNm: [7e5, 0.1, 3] });
    expect(patches).toHaveLength(8);
    const text = (patch: SurfaceMesh, at: number) =>
      [...patch.positions.subarray(at, at + 3), ...patch.normals.subarray(at, at + 3)].join();
    const owners = new Map<string, number>();
    for (const patch of patches)
      for (let at = 0; at < patch.positions.length; at += 3)
        owners.set(text(patch, at), (owners.get(text(patch, at)) ?? 0) + 1);
    const shared = [...owners.values()].filter((count) => count > 1).length;
    // Three great circles, about one vertex and a half a voxel.
    expect(shared).toBeGreaterThan(300);
    expect(isClosed(meshOf(volume, cubicNm))).toBe(true);
    expect(patches.some((patch) => isClosed(patch))).toBe(false);
  });
});
