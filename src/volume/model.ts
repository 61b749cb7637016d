import type { Box } from '../core/box';
import type { Dtype, LabelDtype, VoxelArray } from '../core/dtype';
import type { Zyx } from '../core/vec';

/**
 * Where a level's voxels lie in voxels of the finest level. Continuous coordinates: voxel i covers [i, i + 1).
 * `finest = level * scaleZyx + offsetZyx`.
 */
export interface LevelTransform {
  readonly scaleZyx: Zyx;
  readonly offsetZyx: Zyx;
}

/** One level of a multiscale, as plain data. */
export interface LevelInfo extends LevelTransform {
  /** Path of the array below the source's URL, without a leading slash; empty for a bare array. */
  readonly path: string;
  readonly shapeZyx: Zyx;
  readonly chunkZyx: Zyx;
}

/** Which of a volume's times and channels is looked at; 0 where it has but one. */
export interface AxisSelection {
  readonly t: number;
  readonly c: number;
}

/** What the metadata tell of a channel. */
export interface ChannelInfo {
  /** The channel's number from 1 on where it has no name. */
  readonly label: string;
  /** Values to draw black and white at first. */
  readonly window: readonly [low: number, high: number] | undefined;
  /** Red, green, blue, 0 to 255. */
  readonly colour: readonly [number, number, number] | undefined;
}

/** A volume, as plain data, at one time and channel. Lengths in nanometres; levels from the finest on. */
export interface VolumeInfo {
  readonly url: string;
  readonly name: string;
  readonly shapeZyx: Zyx;
  readonly voxelSizeNm: Zyx;
  /** Centre of voxel (0, 0, 0). */
  readonly originNm: Zyx;
  /** Of the voxels as they are stored. */
  readonly dtype: Dtype;
  readonly levels: readonly LevelInfo[];
  /** How many times there are, and the channels: one where the image has no such axis. */
  readonly times: number;
  readonly channels: readonly ChannelInfo[];
  readonly selection: AxisSelection;
  /** Names of the label layers stored with the image. */
  readonly labels: readonly string[];
  /** Values drawn black and white at first: the channel's window, else what the dtype or the coarsest level suggests. */
  readonly contrast: readonly [low: number, high: number];
}

/**
 * One brick's voxels as they are stored: 64³ in z, y, x order, C-ordered, those outside the level's shape set to the fill value. They may
 * be the cache's own: nobody may change or transfer them.
 */
export interface BrickData<D extends Dtype = Dtype> {
  readonly dtype: D;
  readonly data: VoxelArray;
}

/** One level that can be read. All methods reject with typed errors (core/errors) or with an AbortError. */
export interface LevelReader<D extends Dtype = Dtype> {
  readonly info: LevelInfo;
  readonly dtype: D;
  /** The brick at `brickZyx` of this level's own grid of 64³ bricks; `onFetched` as in `readBox`. */
  readBrick(brickZyx: Zyx, signal?: AbortSignal, onFetched?: () => void): Promise<BrickData<D>>;
  /** Takes back what `readBrick` gave, once nobody looks at it any more: its memory is used again, which is faster than new memory. */
  recycle?(voxels: VoxelArray): void;
  /**
   * Any box of this level's voxels, exactly as stored (bool as 0 and 1, float16 as float32); outside the shape: the fill value.
   * `onFetched` is told, if it is, when all has been fetched and only has to be decoded.
   */
  readBox(box: Box, signal?: AbortSignal, onFetched?: () => void): Promise<VoxelArray>;
  /**
   * Boxes that were read as absent, as the fill value, before the folder was found changed: what was made of them may be wrong, and
   * they can be read anew. Each is told once.
   */
  takeDoubtful?(): readonly Box[];
  /** Gets the chunks that reading a box would need into the cache. */
  prefetch(box: Box, signal?: AbortSignal): Promise<void>;
}

export interface LabelLayer {
  readonly name: string;
  readonly dtype: LabelDtype;
  readonly levels: readonly LevelReader<LabelDtype>[];
}

/** An open volume. */
export interface Volume {
  readonly info: VolumeInfo;
  readonly levels: readonly LevelReader[];
  /** The same volume at another time or channel, with the same cache; BAD_PARAMETERS where it has no such one. */
  select(selection: Partial<AxisSelection>, signal?: AbortSignal): Promise<Volume>;
  /** Opens a label layer by one of `info.labels`; UNKNOWN_LABEL_LAYER otherwise. */
  openLabels(name: string, signal?: AbortSignal): Promise<LabelLayer>;
  /** Changes what decoded chunks may take in memory. */
  setCacheBytes(bytes: number): void;
  /** Bytes fetched, bytes decoded, chunks missing (drawn as the fill value) so far, and bytes cached now. */
  readonly statistics: VolumeStatistics;
}

export interface VolumeStatistics {
  fetchedBytes: number;
  decodedBytes: number;
  /** What decoded chunks take in memory now. */
  cachedBytes: number;
  missingChunks: number;
  /** Chunks that were in memory when they were asked for, and chunks that made room for others. */
  cacheHits: number;
  evictions: number;
  /** Chunks that were on disk when they were asked for. */
  diskHits: number;
  /** Requests that were made again after one that had failed. */
  retries: number;
}
