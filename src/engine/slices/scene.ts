import type { ImageDtype } from '../../core/dtype';
import type { Zyx } from '../../core/vec';
import type { LevelInfo } from '../../volume/model';
import type { DisplayState } from '../protocol';

/** A resident brick at `brickZyx` of its level's own grid; where its pool holds it depends on who draws. */
export interface DrawnBrick<Slot> {
  readonly slot: Slot;
  readonly brickZyx: Zyx;
  readonly level: LevelInfo;
}

/** A brick that could not be read: hatched. */
export interface FailedBrick {
  readonly brickZyx: Zyx;
  readonly level: LevelInfo;
}

/**
 * All that a slice may show. Each brick is there at most once; those that the slice does not cut are left out by who draws;
 * their order means nothing.
 */
export interface SliceScene<Slot> {
  /** Of the finest level. */
  readonly volumeShapeZyx: Zyx;
  readonly voxelSizeNm: Zyx;
  readonly imageDtype: ImageDtype;
  readonly image: readonly DrawnBrick<Slot>[];
  readonly failed: readonly FailedBrick[];
  /** Of the stored label layer: u32 indices into the reference colours, 0 for none. */
  readonly reference: readonly DrawnBrick<Slot>[];
  /** Of the segmentation, all of one level: u32 segment ids below 2^31, 0 for none. */
  readonly labels: readonly DrawnBrick<Slot>[];
  readonly display: DisplayState;
}

/** Set in what is drawn of the stored label layer, clear in ids of segments; as in shaders/slice/view.wgsl. */
export const REFERENCE_BIT = 0x80000000;
