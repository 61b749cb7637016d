import type { Zyx } from '../core/vec';
import type { Block, FfnParams, ModelInfo, Precision } from '../engine/protocol';
import type { ModelsState } from './models-state';

export { PRECISIONS, type Precision } from '../engine/protocol';

/**
 * How the FFN tool turns a click into a request. Names and defaults are google/ffn's, but for what it has no option for; null
 * is the model's own, or no limit.
 */
export interface FfnOptions {
  /** Null for the first one that is kept. */
  readonly model: string | null;
  readonly initActivation: number;
  readonly padProbability: number | null;
  readonly moveThreshold: number | null;
  readonly segmentThreshold: number;
  readonly minSegmentSize: number;
  readonly minBoundaryDist: number;
  readonly discoSeedThreshold: number;
  readonly maxSteps: number | null;
  readonly batch: number;
  readonly normalization: 'model' | 'volume';
  /** What the network's activations are stored in. */
  readonly precision: Precision;
  /** Of the balls that Alt-click keeps an object out of, voxels. */
  readonly blockRadius: number;
}

/** The FFN tool. */
export interface FfnState {
  readonly options: FfnOptions;
  /** Seeds that were collected: the next click grows an object of each, all at once. */
  readonly seedsZyx: readonly Zyx[];
}

/** What was placed for objects that grow now. */
export interface PlacedMarks {
  /** Of the request's first object: all its seeds, the first one first. */
  readonly seedsZyx: readonly Zyx[];
  readonly blocks: readonly Block[];
  /** Of its other objects, a seed each. */
  readonly otherSeedsZyx: readonly Zyx[];
}

export const INITIAL_FFN: FfnState = {
  options: {
    model: null,
    initActivation: 0.95,
    padProbability: null,
    moveThreshold: null,
    segmentThreshold: 0.6,
    minSegmentSize: 1000,
    minBoundaryDist: 1,
    discoSeedThreshold: 0,
    maxSteps: null,
    batch: 1,
    normalization: 'model',
    precision: 'f32',
    blockRadius: 8,
  },
  seedsZyx: [],
};

/** The network that is chosen, else the first one; undefined while there is none. */
export const chosenModel = ({
  models,
  ffn,
}: {
  readonly models: ModelsState;
  readonly ffn: FfnState;
}): ModelInfo | undefined => {
  const kept = models.list?.models ?? [];
  return kept.find(({ id }) => id === ffn.options.model) ?? kept[0];
};

/** Options as a request has them: what is null is left out. */
export function paramsOf(
  { blockRadius: _, padProbability, moveThreshold, maxSteps, ...others }: FfnOptions,
  model: string,
): FfnParams {
  return {
    ...others,
    model,
    ...(padProbability === null ? {} : { padProbability }),
    ...(moveThreshold === null ? {} : { moveThreshold }),
    ...(maxSteps === null ? {} : { maxSteps }),
  };
}
