import { BRICK_EDGE } from '../core/brick';
import type { GridGeometry, SurfacePiece } from '../core/surface';
import { add, scale, type Zyx } from '../core/vec';
import { type CellVertices, findVertices } from './cell-vertices';
import { computeNormals } from './normals';
import { HALO, PADDED_EDGE, type PaddedMask } from './padded-mask';
import { findQuads, splitQuads } from './quads';
import { addSkirt } from './skirt';
import { smooth } from './smooth';
import { findFaces } from './surface-faces';

/**
 * A brick's piece of a segment's surface: the quads of all faces between a foreground voxel of the brick and background, as
 * two triangles each; empty arrays when it has none. Pieces of neighbouring bricks meet in bit-identical vertices and
 * normals; all pieces together are closed, at the volume's border too.
 *
 * Dual marching cubes (Nielson 2004) of a binary mask: one vertex for each sheet of the surface in each cell (see
 * `cell-loops`), smoothed (see `smooth`). Sheets that touch may pass through each other by a fraction of a voxel.
 *
 * With a skirt where pieces of other resolutions may lie beside it.
 */
export function extractPatch(
  mask: PaddedMask,
  brickZyx: Zyx,
  geometry: GridGeometry,
  hasSkirt = false,
): SurfacePiece {
  const faces = findFaces(mask);
  if (faces.length === 0) return emptySurface();
  const vertices = findVertices(mask);
  const offsets = smooth(vertices);
  const quads = findQuads(faces, vertices);
  const used = renumber(quads, vertices.cells.length);
  const piece = {
    positions: placeVertices(used, vertices, offsets, brickZyx, geometry),
    normals: computeNormals(used, vertices, offsets, geometry.voxelSizeNm),
    indices: splitQuads(quads, placesInVoxels(used, vertices, offsets), geometry.voxelSizeNm),
    skirtVertices: 0,
    skirtIndices: 0,
  };
  return hasSkirt ? addSkirt(piece, quads, bordersOf(used, vertices), geometry.voxelSizeNm) : piece;
}

const emptySurface = (): SurfacePiece => ({
  positions: new Float32Array(),
  normals: new Float32Array(),
  indices: new Uint32Array(),
  skirtVertices: 0,
  skirtIndices: 0,
});

/** The faces of the brick, one bit each, in whose outermost cells each used vertex lies. */
function bordersOf(used: Int32Array, vertices: CellVertices): Uint8Array {
  const borders = new Uint8Array(used.length);
  let at = 0;
  const border = (cell: number): number =>
    cell === HALO - 1 ? 1 : cell === HALO + BRICK_EDGE - 1 ? 2 : 0;
  forEachCell(used, vertices, (_vertex, z, y, x) => {
    borders[at++] = border(z) | (border(y) << 2) | (border(x) << 4);
  });
  return borders;
}

/** Renumbers the quads' corners to the vertices in use, in ascending order, and returns those. */
function renumber(quads: Int32Array, vertices: number): Int32Array {
  const numbers = new Int32Array(vertices);
  for (let at = 0; at < quads.length; at++) numbers[quads[at] ?? 0] = 1;
  let count = 0;
  for (let vertex = 0; vertex < vertices; vertex++) count += numbers[vertex] ?? 0;
  const used = new Int32Array(count);
  count = 0;
  for (let vertex = 0; vertex < vertices; vertex++) {
    if (numbers[vertex] === 0) continue;
    used[count] = vertex;
    numbers[vertex] = count++;
  }
  for (let at = 0; at < quads.length; at++) quads[at] = numbers[quads[at] ?? 0] ?? 0;
  return used;
}

/** Calls `visit` with each used vertex's cell, counted from the padded mask's first voxel. */
function forEachCell(
  used: Int32Array,
  { cells }: CellVertices,
  visit: (vertex: number, z: number, y: number, x: number) => void,
): void {
  for (let index = 0; index < used.length; index++) {
    const vertex = used[index] ?? 0;
    const cell = cells[vertex] ?? 0;
    const row = (cell / PADDED_EDGE) | 0;
    const z = (row / PADDED_EDGE) | 0;
    visit(vertex, z, row - z * PADDED_EDGE, cell - row * PADDED_EDGE);
  }
}

/** Places z, y, x in voxels from the padded mask's first cell, to compare lengths within the brick. */
function placesInVoxels(
  used: Int32Array,
  vertices: CellVertices,
  offsets: Float64Array,
): Float64Array {
  const places = new Float64Array(used.length * 3);
  let at = 0;
  forEachCell(used, vertices, (vertex, z, y, x) => {
    places[at++] = z + (offsets[vertex * 3] ?? 0);
    places[at++] = y + (offsets[vertex * 3 + 1] ?? 0);
    places[at++] = x + (offsets[vertex * 3 + 2] ?? 0);
  });
  return places;
}

/** Positions x, y, z in nanometres. A cell's centre lies half a voxel past the centre of its first voxel. */
function placeVertices(
  used: Int32Array,
  vertices: CellVertices,
  offsets: Float64Array,
  brickZyx: Zyx,
  { originNm, voxelSizeNm }: GridGeometry,
): Float32Array<ArrayBuffer> {
  const positions = new Float32Array(used.length * 3);
  const [firstZ, firstY, firstX] = add(scale(brickZyx, BRICK_EDGE), [-HALO, -HALO, -HALO]);
  let at = 0;
  // The cell's own number is added first, as an integer, so that each brick that shares it rounds alike.
  forEachCell(used, vertices, (vertex, z, y, x) => {
    const offset = vertex * 3;
    positions[at++] =
      originNm[2] + (firstX + x + 0.5 + (offsets[offset + 2] ?? 0)) * voxelSizeNm[2];
    positions[at++] =
      originNm[1] + (firstY + y + 0.5 + (offsets[offset + 1] ?? 0)) * voxelSizeNm[1];
    positions[at++] = originNm[0] + (firstZ + z + 0.5 + (offsets[offset] ?? 0)) * voxelSizeNm[0];
  });
  return positions;
}
