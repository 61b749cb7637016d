import type { ColourMap } from '../../core/colour-map';
import type { ImageDtype } from '../../core/dtype';
import type { Bounds } from '../../core/slice-geometry';
import type { Zyx } from '../../core/vec';
import type { LevelInfo } from '../../volume/model';
import type { Blending } from '../layer';

/** A resident brick at `brickZyx` of its level's own grid; where its pool holds it depends on who draws. */
export interface DrawnBrick<Slot> {
  readonly slot: Slot;
  readonly brickZyx: Zyx;
  readonly level: LevelInfo;
}

/** A resident brick of the segmentation: u32 segment ids, 0 for none, or the bits of the only segment in it. */
export interface SegmentBrick<Slot> extends DrawnBrick<Slot> {
  /** Whose bits the slot holds (core/brick-bits); undefined: it holds ids. */
  readonly segment: number | undefined;
}

/** A brick that could not be read: hatched. */
export interface FailedBrick {
  readonly brickZyx: Zyx;
  readonly level: LevelInfo;
}

/** Colours of a stored label layer's indices, packed by `packColour`; indices without one, or of alpha 0, are not drawn. */
export interface LabelColours {
  /** Grows with each change. */
  readonly version: number;
  readonly words: Uint32Array<ArrayBuffer>;
}

interface AnySceneLayer<Slot> {
  readonly bounds: Bounds;
  /** Each at most once, those that the slice does not cut too; their order means nothing. */
  readonly bricks: readonly DrawnBrick<Slot>[];
  readonly failed: readonly FailedBrick[];
  readonly opacity: number;
  readonly blending: Blending;
}

export interface SceneImage<Slot> extends AnySceneLayer<Slot> {
  readonly kind: 'image';
  readonly dtype: ImageDtype;
  readonly contrast: readonly [low: number, high: number];
  readonly colourMap: ColourMap;
}

/** A stored label layer: u32 indices into its colours, 0 for none. */
export interface SceneLabels<Slot> extends AnySceneLayer<Slot> {
  readonly kind: 'labels';
  readonly colours: LabelColours;
}

/** The segmentation; its bricks are all of one level. */
export interface SceneSegments<Slot> extends AnySceneLayer<Slot> {
  readonly kind: 'segments';
  readonly bricks: readonly SegmentBrick<Slot>[];
}

export type SceneLayer<Slot> = SceneImage<Slot> | SceneLabels<Slot> | SceneSegments<Slot>;

/** All that a slice shows: visible layers, the lowest first, whose own blending does not matter. */
export interface SliceScene<Slot> {
  /** Of the finest level of the volume, which defines the coordinates. */
  readonly volumeShapeZyx: Zyx;
  readonly voxelSizeNm: Zyx;
  readonly layers: readonly SceneLayer<Slot>[];
  /** Of segments. */
  readonly selectedIds: readonly number[];
  readonly hiddenIds: readonly number[];
}

/** How the layer at an index of the scene is mixed with what lies below it. */
export const blendingAt = (
  layers: readonly { readonly blending: Blending }[],
  index: number,
): Blending => (index === 0 ? 'normal' : (layers[index]?.blending ?? 'normal'));
