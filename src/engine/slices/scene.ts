import type { ImageDtype } from '../../core/dtype';
import type { Zyx } from '../../core/vec';
import type { LevelInfo } from '../../volume/model';
import type { DisplayState } from '../protocol';

/** A brick that lies on the GPU: the `slot`-th of 64³ voxels in `block`, at `brickZyx` of its level's own grid. */
export interface DrawnBrick {
  readonly block: GPUBuffer;
  readonly slot: number;
  readonly brickZyx: Zyx;
  readonly level: LevelInfo;
}

/** A brick that could not be read: hatched. */
export interface FailedBrick {
  readonly brickZyx: Zyx;
  readonly level: LevelInfo;
}

/** The bits of a running fill, drawn as segment `id`; bricks of the finest level's grid. Layout: core/brick-bits. */
export interface FillBits {
  readonly state: GPUBuffer;
  readonly id: number;
  readonly bricks: readonly { readonly brickZyx: Zyx; readonly slot: number }[];
}

/**
 * All that a slice may show. Each brick is there at most once; those that the slice does not cut are left out by the renderer;
 * their order means nothing.
 */
export interface SliceScene {
  /** Of the finest level. */
  readonly volumeShapeZyx: Zyx;
  readonly voxelSizeNm: Zyx;
  readonly imageDtype: ImageDtype;
  readonly image: readonly DrawnBrick[];
  readonly failed: readonly FailedBrick[];
  /** Of the stored label layer: u32 indices into the reference colours, 0 for none. */
  readonly reference: readonly DrawnBrick[];
  /** Of the segmentation, all of one level: u32 segment ids below 2^31, 0 for none. */
  readonly labels: readonly DrawnBrick[];
  readonly fills: readonly FillBits[];
  readonly display: DisplayState;
}
