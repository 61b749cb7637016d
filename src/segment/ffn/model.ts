import type { Zyx } from '../../core/vec';
import type { FfnLayers } from '../network/network';

/** A trained flood-filling network, and what it has to be told to run well. */
export interface FfnModel extends FfnLayers {
  /** A digest of the weights. */
  readonly id: string;
  readonly name: string;
  /** Where it comes from, and under which licence, in words; empty where nobody said so. */
  readonly source: string;
  readonly licence: string;
  /** Odd sizes. */
  readonly fieldOfViewZyx: Zyx;
  /** How far a field of view moves, voxels. */
  readonly deltasZyx: Zyx;
  /** There where nobody said so of field of view and deltas: they are what such networks usually have. */
  readonly isAssumed?: true;
  /** Names of the details that the user has said: they stay when the same network is imported again. */
  readonly edited?: readonly string[];
  /** What it was trained on; null where nobody said so. */
  readonly voxelSizeNm: Zyx | null;
  /** Image values become (value - mean) / deviation. */
  readonly normalization: { readonly mean: number; readonly deviation: number };
  /** Options that suit it: probabilities. */
  readonly padProbability: number;
  readonly moveThreshold: number;
}

/** What can be said of a model beside its weights. */
export type ModelDetails = Omit<FfnModel, keyof FfnLayers | 'id'>;
