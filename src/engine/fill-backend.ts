import type { BitsVault } from '../core/bits-vault';
import type { BrickKey } from '../core/brick';
import type { Dtype } from '../core/dtype';
import type {
  FloodFillOutcome,
  FloodFillProgress,
  FloodFillRequest,
} from '../segment/flood-fill/types';
import type { Gate } from '../segment/gate';
import type { StoredRange } from './comparison';
import type { RunsOn } from './jobs';

/** A fill of an image, its range in the values that are stored. */
export type StoredFillRequest = Omit<FloodFillRequest, 'range'> & { readonly range: StoredRange };

export interface FillHooks {
  readonly vault: BitsVault;
  readonly signal: AbortSignal;
  readonly gate: Gate;
  onProgress(
    progress: Pick<FloodFillProgress, 'voxels' | 'bricks' | 'frontierBricks' | 'changed'>,
  ): void;
}

/** What a fill came to, as far as lists show it. */
export type FillOutcome = Pick<
  FloodFillOutcome,
  'voxels' | 'bits' | 'bricks' | 'unreadBricks' | 'complete'
>;

/** What fills run on. All give the same voxels. */
export interface FillBackend extends RunsOn {
  /** In words, for results. */
  readonly adapter: string;
  /** Whether it draws the growing segment in a brick itself; else the labels are painted over with what changed. */
  draws(key: BrickKey): boolean;
  /** Gets ready for the first fill of an image of this type. */
  prepare(dtype: Dtype): Promise<void>;
  /** Fills the open volume from a seed, as segment `id`; rejects as `FloodFill.run` does. */
  fill(id: number, request: StoredFillRequest, hooks: FillHooks): Promise<FillOutcome>;
}
