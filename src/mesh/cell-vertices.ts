import { BRICK_EDGE } from '../core/brick';
import { countBits } from '../core/brick-bits';
import { cellLoops } from './cell-loops';
import { HALO, PADDED_EDGE, type PaddedMask, ROW_MARGIN, ROW_WORDS } from './padded-mask';

/** Strides of a cell's index: cell (z, y, x), counted from the padded mask's first voxel on each axis. */
export const CELL_STRIDES = [PADDED_EDGE * PADDED_EDGE, PADDED_EDGE, 1] as const;

/** The vertices of all cells in a padded mask that the surface passes, and how they hang together. */
export interface CellVertices {
  /** A cell's first vertex; 0 as well where it has none. */
  readonly firstVertex: Int32Array;
  /** Which corners of a cell are foreground; 0 as well where the surface does not pass. */
  readonly configurations: Uint8Array;
  /** Each vertex's cell, in ascending order. */
  readonly cells: Int32Array;
  /** Each vertex's loop, an index into the tables of `cellLoops`. */
  readonly loops: Uint16Array;
  /** How many cells lie between each vertex's cell and the padded mask's border. */
  readonly distances: Uint8Array;
  /** Index of a vertex's first neighbour, one entry more than there are vertices; no neighbours in the outermost cells. */
  readonly linkStart: Int32Array;
  /** Neighbours of each vertex, counter-clockwise seen from outside. */
  readonly neighbours: Int32Array;
}

/** Finds the vertices and their neighbours, with an order that depends only on the voxels around each vertex. */
export function findVertices(mask: PaddedMask): CellVertices {
  const { firstLoop, firstLink } = cellLoops;
  const configurations = new Uint8Array(PADDED_EDGE ** 3);
  const firstVertex = new Int32Array(PADDED_EDGE ** 3);
  const active = findCells(mask.words, configurations);
  let count = 0;
  for (let at = 0; at < active.length; at++) {
    const cell = active[at] ?? 0;
    const configuration = configurations[cell] ?? 0;
    firstVertex[cell] = count;
    count += (firstLoop[configuration + 1] ?? 0) - (firstLoop[configuration] ?? 0);
  }
  const cells = new Int32Array(count);
  const loops = new Uint16Array(count);
  const distances = new Uint8Array(count);
  const linkStart = new Int32Array(count + 1);
  let vertex = 0;
  let links = 0;
  for (let at = 0; at < active.length; at++) {
    const cell = active[at] ?? 0;
    const configuration = configurations[cell] ?? 0;
    const end = firstLoop[configuration + 1] ?? 0;
    const distance = distanceInside(cell);
    for (let loop = firstLoop[configuration] ?? 0; loop < end; loop++) {
      cells[vertex] = cell;
      loops[vertex] = loop;
      distances[vertex] = distance;
      if (distance > 0) links += (firstLink[loop + 1] ?? 0) - (firstLink[loop] ?? 0);
      linkStart[++vertex] = links;
    }
  }
  const vertices = { firstVertex, configurations, cells, loops, distances, linkStart };
  return { ...vertices, neighbours: join(vertices) };
}

/** The cells of a row, one bit each, whose corners are mixed: see `mixedBits`; four words a row, rows in z, y order. */
const mixed = new Uint32Array((PADDED_EDGE - 1) ** 2 * ROW_WORDS);

/** Notes the configuration of each cell that the surface passes, and returns these cells. */
function findCells(words: Uint32Array, configurations: Uint8Array): Int32Array {
  let count = 0;
  let at = 0;
  for (let z = 0; z < PADDED_EDGE - 1; z++)
    for (let y = 0; y < PADDED_EDGE - 1; y++)
      for (let word = 0; word < ROW_WORDS; word++) {
        const bits = mixedBits(words, z, y, word);
        mixed[at++] = bits;
        if (bits !== 0) count += countBits(bits);
      }
  const cells = new Int32Array(count);
  let found = 0;
  at = 0;
  for (let z = 0; z < PADDED_EDGE - 1; z++)
    for (let y = 0; y < PADDED_EDGE - 1; y++)
      for (let word = 0; word < ROW_WORDS; word++) {
        let bits = mixed[at++] ?? 0;
        if (bits === 0) continue;
        const row = (z * PADDED_EDGE + y) * ROW_WORDS + word;
        const below = row + PADDED_EDGE * ROW_WORDS;
        const first = (z * PADDED_EDGE + y) * PADDED_EDGE + word * 32 - ROW_MARGIN + HALO;
        // Each of the four rows, and the same from its second bit on.
        const a = words[row] ?? 0;
        const b = words[row + ROW_WORDS] ?? 0;
        const c = words[below] ?? 0;
        const d = words[below + ROW_WORDS] ?? 0;
        const a1 = (a >>> 1) | ((words[row + 1] ?? 0) << 31);
        const b1 = (b >>> 1) | ((words[row + ROW_WORDS + 1] ?? 0) << 31);
        const c1 = (c >>> 1) | ((words[below + 1] ?? 0) << 31);
        const d1 = (d >>> 1) | ((words[below + ROW_WORDS + 1] ?? 0) << 31);
        while (bits !== 0) {
          const bit = 31 - Math.clz32(bits & -bits);
          bits &= bits - 1;
          const low = ((a >>> bit) & 1) | (((a1 >>> bit) & 1) << 1) | (((b >>> bit) & 1) << 2);
          const middle = (((b1 >>> bit) & 1) << 3) | (((c >>> bit) & 1) << 4);
          const high =
            (((c1 >>> bit) & 1) << 5) | (((d >>> bit) & 1) << 6) | (((d1 >>> bit) & 1) << 7);
          const cell = first + bit;
          configurations[cell] = low | middle | high;
          cells[found++] = cell;
        }
      }
  return cells;
}

/** Bits of a row's word that belong to cells of the padded mask. */
const CELL_BITS = Uint32Array.from({ length: ROW_WORDS }, (_, word) => {
  let bits = 0;
  for (let bit = 0; bit < 32; bit++) {
    const x = word * 32 + bit - ROW_MARGIN;
    if (x >= -HALO && x < BRICK_EDGE + HALO - 1) bits |= 1 << bit;
  }
  return bits >>> 0;
});

/** The cells, one bit each, whose eight corners are neither all foreground nor all background. */
function mixedBits(words: Uint32Array, z: number, y: number, word: number): number {
  const row = (z * PADDED_EDGE + y) * ROW_WORDS + word;
  const a = words[row] ?? 0;
  const b = words[row + ROW_WORDS] ?? 0;
  const c = words[row + PADDED_EDGE * ROW_WORDS] ?? 0;
  const d = words[row + (PADDED_EDGE + 1) * ROW_WORDS] ?? 0;
  let any = a | b | c | d;
  let all = a & b & c & d;
  let anyNext = 0;
  let allNext = 0;
  if (word < ROW_WORDS - 1) {
    const e = words[row + 1] ?? 0;
    const f = words[row + ROW_WORDS + 1] ?? 0;
    const g = words[row + PADDED_EDGE * ROW_WORDS + 1] ?? 0;
    const h = words[row + (PADDED_EDGE + 1) * ROW_WORDS + 1] ?? 0;
    anyNext = e | f | g | h;
    allNext = e & f & g & h;
  }
  any |= (any >>> 1) | (anyNext << 31);
  all &= (all >>> 1) | (allNext << 31);
  return any & ~all & (CELL_BITS[word] ?? 0);
}

/** How many cells lie between a cell and the padded mask's border. */
function distanceInside(cell: number): number {
  const row = (cell / PADDED_EDGE) | 0;
  const z = (row / PADDED_EDGE) | 0;
  const y = row - z * PADDED_EDGE;
  const x = cell - row * PADDED_EDGE;
  const last = PADDED_EDGE - 2;
  return Math.min(z, y, x, last - z, last - y, last - x);
}

/** Steps in the index of a cell through each face. */
const FACE_STEPS = Int32Array.from({ length: 6 }, (_, face) =>
  (face & 1) === 0 ? -(CELL_STRIDES[face >> 1] ?? 0) : (CELL_STRIDES[face >> 1] ?? 0),
);

/** Finds each vertex's neighbours; those of the outermost cells would lie outside and are left out. */
function join(vertices: Omit<CellVertices, 'neighbours'>): Int32Array {
  const { cells, loops, firstVertex, configurations, linkStart } = vertices;
  const { firstLink, links, loopOfLink } = cellLoops;
  const neighbours = new Int32Array(linkStart[cells.length] ?? 0);
  let slot = 0;
  for (let vertex = 0; vertex < cells.length; vertex++) {
    const cell = cells[vertex] ?? 0;
    const end = linkStart[vertex + 1] ?? 0;
    for (let link = firstLink[loops[vertex] ?? 0] ?? 0; slot < end; link++) {
      const code = links[link] ?? 0;
      const next = cell + (FACE_STEPS[code >> 1] ?? 0);
      const which = loopOfLink[(configurations[next] ?? 0) * 12 + (code ^ 2)] ?? 0;
      neighbours[slot++] = (firstVertex[next] ?? 0) + which;
    }
  }
  return neighbours;
}
