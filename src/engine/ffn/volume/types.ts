import type { Box } from '../../../core/box';
import type { FfnParams } from '../../../segment/ffn/params';

/** A whole volume, or a box of it, segmented by a flood-filling network from seeds that are found in the image. */
export interface VolumeRequest {
  readonly algorithm: 'ffn';
  /** As of a single object, but for `seedsZyx` and `blocks`. */
  readonly params: FfnParams;
  readonly box?: Box;
  /**
   * Subvolumes that are segmented one after the other, voxels of the level that the network sees: 256, or fewer where the budget of memory has
   * no room for that, overlapping by 64 or more.
   */
  readonly subvolumeEdge?: number;
  readonly overlap?: number;
  /** Begins anew even where an earlier run of the same request was broken off. */
  readonly restart?: boolean;
}

/** How far the segmentation of a volume is. */
export interface VolumeProgress {
  /** Finding seeds in a subvolume, or growing objects from them. */
  readonly phase: 'seeds' | 'objects';
  readonly subvolume: number;
  readonly subvolumes: number;
  /** Seeds of the subvolume that were tried, and all it has. */
  readonly seeds: number;
  readonly seedsTotal: number;
  readonly objects: number;
  /** 0 to 1, of all. */
  readonly share: number;
  /** At the rate so far; null until that is known. */
  readonly remainingMilliseconds: number | null;
}

export interface VolumeResult {
  /** Of the segments that were made, reconciled over all subvolumes. */
  readonly ids: readonly number[];
  readonly voxels: number;
  readonly subvolumes: number;
  readonly seeds: number;
  /** Objects that came to nothing: too small, or not believed in. */
  readonly discarded: number;
  /** Objects that an earlier, broken off run had made. */
  readonly resumed: number;
  /** Segments of neighbouring subvolumes that turned out to be one. */
  readonly joined: number;
  readonly steps: number;
  readonly unreadBricks: number;
  readonly milliseconds: number;
}
