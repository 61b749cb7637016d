import type { Zyx } from '../core/vec';
import { cellLoops, handedness } from './cell-loops';
import { CELL_STRIDES, type CellVertices } from './cell-vertices';
import { HALO, PADDED_EDGE } from './padded-mask';

/** One of the four cells around a voxel's face. */
interface Corner {
  /** From the index of the cell with the voxel's own coordinates. */
  readonly step: number;
  /** The cell's edge that pierces the face. */
  readonly edge: number;
}

/** For each face of a voxel: its corners, counter-clockwise seen from outside. */
const corners: readonly (readonly Corner[])[] = Array.from({ length: 6 }, (_, face) => {
  const axis = face >> 1;
  const [first = 0, second = 0] = CELL_STRIDES.filter((_, other) => other !== axis);
  const base = (face & 1) === 0 ? -(CELL_STRIDES[axis] ?? 0) : 0;
  const turn: readonly (readonly [number, number])[] = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ];
  const around = turn.map(([i, j]) => ({
    step: base - i * first - j * second,
    edge: axis * 4 + i * 2 + j,
  }));
  return ((face & 1) === 0 ? -1 : 1) * handedness(axis) > 0 ? around : around.reverse();
});

/** The vertices of each face's quad, four a face (as `findFaces` gives them), counter-clockwise seen from outside. */
export function findQuads(
  faces: Int32Array,
  { firstVertex, configurations }: CellVertices,
): Int32Array {
  const { loopOfEdge } = cellLoops;
  const quads = new Int32Array(faces.length * 4);
  let at = 0;
  for (const code of faces) {
    const voxel = code >> 3;
    const z = (voxel >> 12) + HALO;
    const y = ((voxel >> 6) & 63) + HALO;
    const x = (voxel & 63) + HALO;
    const base = (z * PADDED_EDGE + y) * PADDED_EDGE + x;
    for (const { step, edge } of corners[code & 7] ?? []) {
      const cell = base + step;
      const loop = loopOfEdge[(configurations[cell] ?? 0) * 12 + edge] ?? 0;
      quads[at++] = (firstVertex[cell] ?? 0) + loop;
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
