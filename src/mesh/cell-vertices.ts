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
  /** Index of a vertex's first neighbour, one entry more than there are vertices; no neighbours in the outermost cells. */
  readonly linkStart: Int32Array;
  /** Neighbours of each vertex, counter-clockwise seen from outside. */
  readonly neighbours: Int32Array;
}

/** Finds the vertices and their neighbours, with an order that depends only on the voxels around each vertex. */
export function findVertices(mask: PaddedMask): CellVertices {
  const { firstLoop } = cellLoops;
  const configurations = new Uint8Array(PADDED_EDGE ** 3);
  const firstVertex = new Int32Array(PADDED_EDGE ** 3);
  const active = findCells(mask.words, configurations);
  let count = 0;
  for (const cell of active) {
    const configuration = configurations[cell] ?? 0;
    firstVertex[cell] = count;
    count += (firstLoop[configuration + 1] ?? 0) - (firstLoop[configuration] ?? 0);
  }
  const cells = new Int32Array(count);
  const loops = new Uint16Array(count);
  let vertex = 0;
  for (const cell of active) {
    const configuration = configurations[cell] ?? 0;
    const end = firstLoop[configuration + 1] ?? 0;
    for (let loop = firstLoop[configuration] ?? 0; loop < end; loop++) {
      cells[vertex] = cell;
      loops[vertex++] = loop;
    }
  }
  return {
    firstVertex,
    configurations,
    cells,
    loops,
    ...join(cells, loops, firstVertex, configurations),
  };
}

/** Notes the configuration of each cell that the surface passes, and returns these cells. */
function findCells(words: Uint32Array, configurations: Uint8Array): Int32Array {
  let count = 0;
  for (let z = 0; z < PADDED_EDGE - 1; z++)
    for (let y = 0; y < PADDED_EDGE - 1; y++)
      for (let word = 0; word < ROW_WORDS; word++) count += countBits(mixedBits(words, z, y, word));
  const cells = new Int32Array(count);
  let found = 0;
  for (let z = 0; z < PADDED_EDGE - 1; z++)
    for (let y = 0; y < PADDED_EDGE - 1; y++) {
      const row = (z * PADDED_EDGE + y) * ROW_WORDS;
      for (let word = 0; word < ROW_WORDS; word++) {
        let bits = mixedBits(words, z, y, word);
        while (bits !== 0) {
          const bit = 31 - Math.clz32(bits & -bits);
          bits &= bits - 1;
          const at = word * 32 + bit;
          const cell = (z * PADDED_EDGE + y) * PADDED_EDGE + at - ROW_MARGIN + HALO;
          configurations[cell] =
            cornerPair(words, row, at) |
            (cornerPair(words, row + ROW_WORDS, at) << 2) |
            (cornerPair(words, row + PADDED_EDGE * ROW_WORDS, at) << 4) |
            (cornerPair(words, row + (PADDED_EDGE + 1) * ROW_WORDS, at) << 6);
          cells[found++] = cell;
        }
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

/** The voxels at bits `at` and `at + 1` of a row. */
function cornerPair(words: Uint32Array, row: number, at: number): number {
  const word = row + (at >> 5);
  const bit = at & 31;
  const low = ((words[word] ?? 0) >>> bit) & 3;
  return bit === 31 ? low | (((words[word + 1] ?? 0) & 1) << 1) : low;
}

const isOutermost = (at: number): boolean => at === 0 || at === PADDED_EDGE - 2;

/** Steps in the index of a cell through each face. */
const FACE_STEPS = Int32Array.from({ length: 6 }, (_, face) =>
  (face & 1) === 0 ? -(CELL_STRIDES[face >> 1] ?? 0) : (CELL_STRIDES[face >> 1] ?? 0),
);

/** Finds each vertex's neighbours; those of the outermost cells would lie outside and are left out. */
function join(
  cells: Int32Array,
  loops: Uint16Array,
  firstVertex: Int32Array,
  configurations: Uint8Array,
): Pick<CellVertices, 'linkStart' | 'neighbours'> {
  const { firstLink, links, loopOfLink } = cellLoops;
  const linkStart = new Int32Array(cells.length + 1);
  let count = 0;
  for (let vertex = 0; vertex < cells.length; vertex++) {
    const cell = cells[vertex] ?? 0;
    const row = Math.floor(cell / PADDED_EDGE);
    const z = Math.floor(row / PADDED_EDGE);
    const loop = loops[vertex] ?? 0;
    if (
      !isOutermost(cell - row * PADDED_EDGE) &&
      !isOutermost(row - z * PADDED_EDGE) &&
      !isOutermost(z)
    )
      count += (firstLink[loop + 1] ?? 0) - (firstLink[loop] ?? 0);
    linkStart[vertex + 1] = count;
  }
  const neighbours = new Int32Array(count);
  for (let vertex = 0; vertex < cells.length; vertex++) {
    const cell = cells[vertex] ?? 0;
    let link = firstLink[loops[vertex] ?? 0] ?? 0;
    const end = linkStart[vertex + 1] ?? 0;
    for (let slot = linkStart[vertex] ?? 0; slot < end; slot++) {
      const code = links[link++] ?? 0;
      const next = cell + (FACE_STEPS[code >> 1] ?? 0);
      const which = loopOfLink[(configurations[next] ?? 0) * 12 + (code ^ 2)] ?? 0;
      neighbours[slot] = (firstVertex[next] ?? 0) + which;
    }
  }
  return { linkStart, neighbours };
}
