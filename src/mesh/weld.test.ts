import { expect, it } from 'vitest';
import type { SurfacePiece } from '../core/surface';
import { isClosed, meshVolume } from './measure';
import { weld } from './weld';

/** A tetrahedron with corners 0, x, y, z, as one patch for each triangle, counter-clockwise seen from outside. */
const corners = [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1];
const faces = [
  [0, 2, 1],
  [0, 1, 3],
  [0, 3, 2],
  [1, 2, 3],
];
const at = (corner: number): number[] => corners.slice(corner * 3, corner * 3 + 3);
const triangle = (face: number[]): SurfacePiece => ({
  positions: Float32Array.from(face.flatMap(at)),
  normals: Float32Array.from(face.flatMap((corner) => (corner === 0 ? [1, 0, 0] : at(corner)))),
  indices: Uint32Array.of(0, 1, 2),
  skirtVertices: 0,
  skirtIndices: 0,
});

it('joins patches whose vertices agree into a closed mesh', () => {
  const mesh = weld(faces.map(triangle));
  expect(mesh.positions.length).toBe(12);
  expect(mesh.normals.length).toBe(12);
  expect(isClosed(mesh)).toBe(true);
  expect(meshVolume(mesh)).toBeCloseTo(1 / 6, 12);
});

it('leaves a missing or turned triangle open', () => {
  expect(isClosed(weld(faces.slice(1).map(triangle)))).toBe(false);
  const turned = [...faces.slice(1), [0, 1, 2]];
  expect(isClosed(weld(turned.map(triangle)))).toBe(false);
});

it('keeps vertices apart that differ in the last bit or in their normal', () => {
  const [first] = faces.map(triangle);
  if (!first) throw new Error('no triangle');
  const moved = { ...first, positions: first.positions.map((value) => value + 2 ** -24) };
  const turned = { ...first, normals: first.normals.map((value) => -value) };
  expect(weld([first, first]).positions.length).toBe(9);
  expect(weld([first, moved]).positions.length).toBeGreaterThan(9);
  expect(weld([first, turned]).positions.length).toBe(18);
});

it('makes an empty mesh of nothing', () => {
  expect(weld([]).indices.length).toBe(0);
  expect(isClosed(weld([]))).toBe(true);
});
