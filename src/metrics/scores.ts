import type { Contingency } from './contingency';

/** Which voxels count. */
export interface Counted {
  /** Whether voxels of the second labels, the truth, that are 0 are left out: nobody said what is there. */
  readonly ignoreZeroTruth: boolean;
  /** Whether voxels that the first labels leave at 0 are left out; else all of them together are one more segment. */
  readonly ignoreZeroSegments: boolean;
}

/** How one labelling compares with another, in bits and shares of 1. */
export interface Scores {
  /** Voxels that count. */
  readonly voxels: number;
  /** How many segments either labelling has among them. */
  readonly segments: number;
  readonly truths: number;
  /** What is left unknown of the first labels by knowing the second: too many pieces. 0 for none. */
  readonly viSplit: number;
  /** What is left unknown of the second labels by knowing the first: too few pieces. 0 for none. */
  readonly viMerge: number;
  /** 1 − F of `precision` and `recall`; 0 for equal partitions. */
  readonly adaptedRandError: number;
  /** Of pairs of voxels that the first labels put together, how many the second do; and the other way round. */
  readonly precision: number;
  readonly recall: number;
}

/** A table's scores, and how much each label adds to them, by its index. */
export interface ScoredTable {
  readonly scores: Scores;
  /** Voxels of each label that count. */
  readonly voxelsOfA: Float64Array;
  readonly voxelsOfB: Float64Array;
  /** What each first label adds to `viMerge`, and each second one to `viSplit`, in bits. */
  readonly mergeOfA: Float64Array;
  readonly splitOfB: Float64Array;
}

/** Whether a pair counts. */
export const countsPair = (
  { a, b }: Contingency,
  pair: number,
  { ignoreZeroTruth, ignoreZeroSegments }: Counted,
): boolean => !(ignoreZeroTruth && b[pair] === 0) && !(ignoreZeroSegments && a[pair] === 0);

const addTo = (sums: Float64Array, index: number, amount: number): void => {
  sums[index] = (sums[index] ?? 0) + amount;
};

/** Ordered pairs of two different voxels among so many. */
const pairsOf = (voxels: number): number => voxels * (voxels - 1);
const allPairs = (sizes: Float64Array): number =>
  sizes.reduce((sum, voxels) => sum + pairsOf(voxels), 0);
const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
const countOf = (values: Float64Array): number =>
  values.reduce((count, value) => count + (value > 0 ? 1 : 0), 0);

/**
 * Scores of a table; `countA` and `countB` are how many indices there are. All 0, and 1 where 1 is best, where no voxel counts.
 *
 * Variation of information: M. Meila, “Comparing clusterings by the variation of information”, COLT 2003, as its two conditional
 * entropies in bits, H(A | B) for splits and H(B | A) for merges (J. Nunez-Iglesias et al., “Machine learning of hierarchical
 * clustering to segment 2D and 3D images”, PLoS ONE 2013). Adapted Rand error: I. Arganda-Carreras et al., “Crowdsourcing the
 * creation of image segmentation algorithms for connectomics”, Frontiers in Neuroanatomy 2015 (SNEMI3D); pairs of a voxel
 * with itself do not count, as in scikit-image.
 */
export function scoreTable(
  table: Contingency,
  countA: number,
  countB: number,
  counted: Counted,
): ScoredTable {
  const voxelsOfA = new Float64Array(countA);
  const voxelsOfB = new Float64Array(countB);
  let together = 0;
  for (let pair = 0; pair < table.pairs; pair++) {
    if (!countsPair(table, pair, counted)) continue;
    const shared = table.voxels[pair] ?? 0;
    addTo(voxelsOfA, table.a[pair] ?? 0, shared);
    addTo(voxelsOfB, table.b[pair] ?? 0, shared);
    if (table.a[pair] !== 0) together += pairsOf(shared);
  }
  const voxels = sumOf(voxelsOfA);
  const mergeOfA = new Float64Array(countA);
  const splitOfB = new Float64Array(countB);
  for (let pair = 0; pair < table.pairs; pair++) {
    if (!countsPair(table, pair, counted)) continue;
    const shared = table.voxels[pair] ?? 0;
    const a = table.a[pair] ?? 0;
    const b = table.b[pair] ?? 0;
    addTo(mergeOfA, a, (shared / voxels) * Math.log2((voxelsOfA[a] ?? 0) / shared));
    addTo(splitOfB, b, (shared / voxels) * Math.log2((voxelsOfB[b] ?? 0) / shared));
  }
  // Voxels without a segment are each one of their own, so no pairs.
  const ofA = allPairs(voxelsOfA.subarray(1));
  const ofB = allPairs(voxelsOfB);
  // 2PR / (P + R), and what that comes to where one of them is 0 / 0.
  const agreement = ofA + ofB > 0 ? (2 * together) / (ofA + ofB) : 1;
  return {
    scores: {
      voxels,
      segments: countOf(voxelsOfA),
      truths: countOf(voxelsOfB),
      viSplit: sumOf(splitOfB),
      viMerge: sumOf(mergeOfA),
      adaptedRandError: 1 - agreement,
      precision: ofA > 0 ? together / ofA : 1,
      recall: ofB > 0 ? together / ofB : 1,
    },
    voxelsOfA,
    voxelsOfB,
    mergeOfA,
    splitOfB,
  };
}
