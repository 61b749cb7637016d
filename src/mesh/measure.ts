import type { SurfaceMesh } from '../core/surface';

/** The volume that a closed mesh encloses, in nm³: positive when triangles are counter-clockwise seen from outside (divergence theorem). */
export function meshVolume({ positions, indices }: SurfaceMesh): number {
  // Tetrahedra from a vertex of the mesh rather than the far origin: less is cancelled.
  const [ox = 0, oy = 0, oz = 0] = positions;
  let sixfold = 0;
  for (let at = 0; at < indices.length; at += 3) {
    const a = (indices[at] ?? 0) * 3;
    const b = (indices[at + 1] ?? 0) * 3;
    const c = (indices[at + 2] ?? 0) * 3;
    const ax = (positions[a] ?? 0) - ox;
    const ay = (positions[a + 1] ?? 0) - oy;
    const az = (positions[a + 2] ?? 0) - oz;
    const bx = (positions[b] ?? 0) - ox;
    const by = (positions[b + 1] ?? 0) - oy;
    const bz = (positions[b + 2] ?? 0) - oz;
    const cx = (positions[c] ?? 0) - ox;
    const cy = (positions[c + 1] ?? 0) - oy;
    const cz = (positions[c + 2] ?? 0) - oz;
    sixfold += ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
  }
  return sixfold / 6;
}

/** Whether each directed edge of the mesh is met by as many edges in the reverse direction: no holes, one orientation. */
export function isClosed(mesh: SurfaceMesh): boolean {
  const { forward, backward } = directedEdges(mesh);
  return (
    forward.length === backward.length && forward.every((edge, index) => edge === backward[index])
  );
}

/** Vertices − edges + triangles; 2 for each part of a closed surface without tunnels. */
export function eulerCharacteristic(mesh: SurfaceMesh): number {
  const vertices = new Set(mesh.indices).size;
  const edges = directedEdges(mesh).forward.length;
  return vertices - edges + mesh.indices.length / 3;
}

/** The mesh's edges as sorted numbers `lower vertex * vertices + higher vertex`, by the direction in which they run. */
function directedEdges({ positions, indices }: SurfaceMesh): {
  forward: Float64Array;
  backward: Float64Array;
} {
  const vertices = positions.length / 3;
  const forward = new Float64Array(indices.length);
  const backward = new Float64Array(indices.length);
  let forwards = 0;
  let backwards = 0;
  for (let at = 0; at < indices.length; at += 3)
    for (let corner = 0; corner < 3; corner++) {
      const from = indices[at + corner] ?? 0;
      const to = indices[at + ((corner + 1) % 3)] ?? 0;
      if (from < to) forward[forwards++] = from * vertices + to;
      else if (from > to) backward[backwards++] = to * vertices + from;
    }
  return {
    forward: forward.subarray(0, forwards).sort(),
    backward: backward.subarray(0, backwards).sort(),
  };
}
