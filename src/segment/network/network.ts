import type { Zyx } from '../../core/vec';

/** One 3-D convolution with bias: stride 1, zero padding that keeps the shape, 1³ or 3³ taps. */
export interface ConvLayer {
  readonly kernelZyx: Zyx;
  readonly inputs: number;
  readonly outputs: number;
  /** C-ordered (z, y, x, input, output), as TensorFlow keeps them. */
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

/**
 * The layers of a flood-filling network, in the order they run: conv0_a, conv0_b, conv1_a, … conv_lom (google/ffn's
 * `convstack_3d`; M. Januszewski et al., arXiv:1611.00421). The first has two inputs, normalised image and seed logits.
 */
export interface FfnLayers {
  /** How many pairs of convolutions there are, google/ffn's of 3³: `layers` holds two for each, and the last one of 1³. */
  readonly depth: number;
  readonly features: number;
  readonly layers: readonly ConvLayer[];
}

/** What a network may store activations and weights in; sums are f32 in any case. */
export const PRECISIONS = ['f32', 'f16'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** A network on a device, weights packed, ready to be applied to fields of view of one shape. */
export interface Network {
  readonly fieldOfViewZyx: Zyx;
  /** At most so many fields of view in one call. */
  readonly maxBatch: number;
  readonly precision: Precision;
  /** What it runs on, in words. */
  readonly adapter: string;
  /**
   * Logits of fields of view, the seed's included: seed + what the network adds. All arrays are C-ordered
   * (field of view, z, y, x); `image` is normalised, `seed` has no NaN. Neither is kept or changed. Calls queue up; one whose
   * `signal` is aborted ends with that reason.
   */
  apply(image: Float32Array, seed: Float32Array, signal?: AbortSignal): Promise<Float32Array>;
  dispose(): void;
}
