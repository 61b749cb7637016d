/** Where the voxels of a slice view lie on its canvas. Pure; the page and the engine compute it alike. */
import { BRICK_EDGE, brickGrid } from './brick';
import type { Zyx } from './vec';

/** The slice views, named by their axes: horizontal, then vertical. */
export type ViewId = 'xy' | 'zy' | 'xz';

/** How one slice view looks at the volume. Continuous voxels of the finest level: voxel i covers [i, i + 1). */
export interface SliceView {
  /** What lies in the middle of the canvas; on the view's normal axis: the slice that is shown. */
  readonly centerZyx: Zyx;
  /** Nanometres that one device pixel spans, on both screen axes. */
  readonly nmPerPixel: number;
  /** Canvas size in device pixels. */
  readonly widthPixels: number;
  readonly heightPixels: number;
}

/** An index into a Zyx. */
export type Axis = 0 | 1 | 2;

/** Which axes of the volume grow to the right, down, and away from the viewer. */
export interface ViewAxes {
  readonly horizontal: Axis;
  readonly vertical: Axis;
  readonly normal: Axis;
}

const AXES: Readonly<Record<ViewId, ViewAxes>> = {
  xy: { horizontal: 2, vertical: 1, normal: 0 },
  zy: { horizontal: 0, vertical: 1, normal: 2 },
  xz: { horizontal: 2, vertical: 0, normal: 1 },
};

export const axesOf = (view: ViewId): ViewAxes => AXES[view];

/** What is needed of one level of a multiscale: `finest = level * scaleZyx + offsetZyx`, continuous voxels. */
export interface LevelGrid {
  readonly shapeZyx: Zyx;
  readonly scaleZyx: Zyx;
  readonly offsetZyx: Zyx;
}

/** Continuous voxel of the finest level under a point of the canvas; pixel i covers [i, i + 1). */
export function pixelToVoxel(
  viewId: ViewId,
  state: SliceView,
  voxelSizeNm: Zyx,
  xPixels: number,
  yPixels: number,
): Zyx {
  const { horizontal, vertical } = axesOf(viewId);
  const zyx: [number, number, number] = [...state.centerZyx];
  zyx[horizontal] +=
    ((xPixels - state.widthPixels / 2) * state.nmPerPixel) / voxelSizeNm[horizontal];
  zyx[vertical] += ((yPixels - state.heightPixels / 2) * state.nmPerPixel) / voxelSizeNm[vertical];
  return zyx;
}

/** Point of the canvas, in pixels, at which a continuous voxel of the finest level (projected to the slice) lies. */
export function voxelToPixel(
  viewId: ViewId,
  state: SliceView,
  voxelSizeNm: Zyx,
  zyx: Zyx,
): readonly [xPixels: number, yPixels: number] {
  const { horizontal, vertical } = axesOf(viewId);
  const along = (axis: Axis) =>
    ((zyx[axis] - state.centerZyx[axis]) * voxelSizeNm[axis]) / state.nmPerPixel;
  return [along(horizontal) + state.widthPixels / 2, along(vertical) + state.heightPixels / 2];
}

/** Sizes computed along different ways may differ in their last digits. */
const SLACK = 1 + 1e-6;

/**
 * Index of the coarsest level, of levels sorted from the finest on, whose voxels are in the plane of the view no larger than
 * a device pixel or than the finest level's; 0 when there is none.
 */
export function pickLevel(
  viewId: ViewId,
  state: SliceView,
  levels: readonly LevelGrid[],
  voxelSizeNm: Zyx,
): number {
  const { horizontal, vertical } = axesOf(viewId);
  const finest = levels[0];
  const isFine = (level: LevelGrid) =>
    [horizontal, vertical].every((axis) => {
      const limit = Math.max(state.nmPerPixel / voxelSizeNm[axis], finest?.scaleZyx[axis] ?? 0);
      return level.scaleZyx[axis] <= limit * SLACK;
    });
  return Math.max(0, levels.findLastIndex(isFine));
}

/** First and last brick of a level along one axis that the finest level's voxels [from, to] touch; none: last < first. */
function brickRange(level: LevelGrid, axis: Axis, from: number, to: number): [number, number] {
  const toLevel = (at: number) => (at - level.offsetZyx[axis]) / level.scaleZyx[axis];
  const last = brickGrid(level.shapeZyx)[axis] - 1;
  return [
    Math.max(0, Math.floor(toLevel(from) / BRICK_EDGE)),
    Math.min(last, Math.floor(toLevel(to) / BRICK_EDGE)),
  ];
}

/**
 * The bricks of a level's own grid that the slice cuts inside the viewport, nearest to its centre first. A slice less than one
 * of the level's voxels outside the level still cuts its outermost bricks, as rounded-down pyramids need it.
 */
export function visibleBricks(
  viewId: ViewId,
  state: SliceView,
  level: LevelGrid,
  voxelSizeNm: Zyx,
): Zyx[] {
  const { horizontal, vertical, normal } = axesOf(viewId);
  const from = pixelToVoxel(viewId, state, voxelSizeNm, 0, 0);
  const to = pixelToVoxel(viewId, state, voxelSizeNm, state.widthPixels, state.heightPixels);
  const layer = Math.floor(
    (state.centerZyx[normal] - level.offsetZyx[normal]) / level.scaleZyx[normal],
  );
  if (layer < -1 || layer > level.shapeZyx[normal]) return [];
  const across = Math.min(Math.max(layer, 0), level.shapeZyx[normal] - 1);
  const [left, right] = brickRange(level, horizontal, from[horizontal], to[horizontal]);
  const [top, bottom] = brickRange(level, vertical, from[vertical], to[vertical]);
  const found: { brickZyx: Zyx; distanceNm: number }[] = [];
  for (let v = top; v <= bottom; v++)
    for (let h = left; h <= right; h++) {
      const brickZyx: [number, number, number] = [0, 0, 0];
      brickZyx[normal] = Math.floor(across / BRICK_EDGE);
      brickZyx[horizontal] = h;
      brickZyx[vertical] = v;
      const offCentreNm = (axis: Axis) =>
        ((brickZyx[axis] + 0.5) * BRICK_EDGE * level.scaleZyx[axis] +
          level.offsetZyx[axis] -
          state.centerZyx[axis]) *
        voxelSizeNm[axis];
      const distanceNm = Math.hypot(offCentreNm(horizontal), offCentreNm(vertical));
      found.push({ brickZyx, distanceNm });
    }
  return found.sort((a, b) => a.distanceNm - b.distanceNm).map(({ brickZyx }) => brickZyx);
}

/** A box of continuous voxels of the finest level, its end not included: what a layer covers. */
export interface Bounds {
  readonly startZyx: Zyx;
  readonly endZyx: Zyx;
}

/** What a volume of that shape covers. */
export const boundsOfShape = (shapeZyx: Zyx): Bounds => ({
  startZyx: [0, 0, 0],
  endZyx: shapeZyx,
});

/**
 * What a level covers along one axis, in voxels of the finest level, cut to the layer's bounds. Where less than one of its
 * voxels is missing to them, its outermost voxels reach to them: pyramids round their shapes.
 */
export function levelReach(
  level: LevelGrid,
  axis: Axis,
  { startZyx, endZyx }: Bounds,
): readonly [start: number, end: number] {
  const scale = level.scaleZyx[axis];
  const start = level.offsetZyx[axis];
  const end = start + level.shapeZyx[axis] * scale;
  const [first, last] = [startZyx[axis], endZyx[axis]];
  return [start - first < scale ? first : start, last - end < scale ? last : end];
}
