import { describe, expect, it } from 'vitest';
import type { SurfaceMesh } from '../core/surface';
import { isClosed, meshVolume } from './measure';
import { brickBits, countVoxels, cubicNm, extractAll, makeVolume } from './test-volumes';
import { weld } from './weld';

/** A slanted plate with a hole, over seven bricks. */
const plate = makeVolume(
  [100, 100, 100],
  (z, y, x) => Math.abs(z + 0.3 * y - 0.2 * x - 62) < 5 && (y - 60) ** 2 + (x - 66) ** 2 > 81,
);

/** Edges that only one triangle runs along. */
function openEdges({ indices }: Pick<SurfaceMesh, 'indices'>): string[] {
  const open = new Set<string>();
  for (let at = 0; at < indices.length; at++) {
    const [from, to] = [indices[at], indices[at % 3 === 2 ? at - 2 : at + 1]];
    if (!open.delete(`${to} ${from}`)) open.add(`${from} ${to}`);
  }
  return [...open];
}

describe('skirts', () => {
  const bare = extractAll(plate, cubicNm);
  const pieces = extractAll(plate, cubicNm, true);

  it('leave the surface as it is: without them it welds to the same mesh', () => {
    expect(brickBits(plate).size).toBe(7);
    const [mesh, expected] = [weld(pieces), weld(bare)];
    for (const array of ['positions', 'normals', 'indices'] as const)
      expect(
        Buffer.compare(Buffer.from(mesh[array].buffer), Buffer.from(expected[array].buffer)),
      ).toBe(0);
    expect(isClosed(mesh)).toBe(true);
    expect(Math.abs(meshVolume(mesh) / countVoxels(plate) - 1)).toBeLessThan(0.02);
  });

  it('hang below each open edge, and below no other', () => {
    for (const piece of pieces) {
      const { positions, indices, skirtVertices, skirtIndices } = piece;
      const open = openEdges({ indices: indices.subarray(0, indices.length - skirtIndices) });
      expect(open.length).toBeGreaterThan(20);
      expect(skirtIndices).toBe(open.length * 6);
      const onEdges = new Set(open.flatMap((edge) => edge.split(' ')));
      expect(skirtVertices).toBe(2 * onEdges.size);
      // Nothing of the skirt hangs on the surface's own vertices.
      const first = positions.length / 3 - skirtVertices;
      expect(indices.subarray(indices.length - skirtIndices).every((at) => at >= first)).toBe(true);
    }
  });

  it('go from a tenth of a voxel below the surface to a little more than a voxel', () => {
    for (const { positions, normals, skirtVertices } of pieces) {
      const first = positions.length / 3 - skirtVertices;
      for (let rim = first; rim < first + skirtVertices; rim += 2) {
        let depth = 0;
        for (let axis = 0; axis < 3; axis++)
          depth +=
            ((positions[rim * 3 + axis] ?? 0) - (positions[rim * 3 + 3 + axis] ?? 0)) *
            (normals[rim * 3 + axis] ?? 0);
        expect(depth).toBeCloseTo(1.15, 3);
      }
    }
  });
});
