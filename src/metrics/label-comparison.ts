import type { Box } from '../core/box';
import type { VoxelArray } from '../core/dtype';
import type { Zyx } from '../core/vec';
import { Contingency } from './contingency';
import { LabelIndex } from './label-index';
import { type Counted, type Scores, scoreTable } from './scores';
import { worstOf } from './worst';

/** A part of a segment that lies in another labelling's segment; 0n for voxels that no segment has there. */
export interface FaultPiece {
  readonly id: bigint;
  readonly voxels: number;
  readonly voxelZyx: Zyx;
}

export interface SegmentFault {
  readonly id: bigint;
  readonly voxels: number;
  readonly bits: number;
  readonly others: number;
  readonly pieces: readonly FaultPiece[];
}

export interface SegmentFaults {
  readonly total: number;
  readonly faults: readonly SegmentFault[];
}

export interface ComparedLabels extends Scores {
  /** Segments of the first labels that cover several of the second, which count as the truth. */
  readonly merges: SegmentFaults;
  /** Segments of the second labels that several of the first cover. */
  readonly splits: SegmentFaults;
  /** What voxels without a segment in the first labels add to `viMerge`, all together one segment; 0 where they do not count. */
  readonly unlabelledBits: number;
  readonly unlabelledVoxels: number;
}

/** Compares two labellings of a box, part by part; ids of up to 64 bits. */
export class LabelComparison {
  private readonly first = new LabelIndex();
  private readonly second = new LabelIndex();
  private readonly table: Contingency;
  private indices: [Uint32Array, Uint32Array] = [new Uint32Array(0), new Uint32Array(0)];

  constructor(whole: Box) {
    this.table = new Contingency(whole);
  }

  /** What its tables take in memory: it grows with the number of pairs of labels that meet. */
  get bytes(): number {
    return this.first.bytes + this.second.bytes + this.table.bytes;
  }

  /** Takes in a part of the box that was not there before: both arrays C-ordered, of integers. */
  add(first: VoxelArray, second: VoxelArray, part: Box): void {
    const { length } = first;
    if (this.indices[0].length < length)
      this.indices = [new Uint32Array(length), new Uint32Array(length)];
    const a = this.indices[0].subarray(0, length);
    const b = this.indices[1].subarray(0, length);
    this.first.indicesOf(first, a);
    this.second.indicesOf(second, b);
    this.table.add(a, b, part);
  }

  /** How what was taken in so far compares. */
  result(counted: Counted, most: { mostFaults: number; mostPieces: number }): ComparedLabels {
    const { table, first, second } = this;
    const { scores, voxelsOfA, voxelsOfB, mergeOfA, splitOfB } = scoreTable(
      table,
      first.count,
      second.count,
      counted,
    );
    const named = (side: 'a' | 'b'): SegmentFaults => {
      const [own, other] = side === 'a' ? [first, second] : [second, first];
      const [bits, voxels] = side === 'a' ? [mergeOfA, voxelsOfA] : [splitOfB, voxelsOfB];
      const { total, faults } = worstOf(table, side, bits, voxels, counted, most);
      return {
        total,
        faults: faults.map(({ index, pieces, ...fault }) => ({
          ...fault,
          id: own.idOf(index),
          pieces: pieces.map(({ index: at, ...piece }) => ({ ...piece, id: other.idOf(at) })),
        })),
      };
    };
    return {
      ...scores,
      merges: named('a'),
      splits: named('b'),
      unlabelledBits: mergeOfA[0] ?? 0,
      unlabelledVoxels: voxelsOfA[0] ?? 0,
    };
  }
}
