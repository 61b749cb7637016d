/** What a convolution reads or writes: the pair of image and seed, one of two stacks of features, or the logits. */
export type Activation = 'input' | 'stream' | 'inner' | 'logits';

/** One convolution with all that is fused into it: `to = [to +] relu?(convolve(relu?(from)) + bias)`. */
export interface ConvStep {
  /** Index of its layer. */
  readonly layer: number;
  readonly from: Activation;
  readonly to: Activation;
  readonly reluBefore: boolean;
  readonly reluAfter: boolean;
  /** Adds to what `to` holds already; of `logits` that is the seed. */
  readonly adds: boolean;
}

/** A flood-filling network of so many pairs of convolutions as steps; two stacks of features are all it needs. */
export function planFfn(depth: number): ConvStep[] {
  const pairs = Array.from({ length: depth }, (_, pair): ConvStep[] => [
    {
      layer: 2 * pair,
      from: pair === 0 ? 'input' : 'stream',
      to: 'inner',
      reluBefore: pair > 0,
      reluAfter: true,
      adds: false,
    },
    {
      layer: 2 * pair + 1,
      from: 'inner',
      to: 'stream',
      reluBefore: false,
      reluAfter: false,
      adds: pair > 0,
    },
  ]);
  const last: ConvStep = {
    layer: 2 * depth,
    from: 'stream',
    to: 'logits',
    reluBefore: true,
    reluAfter: false,
    adds: true,
  };
  return [...pairs.flat(), last];
}
