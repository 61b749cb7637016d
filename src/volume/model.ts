import type { Box } from '../core/box';
import type { Dtype, ImageDtype, LabelDtype, VoxelArray } from '../core/dtype';
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

/** A volume, as plain data. Lengths in nanometres; levels from the finest on. */
export interface VolumeInfo {
  readonly url: string;
  readonly name: string;
  readonly shapeZyx: Zyx;
  readonly voxelSizeNm: Zyx;
  /** Centre of voxel (0, 0, 0). */
  readonly originNm: Zyx;
  readonly dtype: ImageDtype;
  readonly levels: readonly LevelInfo[];
  /** Names of the label layers stored with the image. */
  readonly labels: readonly string[];
  /** Values drawn black and white at first: the omero window, else what the dtype or the coarsest level suggests. */
  readonly contrast: readonly [low: number, high: number];
}

/** One brick's voxels: 64³ in z, y, x order, C-ordered, those outside the level's shape set to the fill value. */
export interface BrickData<D extends Dtype = Dtype> {
  readonly dtype: D;
  readonly data: VoxelArray;
}

/** One level that can be read. All methods reject with typed errors (core/errors) or with an AbortError. */
export interface LevelReader<D extends Dtype = Dtype> {
  readonly info: LevelInfo;
  readonly dtype: D;
  /** The brick at `brickZyx` of this level's own grid of 64³ bricks. */
  readBrick(brickZyx: Zyx, signal?: AbortSignal): Promise<BrickData<D>>;
  /** Any box of this level's voxels, exactly as stored; outside the shape: the fill value. */
  readBox(box: Box, signal?: AbortSignal): Promise<VoxelArray>;
}

export interface LabelLayer {
  readonly name: string;
  readonly dtype: LabelDtype;
  readonly levels: readonly LevelReader<LabelDtype>[];
}

/** An open volume. */
export interface Volume {
  readonly info: VolumeInfo;
  readonly levels: readonly LevelReader<ImageDtype>[];
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
  /** Requests that were made again after one that had failed. */
  retries: number;
}
