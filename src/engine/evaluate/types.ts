import type { Box } from '../../core/box';
import type { Zyx } from '../../core/vec';
import type { Scores } from '../../metrics/scores';

/**
 * Two label layers to compare, each named by its id (`segments` for the segmentation) or, where no layer has that id, by the name
 * of labels stored with the volume. `b` is the truth.
 */
export interface EvaluationQuery {
  readonly a: string;
  readonly b: string;
  /** Of the volume's voxels; all that both layers cover where it is left out. */
  readonly box?: Box;
  /** Whether voxels where `b` is 0 are left out, as nobody said what is there: yes unless it says otherwise. */
  readonly ignoreZeroTruth?: boolean;
  /** Whether voxels where `a` is 0 are left out: no unless it says otherwise. */
  readonly ignoreZeroSegments?: boolean;
}

export interface EvaluationProgress {
  readonly voxels: number;
  readonly voxelsTotal: number;
  readonly milliseconds: number;
  /** How long it will go on at the rate so far. */
  readonly remainingMilliseconds: number;
}

/** What a segment shares with one of the other layer; id 0 for no segment. */
export interface EvaluationPiece {
  readonly id: string;
  readonly voxels: number;
  /** One of the shared voxels, in the middle of the longest run along x. */
  readonly voxelZyx: Zyx;
}

/** A segment that covers several of the other layer, or that several of the other layer cover. Ids are decimal digits. */
export interface EvaluationFault {
  readonly id: string;
  readonly voxels: number;
  /** What it adds to the variation of information. */
  readonly bits: number;
  /** How many others there are, and the largest of them, the largest first. */
  readonly others: number;
  readonly pieces: readonly EvaluationPiece[];
}

export interface EvaluationFaults {
  /** How many there are; the worst 1,000 are listed, the worst first. */
  readonly total: number;
  readonly faults: readonly EvaluationFault[];
}

/**
 * How `a` compares with `b`, the truth: `viSplit` is H(a | b), `viMerge` H(b | a). Zero in `a` is one segment for these; for the Rand error
 * each such voxel is a segment of its own.
 */
export interface Evaluation extends Scores {
  readonly a: string;
  readonly b: string;
  /** What was compared. */
  readonly box: Box;
  /** Segments of `a` that cover several of `b`; segments of `b` that several of `a` cover. */
  readonly merges: EvaluationFaults;
  readonly splits: EvaluationFaults;
  /** Voxels that count and are zero in `a`, and what they add to `viMerge`. */
  readonly unlabelledVoxels: number;
  readonly unlabelledBits: number;
  readonly milliseconds: number;
}
