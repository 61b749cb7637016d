/** Plain twins of the scores, by their definitions, voxel by voxel and pair by pair. For tests. */
import type { Counted } from './scores';

type Labels = readonly bigint[];

/** The indices of the voxels that count. */
const countedVoxels = (a: Labels, b: Labels, counted: Counted): number[] =>
  [...a.keys()].filter(
    (i) =>
      !(counted.ignoreZeroTruth && b[i] === 0n) && !(counted.ignoreZeroSegments && a[i] === 0n),
  );

/** H(of | given) in bits: the mean over voxels of −log2 of how many of those with the same given label have its own. */
export function conditionalEntropy(of: Labels, given: Labels, voxels: readonly number[]): number {
  let bits = 0;
  for (const i of voxels) {
    const around = voxels.filter((j) => given[j] === given[i]);
    const same = around.filter((j) => of[j] === of[i]);
    bits -= Math.log2(same.length / around.length);
  }
  return voxels.length === 0 ? 0 : bits / voxels.length;
}

/** 1 − F over all pairs of two different voxels; voxels that are 0 in `a` are together with none there. */
function randError(a: Labels, b: Labels, voxels: readonly number[]) {
  let [both, inA, inB] = [0, 0, 0];
  for (const i of voxels)
    for (const j of voxels) {
      if (i === j) continue;
      const isInA = a[i] === a[j] && a[i] !== 0n;
      const isInB = b[i] === b[j];
      if (isInA) inA++;
      if (isInB) inB++;
      if (isInA && isInB) both++;
    }
  const precision = inA === 0 ? 1 : both / inA;
  const recall = inB === 0 ? 1 : both / inB;
  // Where no pair is together on one side, F is the other side's alone: 0, or 1 where there is none on either.
  const f = inA + inB === 0 ? 1 : (2 * both) / (inA + inB);
  return { precision, recall, adaptedRandError: 1 - f };
}

/** All scores of two labellings by their definitions. */
export function referenceScores(a: Labels, b: Labels, counted: Counted) {
  const voxels = countedVoxels(a, b, counted);
  return {
    voxels: voxels.length,
    segments: new Set(voxels.map((i) => a[i])).size,
    truths: new Set(voxels.map((i) => b[i])).size,
    viSplit: conditionalEntropy(a, b, voxels),
    viMerge: conditionalEntropy(b, a, voxels),
    ...randError(a, b, voxels),
  };
}
