import { z } from 'zod';
import { PRECISIONS } from '../network/network';
import type { FfnModel } from './model';

const probability = z.number().gt(0).lt(1);
const voxel = z.tuple([z.int(), z.int(), z.int()]).readonly();

/** Of one object, beside the first. */
export const MOST_SEEDS = 1024;

/** A ball that no field of view may be centred in, and whose voxels the object never gets; voxels of the finest level. */
export const block = z.object({ zyx: voxel, radius: z.number().min(0).max(256) }).readonly();

/**
 * What a flood-filling network is run with. Names and defaults are those of google/ffn's `InferenceOptions`, in camel case;
 * what the model was trained for is the model's unless it is given.
 */
export const ffnParams = z.strictObject({
  /** The digest of the model's weights. */
  model: z.string().min(1),
  /** Probabilities: of the seed, of voxels not visited yet, to move on, and to be part of the segment. */
  initActivation: probability.default(0.95),
  padProbability: probability.optional(),
  moveThreshold: probability.optional(),
  segmentThreshold: probability.default(0.6),
  /** A segment of fewer voxels is discarded. */
  minSegmentSize: z
    .int()
    .min(0)
    .max(2 ** 40)
    .default(1000),
  /** So close to a finished segment no seed is taken, voxels. */
  minBoundaryDist: z.int().min(0).max(16).default(1),
  /**
   * Voxels once taken for something else stay so in fields of view of which more than this share is object; negative: never.
   */
  discoSeedThreshold: z.number().min(-1).max(1).default(0),
  /** Applications of the network to one object; none: until nothing is left to visit. */
  maxSteps: z.int().min(1).optional(),
  /** Fields of view of one object in one application, where they do not overlap; 1 is google/ffn's own order. */
  batch: z.int().min(1).max(64).default(1),
  /** What makes grey values fit the network: what the model was trained with, or the volume's own mean and deviation. */
  normalization: z.enum(['model', 'volume']).default('model'),
  /**
   * What the network's activations and weights are stored in: f16 takes half of a GPU's memory and bandwidth and is less exact; for
   * adapters with shader-f16 alone.
   */
  precision: z.enum(PRECISIONS).default('f32'),
  /** More seeds of the same object, and balls it must not enter. */
  seedsZyx: z.array(voxel).max(MOST_SEEDS).readonly().default([]),
  blocks: z.array(block).max(1024).readonly().default([]),
});

export type FfnParams = z.input<typeof ffnParams>;
export type CheckedFfnParams = z.output<typeof ffnParams>;
export type Block = z.output<typeof block>;

/** The logit of a probability, in single precision as the network's. */
export const logit = (probability: number): number =>
  Math.fround(Math.log(probability / (1 - probability)));

/** What inference compares with: all thresholds as logits. */
export interface FfnThresholds {
  readonly init: number;
  readonly pad: number;
  readonly move: number;
  readonly segment: number;
  /** A share, not a logit. */
  readonly disco: number;
}

export const thresholdsOf = (
  params: CheckedFfnParams,
  model: Pick<FfnModel, 'padProbability' | 'moveThreshold'>,
): FfnThresholds => ({
  init: logit(params.initActivation),
  pad: logit(params.padProbability ?? model.padProbability),
  move: logit(params.moveThreshold ?? model.moveThreshold),
  segment: logit(params.segmentThreshold),
  disco: params.discoSeedThreshold,
});
