import type { Zyx } from '../core/vec';
import type { Contingency } from './contingency';
import { type Counted, countsPair } from './scores';

/** What one label shares with another. */
export interface Piece {
  /** The other label's index. */
  readonly index: number;
  readonly voxels: number;
  /** One of the shared voxels, in a thick place. */
  readonly voxelZyx: Zyx;
}

/** A label that covers several others, or is covered by several. */
export interface Fault {
  readonly index: number;
  readonly voxels: number;
  /** What it adds to the variation of information. */
  readonly bits: number;
  /** How many others there are, and the largest of them, the largest first. */
  readonly others: number;
  readonly pieces: readonly Piece[];
}

export interface Worst {
  /** How many labels share voxels with more than one other. */
  readonly total: number;
  /** The worst of them, the worst first. */
  readonly faults: readonly Fault[];
}

/** Puts a piece where it belongs among the largest ones, the largest first. */
function keep(pieces: Piece[], piece: Piece, most: number): void {
  const at = pieces.findIndex(({ voxels }) => voxels < piece.voxels);
  if (at < 0) {
    if (pieces.length < most) pieces.push(piece);
    return;
  }
  pieces.splice(at, 0, piece);
  if (pieces.length > most) pieces.pop();
}

/**
 * The labels of one side of a table that add most to the variation of information: of `a` the worst merges, of `b` the worst
 * splits. 0 is no segment and no fault, though it may be a piece. At most `mostFaults` of `mostPieces` each.
 */
export function worstOf(
  table: Contingency,
  side: 'a' | 'b',
  bits: Float64Array,
  voxels: Float64Array,
  counted: Counted,
  { mostFaults, mostPieces }: { mostFaults: number; mostPieces: number },
): Worst {
  const own = table[side];
  const other = side === 'a' ? table.b : table.a;
  const guilty = Array.from(bits.keys())
    .filter((index) => index !== 0 && (bits[index] ?? 0) > 0)
    .sort((one, two) => (bits[two] ?? 0) - (bits[one] ?? 0) || one - two);
  const listed = new Map(
    guilty.slice(0, mostFaults).map((index) => [index, { others: 0, pieces: [] as Piece[] }]),
  );
  for (let pair = 0; pair < table.pairs; pair++) {
    const entry = listed.get(own[pair] ?? 0);
    if (!entry || !countsPair(table, pair, counted)) continue;
    entry.others++;
    const shared = table.voxels[pair] ?? 0;
    if (entry.pieces.length === mostPieces && shared <= (entry.pieces.at(-1)?.voxels ?? 0))
      continue;
    const piece = { index: other[pair] ?? 0, voxels: shared, voxelZyx: table.voxelOf(pair) };
    keep(entry.pieces, piece, mostPieces);
  }
  const faults = [...listed].map(([index, { others, pieces }]) => ({
    index,
    voxels: voxels[index] ?? 0,
    bits: bits[index] ?? 0,
    others,
    pieces,
  }));
  return { total: guilty.length, faults };
}
