import { BRICK_EDGE } from '../../core/brick';
import { areaOf, type Polygon, sectionOf } from '../../core/section';
import {
  type Axis,
  type Bounds,
  type LevelGrid,
  levelReach,
  type SlicePlane,
  type ViewAxes,
} from '../../core/slice-geometry';
import { maximum, minimum, type Zyx } from '../../core/vec';

/** Whole pixels: from left and top up to, not including, right and bottom. */
export interface PixelRectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Where a brick shows: at the pixels of `rectangle` whose centres lie within `bounds`, which are all of them where the plane
 * is not oblique.
 */
export interface BrickPlacement extends Shown {
  /** Of the brick, in voxels of the finest level. */
  readonly bounds: Bounds;
  readonly voxels: BrickVoxelMap;
}

/** From a canvas to a brick's voxels: `floor(centre + right · x + down · y)`, pixels from the middle, clamped to 0 and `last`. */
export interface BrickVoxelMap {
  readonly centerZyx: Zyx;
  readonly rightZyx: Zyx;
  readonly downZyx: Zyx;
  readonly lastZyx: Zyx;
  /** Voxels of the finest level in one of the brick's. */
  readonly scaleZyx: Zyx;
}

const each = (of: (axis: Axis) => number): Zyx => [of(0), of(1), of(2)];

/** Voxels of a brick from one step to the next along an axis. */
export const strideOf = (axis: Axis): number => BRICK_EDGE ** (2 - axis);

/** Index of a brick's first voxel in a plane that is not oblique; 0 where it is. */
export function firstVoxelOf(
  { axes }: SlicePlane,
  { centerZyx, lastZyx }: Pick<BrickVoxelMap, 'centerZyx' | 'lastZyx'>,
): number {
  if (!axes) return 0;
  const across = Math.min(Math.max(Math.floor(centerZyx[axes.normal]), 0), lastZyx[axes.normal]);
  return across * strideOf(axes.normal);
}

/** The first pixel whose centre is not before an edge: bricks that share an edge share no pixel and leave none. */
const firstPixel = (edge: number): number => Math.ceil(edge - 0.5);

/** What the canvas shows between two edges each way. */
function clipped(
  { widthPixels, heightPixels }: SlicePlane,
  left: number,
  top: number,
  right: number,
  bottom: number,
): PixelRectangle | undefined {
  const rectangle = {
    left: Math.max(left, 0),
    top: Math.max(top, 0),
    right: Math.min(right, widthPixels),
    bottom: Math.min(bottom, heightPixels),
  };
  const isEmpty = rectangle.left >= rectangle.right || rectangle.top >= rectangle.bottom;
  return isEmpty ? undefined : rectangle;
}

/** The pixels whose centres lie within bounds, on a plane along two axes. */
function alignedPixels(
  plane: SlicePlane,
  { horizontal, vertical, normal }: ViewAxes,
  { startZyx, endZyx }: Bounds,
): PixelRectangle | undefined {
  const { centerZyx, rightZyx, downZyx, widthPixels, heightPixels } = plane;
  const at = centerZyx[normal];
  if (at < startZyx[normal] || at >= endZyx[normal]) return undefined;
  const x = (zyx: Zyx) =>
    firstPixel((zyx[horizontal] - centerZyx[horizontal]) / rightZyx[horizontal] + widthPixels / 2);
  const y = (zyx: Zyx) =>
    firstPixel((zyx[vertical] - centerZyx[vertical]) / downZyx[vertical] + heightPixels / 2);
  return clipped(plane, x(startZyx), y(startZyx), x(endZyx), y(endZyx));
}

/** Room for what was rounded, in pixels. */
const ROOM = 1e-3;

/** A rectangle around a polygon. */
function around(plane: SlicePlane, polygon: Polygon): PixelRectangle | undefined {
  let [left, top] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let [right, bottom] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < polygon.length; i += 2) {
    const [x, y] = [polygon[i] ?? 0, polygon[i + 1] ?? 0];
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  if (polygon.length === 0) return undefined;
  return clipped(
    plane,
    firstPixel(left - ROOM),
    firstPixel(top - ROOM),
    firstPixel(right + ROOM),
    firstPixel(bottom + ROOM),
  );
}

/** Where what lies within bounds shows: the pixels of a rectangle, or a part of them, and how many these are. */
export interface Shown {
  readonly rectangle: PixelRectangle;
  /** A whole number where the plane is not oblique. */
  readonly areaPixels: number;
}

/** What the slice shows of what lies within bounds; undefined when it does not cut them inside the viewport. */
export function shownOf(plane: SlicePlane, bounds: Bounds): Shown | undefined {
  if (plane.axes) {
    const rectangle = alignedPixels(plane, plane.axes, bounds);
    if (!rectangle) return undefined;
    const { left, top, right, bottom } = rectangle;
    return { rectangle, areaPixels: (right - left) * (bottom - top) };
  }
  const section = sectionOf(plane, bounds);
  const rectangle = around(plane, section);
  return rectangle && { rectangle, areaPixels: areaOf(section) };
}

/** What a brick covers of a layer in voxels of the finest level; the level's outermost reach to the layer's bounds. */
function coverOf(bounds: Bounds, level: LevelGrid, firstZyx: Zyx, endZyx: Zyx): Bounds {
  const toFinest = (at: number, axis: Axis) => at * level.scaleZyx[axis] + level.offsetZyx[axis];
  const start = each((axis) =>
    firstZyx[axis] === 0 ? levelReach(level, axis, bounds)[0] : toFinest(firstZyx[axis], axis),
  );
  const end = each((axis) =>
    endZyx[axis] === level.shapeZyx[axis]
      ? levelReach(level, axis, bounds)[1]
      : toFinest(endZyx[axis], axis),
  );
  return { startZyx: maximum(start, bounds.startZyx), endZyx: minimum(end, bounds.endZyx) };
}

/** Where a brick shows on the canvas; undefined when the slice does not cut it inside the viewport and the layer's bounds. */
export function placeBrick(
  plane: SlicePlane,
  bounds: Bounds,
  level: LevelGrid,
  brickZyx: Zyx,
): BrickPlacement | undefined {
  const firstZyx = each((axis) => brickZyx[axis] * BRICK_EDGE);
  const endZyx = each((axis) => Math.min(firstZyx[axis] + BRICK_EDGE, level.shapeZyx[axis]));
  const cover = coverOf(bounds, level, firstZyx, endZyx);
  const shown = shownOf(plane, cover);
  if (!shown) return undefined;
  // Composed in doubles: who draws then needs small numbers only.
  const { centerZyx, rightZyx, downZyx } = plane;
  const { scaleZyx, offsetZyx } = level;
  return {
    ...shown,
    bounds: cover,
    voxels: {
      centerZyx: each(
        (axis) => (centerZyx[axis] - offsetZyx[axis]) / scaleZyx[axis] - firstZyx[axis],
      ),
      rightZyx: each((axis) => rightZyx[axis] / scaleZyx[axis]),
      downZyx: each((axis) => downZyx[axis] / scaleZyx[axis]),
      lastZyx: each((axis) => endZyx[axis] - 1 - firstZyx[axis]),
      scaleZyx,
    },
  };
}
