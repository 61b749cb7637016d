import { BRICK_EDGE } from '../../core/brick';
import {
  type Axis,
  axesOf,
  type Bounds,
  type LevelGrid,
  levelReach,
  type SliceView,
  type ViewId,
  voxelToPixel,
} from '../../core/slice-geometry';
import type { Zyx } from '../../core/vec';

/** One view of one volume: what a brick's place on the canvas depends on. */
export interface SliceFrame {
  readonly viewId: ViewId;
  readonly state: SliceView;
  /** Of the finest level, whose voxels are the coordinates of all layers. */
  readonly voxelSizeNm: Zyx;
}

/** Whole pixels: from left and top up to, not including, right and bottom. */
export interface PixelRectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Where a brick shows: the voxel under a pixel's centre is `floor(centre * scale + offset)`, clamped to 0 and `last`. */
export interface BrickPlacement {
  readonly rectangle: PixelRectangle;
  readonly horizontal: AxisMapping;
  readonly vertical: AxisMapping;
  /** Index of the brick's first voxel that lies on the slice. */
  readonly firstVoxel: number;
}

export interface AxisMapping {
  readonly scale: number;
  readonly offset: number;
  readonly last: number;
}

/** Voxels of a brick from one step to the next along an axis. */
export const strideOf = (axis: Axis): number => BRICK_EDGE ** (2 - axis);

/** The first pixel whose centre is not before an edge: bricks that share an edge share no pixel and leave none. */
const firstPixel = (edge: number): number => Math.ceil(edge - 0.5);

/** The pixels of the canvas whose centres lie between two points in the plane of the view; undefined when there are none. */
export function pixelsBetween(frame: SliceFrame, from: Zyx, to: Zyx): PixelRectangle | undefined {
  const { viewId, state, voxelSizeNm } = frame;
  const [x0, y0] = voxelToPixel(viewId, state, voxelSizeNm, from);
  const [x1, y1] = voxelToPixel(viewId, state, voxelSizeNm, to);
  const rectangle = {
    left: Math.max(firstPixel(x0), 0),
    top: Math.max(firstPixel(y0), 0),
    right: Math.min(firstPixel(x1), state.widthPixels),
    bottom: Math.min(firstPixel(y1), state.heightPixels),
  };
  const isEmpty = rectangle.left >= rectangle.right || rectangle.top >= rectangle.bottom;
  return isEmpty ? undefined : rectangle;
}

/** The pixels that show something within bounds; undefined when the slice does not cut them. */
export function pixelsOf(frame: SliceFrame, bounds: Bounds): PixelRectangle | undefined {
  return cuts(frame, bounds) ? pixelsBetween(frame, bounds.startZyx, bounds.endZyx) : undefined;
}

function cuts({ viewId, state }: SliceFrame, { startZyx, endZyx }: Bounds): boolean {
  const { normal } = axesOf(viewId);
  const at = state.centerZyx[normal];
  return at >= startZyx[normal] && at < endZyx[normal];
}

/** From a brick's first voxel to its last inside the level, and what they cover in voxels of the finest level. */
function extent(bounds: Bounds, level: LevelGrid, brickZyx: Zyx, axis: Axis) {
  const first = brickZyx[axis] * BRICK_EDGE;
  const end = Math.min(first + BRICK_EDGE, level.shapeZyx[axis]);
  const toFinest = (at: number) => at * level.scaleZyx[axis] + level.offsetZyx[axis];
  const [reachStart, reachEnd] = levelReach(level, axis, bounds);
  return {
    first,
    last: end - 1 - first,
    start: Math.max(first === 0 ? reachStart : toFinest(first), bounds.startZyx[axis]),
    end: Math.min(end === level.shapeZyx[axis] ? reachEnd : toFinest(end), bounds.endZyx[axis]),
  };
}

/** Composes pixel to finest-level voxel to the brick's voxel, in doubles: the GPU then needs small numbers only. */
function mapping(
  { state, voxelSizeNm }: SliceFrame,
  level: LevelGrid,
  axis: Axis,
  sizePixels: number,
  { first, last }: { first: number; last: number },
): AxisMapping {
  const scale = state.nmPerPixel / voxelSizeNm[axis] / level.scaleZyx[axis];
  const centre = (state.centerZyx[axis] - level.offsetZyx[axis]) / level.scaleZyx[axis];
  return { scale, offset: centre - (sizePixels / 2) * scale - first, last };
}

/** Where a brick shows on the canvas; undefined when the slice does not cut it inside the viewport and the layer's bounds. */
export function placeBrick(
  frame: SliceFrame,
  bounds: Bounds,
  level: LevelGrid,
  brickZyx: Zyx,
): BrickPlacement | undefined {
  const { horizontal, vertical, normal } = axesOf(frame.viewId);
  const { centerZyx, widthPixels, heightPixels } = frame.state;
  const [z, y, x] = [
    extent(bounds, level, brickZyx, 0),
    extent(bounds, level, brickZyx, 1),
    extent(bounds, level, brickZyx, 2),
  ];
  const extents = [z, y, x] as const;
  const across = extents[normal];
  const at = centerZyx[normal];
  if (!cuts(frame, bounds) || at < across.start || at >= across.end) return undefined;
  const rectangle = pixelsBetween(frame, [z.start, y.start, x.start], [z.end, y.end, x.end]);
  if (!rectangle) return undefined;
  const layer = Math.floor((at - level.offsetZyx[normal]) / level.scaleZyx[normal]) - across.first;
  return {
    rectangle,
    horizontal: mapping(frame, level, horizontal, widthPixels, extents[horizontal]),
    vertical: mapping(frame, level, vertical, heightPixels, extents[vertical]),
    firstVoxel: Math.min(Math.max(layer, 0), across.last) * strideOf(normal),
  };
}
