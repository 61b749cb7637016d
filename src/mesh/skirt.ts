import type { SurfaceMesh, SurfacePiece } from '../core/surface';
import type { Zyx } from '../core/vec';

/**
 * How far a skirt goes into the body, in voxels. A coarse voxel is set where any finer one below it is, so a coarse piece lies
 * up to one of its voxels outside of a finer one beside it; smoothing adds a fraction.
 */
const DEPTH_VOXELS = 1.25;
/** It begins a little below the surface: along an edge that pieces of one level share it would flicker through. */
const INSET_VOXELS = 0.1;

/**
 * Adds a strip along the open edges of a brick's piece, into the body along the normals; it shades as the surface does. `quads`
 * are the piece's, four vertices each; `borders` says of each vertex in the outermost cells of which of the brick's faces it
 * lies: only edges along these can be open.
 */
export function addSkirt(
  piece: SurfaceMesh,
  quads: Int32Array,
  borders: Uint8Array,
  voxelSizeNm: Zyx,
): SurfacePiece {
  const edges = openEdges(quads, borders);
  const rims = new Map<number, number>();
  const first = piece.positions.length / 3;
  // Each vertex of an open edge has one below it where the skirt begins, and the next where it ends.
  for (const vertex of edges.flat()) if (!rims.has(vertex)) rims.set(vertex, first + 2 * rims.size);
  const skirtVertices = 2 * rims.size;
  const positions = new Float32Array((first + skirtVertices) * 3);
  const normals = new Float32Array((first + skirtVertices) * 3);
  positions.set(piece.positions);
  normals.set(piece.normals);
  const [sizeZ, sizeY, sizeX] = voxelSizeNm;
  for (const [vertex, rim] of rims) {
    const normal = piece.normals.subarray(vertex * 3, vertex * 3 + 3);
    const [x = 0, y = 0, z = 0] = normal;
    const voxel = Math.hypot(x * sizeX, y * sizeY, z * sizeZ);
    for (const [added, depth] of [INSET_VOXELS, DEPTH_VOXELS].entries()) {
      const at = (rim + added) * 3;
      for (let axis = 0; axis < 3; axis++)
        positions[at + axis] =
          (piece.positions[vertex * 3 + axis] ?? 0) - (normal[axis] ?? 0) * voxel * depth;
      normals.set(normal, at);
    }
  }
  const skirtIndices = edges.length * 6;
  const indices = new Uint32Array(piece.indices.length + skirtIndices);
  indices.set(piece.indices);
  let at = piece.indices.length;
  for (const [from, to] of edges) {
    const [a, b] = [rims.get(from) ?? 0, rims.get(to) ?? 0];
    for (const vertex of [b, a, a + 1, b, a + 1, b + 1]) indices[at++] = vertex;
  }
  return { positions, normals, indices, skirtVertices, skirtIndices };
}

/** The directed edges of the quads that no other quad runs along the other way. */
function openEdges(quads: Int32Array, borders: Uint8Array): [from: number, to: number][] {
  const vertices = borders.length;
  const surplus = new Map<number, number>();
  for (let quad = 0; quad < quads.length; quad += 4)
    for (let corner = 0; corner < 4; corner++) {
      const from = quads[quad + corner] ?? 0;
      const to = quads[quad + ((corner + 1) & 3)] ?? 0;
      if (((borders[from] ?? 0) & (borders[to] ?? 0)) === 0) continue;
      const reverse = to * vertices + from;
      const met = surplus.get(reverse) ?? 0;
      if (met > 1) surplus.set(reverse, met - 1);
      else if (met === 1) surplus.delete(reverse);
      else surplus.set(from * vertices + to, (surplus.get(from * vertices + to) ?? 0) + 1);
    }
  return [...surplus].flatMap(([edge, times]) => {
    const from = Math.floor(edge / vertices);
    return Array.from({ length: times }, (): [number, number] => [from, edge - from * vertices]);
  });
}
