import type { Zyx } from '../core/vec';
import { cellLoops, handedness } from './cell-loops';
import { CELL_STRIDES, type CellVertices } from './cell-vertices';
import { HALO, PADDED_EDGE } from './padded-mask';

const TURN = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
] as const;

/**
 * The corners of each face of a voxel, four a face, counter-clockwise seen from outside: steps to their cells from the cell
 * with the voxel's own coordinates, and the edges of these cells that pierce the face.
 */
const CORNER_STEPS = new Int32Array(24);
const CORNER_EDGES = new Int32Array(24);
for (let face = 0; face < 6; face++) {
  const axis = face >> 1;
  const [first = 0, second = 0] = CELL_STRIDES.filter((_, other) => other !== axis);
  const base = (face & 1) === 0 ? -(CELL_STRIDES[axis] ?? 0) : 0;
  const isForward = ((face & 1) === 0 ? -1 : 1) * handedness(axis) > 0;
  for (const [at, [i, j]] of TURN.entries()) {
    const corner = face * 4 + (isForward ? at : 3 - at);
    CORNER_STEPS[corner] = base - i * first - j * second;
    CORNER_EDGES[corner] = axis * 4 + i * 2 + j;
  }
}

/** The vertices of each face's quad, four a face (as `findFaces` gives them), counter-clockwise seen from outside. */
export function findQuads(
  faces: Int32Array,
  { firstVertex, configurations }: CellVertices,
): Int32Array {
  const { loopOfEdge } = cellLoops;
  const quads = new Int32Array(faces.length * 4);
  let at = 0;
  for (let index = 0; index < faces.length; index++) {
    const code = faces[index] ?? 0;
    const voxel = code >> 3;
    const z = (voxel >> 12) + HALO;
    const y = ((voxel >> 6) & 63) + HALO;
    const x = (voxel & 63) + HALO;
    const base = (z * PADDED_EDGE + y) * PADDED_EDGE + x;
    const end = (code & 7) * 4 + 4;
    for (let corner = end - 4; corner < end; corner++) {
      const cell = base + (CORNER_STEPS[corner] ?? 0);
      const edge = (configurations[cell] ?? 0) * 12 + (CORNER_EDGES[corner] ?? 0);
      quads[at++] = (firstVertex[cell] ?? 0) + (loopOfEdge[edge] ?? 0);
    }
  }
  return quads;
}

/** Two triangles for each quad, split along its shorter diagonal; `places` are z, y, x in voxels. */
export function splitQuads(
  quads: Int32Array,
  places: Float64Array,
  voxelSizeNm: Zyx,
): Uint32Array<ArrayBuffer> {
  const indices = new Uint32Array((quads.length / 4) * 6);
  let at = 0;
  for (let quad = 0; quad < quads.length; quad += 4) {
    const a = quads[quad] ?? 0;
    const b = quads[quad + 1] ?? 0;
    const c = quads[quad + 2] ?? 0;
    const d = quads[quad + 3] ?? 0;
    const alongAc =
      squaredDistance(places, a, c, voxelSizeNm) <= squaredDistance(places, b, d, voxelSizeNm);
    indices[at++] = a;
    indices[at++] = b;
    indices[at++] = alongAc ? c : d;
    indices[at++] = alongAc ? a : b;
    indices[at++] = c;
    indices[at++] = d;
  }
  return indices;
}

function squaredDistance(places: Float64Array, v: number, w: number, sizeNm: Zyx): number {
  const z = ((places[v * 3] ?? 0) - (places[w * 3] ?? 0)) * sizeNm[0];
  const y = ((places[v * 3 + 1] ?? 0) - (places[w * 3 + 1] ?? 0)) * sizeNm[1];
  const x = ((places[v * 3 + 2] ?? 0) - (places[w * 3 + 2] ?? 0)) * sizeNm[2];
  return z * z + y * y + x * x;
}
