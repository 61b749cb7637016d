import type { LayerKind } from './layer';

/** What bricks of an image and of labels take of a budget, in 32nds, as long as all together take no more than `MOST`. */
const WEIGHTS: Readonly<Record<LayerKind, number>> = { image: 12, labels: 7 };
const MOST = 26;
const WHOLE = 32;

/**
 * What each kind of layer may take, in bytes, of a budget that layers of these kinds share; the rest is for what is being
 * filled. Pure.
 */
export function layerShares(
  kinds: readonly LayerKind[],
  budgetBytes: number,
): Readonly<Record<LayerKind, number>> {
  const weights = kinds.reduce((sum, kind) => sum + WEIGHTS[kind], 0);
  const unit = (budgetBytes / WHOLE) * Math.min(1, MOST / weights);
  return { image: WEIGHTS.image * unit, labels: WEIGHTS.labels * unit };
}
