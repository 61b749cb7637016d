import type { Zyx } from '../core/vec';
import { cellLoops } from './cell-loops';
import type { CellVertices } from './cell-vertices';

/**
 * Outward unit normals of the vertices in `used`, x, y, z: the sum of the quads' corners at each vertex, each weighted by the
 * area that its two edges span in nanometres. Where the corners cancel, the side on which the background lies.
 * As in `smooth`, the arithmetic is the same in each brick that shares a vertex.
 */
export function computeNormals(
  used: Int32Array,
  vertices: CellVertices,
  offsets: Float64Array,
  voxelSizeNm: Zyx,
): Float32Array<ArrayBuffer> {
  const normals = new Float32Array(used.length * 3);
  const { outward } = cellLoops;
  const [sizeZ, sizeY, sizeX] = voxelSizeNm;
  const sum = new Float64Array(3);
  for (let index = 0; index < used.length; index++) {
    const vertex = used[index] ?? 0;
    sumCorners(vertex, vertices, offsets, sum);
    const z = sum[0] ?? 0;
    const y = sum[1] ?? 0;
    const x = sum[2] ?? 0;
    // Vectors across each axis scale with the area that the two other axes span.
    if (write(index, z * sizeY * sizeX, y * sizeZ * sizeX, x * sizeZ * sizeY)) continue;
    const at = (vertices.loops[vertex] ?? 0) * 3;
    if (write(index, outward[at] ?? 0, outward[at + 1] ?? 0, outward[at + 2] ?? 0)) continue;
    write(index, 1, 0, 0);
  }
  return normals;

  /** Writes the direction of a vector; false, and nothing is written, when it has none. */
  function write(index: number, z: number, y: number, x: number): boolean {
    const length = Math.sqrt(z * z + y * y + x * x);
    if (length === 0) return false;
    normals[index * 3] = x / length;
    normals[index * 3 + 1] = y / length;
    normals[index * 3 + 2] = z / length;
    return true;
  }
}

/** Writes the sum of cross products of each two neighbours' directions in voxels, z, y, x, to `sum`. */
function sumCorners(
  vertex: number,
  { loops, linkStart, neighbours }: CellVertices,
  offsets: Float64Array,
  sum: Float64Array,
): void {
  const { links, firstLink } = cellLoops;
  const start = linkStart[vertex] ?? 0;
  const end = linkStart[vertex + 1] ?? 0;
  const firstCode = (firstLink[loops[vertex] ?? 0] ?? 0) - start;
  const ownZ = offsets[vertex * 3] ?? 0;
  const ownY = offsets[vertex * 3 + 1] ?? 0;
  const ownX = offsets[vertex * 3 + 2] ?? 0;
  let sumZ = 0;
  let sumY = 0;
  let sumX = 0;
  let beforeZ = 0;
  let beforeY = 0;
  let beforeX = 0;
  // The last neighbour comes first as well: it makes the corner with the first one.
  for (
    let slot = end - 1, first = true;
    slot < end;
    slot = first ? start : slot + 1, first = false
  ) {
    const from = (neighbours[slot] ?? 0) * 3;
    const code = links[firstCode + slot] ?? 0;
    const direction = (code & 2) - 1;
    const axis = code >> 2;
    const z = (offsets[from] ?? 0) - ownZ + (axis === 0 ? direction : 0);
    const y = (offsets[from + 1] ?? 0) - ownY + (axis === 1 ? direction : 0);
    const x = (offsets[from + 2] ?? 0) - ownX + (axis === 2 ? direction : 0);
    if (!first) {
      sumZ += beforeX * y - beforeY * x;
      sumY += beforeZ * x - beforeX * z;
      sumX += beforeY * z - beforeZ * y;
    }
    beforeZ = z;
    beforeY = y;
    beforeX = x;
  }
  sum[0] = sumZ;
  sum[1] = sumY;
  sum[2] = sumX;
}
