/** Where the voxels of a slice view lie on its canvas. Pure; the page and the engine compute it alike. */
import { type Quaternion, rotate } from './quaternion';
import { add, dot, multiply, scale, subtract, type Zyx } from './vec';

/** The slice views, named by their axes while nothing is turned: horizontal, then vertical. */
export type ViewId = 'xy' | 'zy' | 'xz';

/** How one slice view looks at the volume. Continuous voxels of the finest level: voxel i covers [i, i + 1). */
export interface SliceView {
  /** What lies in the middle of the canvas: the slice that is shown goes through it. */
  readonly centerZyx: Zyx;
  /** How all views are turned from the volume's axes, in nanometres; they stay at right angles to each other. */
  readonly orientation: Quaternion;
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

/** The axes of a view that is not turned. */
export const axesOf = (view: ViewId): ViewAxes => AXES[view];

const UNITS: readonly [Zyx, Zyx, Zyx] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** Directions of length one in nanometre space, at right angles. */
export interface ViewDirections {
  readonly right: Zyx;
  readonly down: Zyx;
  /** Where slices go by to. */
  readonly away: Zyx;
}

export function directionsOf(viewId: ViewId, orientation: Quaternion): ViewDirections {
  const { horizontal, vertical, normal } = axesOf(viewId);
  return {
    right: rotate(orientation, UNITS[horizontal]),
    down: rotate(orientation, UNITS[vertical]),
    away: rotate(orientation, UNITS[normal]),
  };
}

/** The plane that a view shows, as an affine map from its pixels to continuous voxels of the finest level. */
export interface SlicePlane {
  /** In the middle of the canvas. */
  readonly centerZyx: Zyx;
  /** Voxels from one pixel to the next, to the right and down. */
  readonly rightZyx: Zyx;
  readonly downZyx: Zyx;
  readonly widthPixels: number;
  readonly heightPixels: number;
  /** The axes that grow to the right, down, and across; undefined for a plane that is not spanned by two axes that grow so. */
  readonly axes: ViewAxes | undefined;
}

/** The axis that a direction grows along; undefined where it is along none, or against one. */
function axisAlong(direction: Zyx): Axis | undefined {
  const at = UNITS.findIndex((unit) => unit.every((part, axis) => part === direction[axis]));
  return at < 0 ? undefined : (at as Axis);
}

export function planeOf(viewId: ViewId, view: SliceView, voxelSizeNm: Zyx): SlicePlane {
  const { right, down } = directionsOf(viewId, view.orientation);
  const { centerZyx, nmPerPixel, widthPixels, heightPixels } = view;
  const voxels = ([z, y, x]: Zyx): Zyx => [
    (z * nmPerPixel) / voxelSizeNm[0],
    (y * nmPerPixel) / voxelSizeNm[1],
    (x * nmPerPixel) / voxelSizeNm[2],
  ];
  const horizontal = axisAlong(right);
  const vertical = axisAlong(down);
  const isAligned = horizontal !== undefined && vertical !== undefined;
  return {
    centerZyx,
    rightZyx: voxels(right),
    downZyx: voxels(down),
    widthPixels,
    heightPixels,
    axes: isAligned
      ? { horizontal, vertical, normal: (3 - horizontal - vertical) as Axis }
      : undefined,
  };
}

/** One coordinate of the voxel so many pixels to the right of the middle of the canvas, and below it. */
export const voxelAlong = (
  { centerZyx, rightZyx, downZyx }: SlicePlane,
  axis: Axis,
  right: number,
  down: number,
): number => centerZyx[axis] + (right * rightZyx[axis] + down * downZyx[axis]);

/** Continuous voxel of the finest level at a point of a plane, in pixels from the canvas's left and top. */
export function planeToVoxel(plane: SlicePlane, xPixels: number, yPixels: number): Zyx {
  const right = xPixels - plane.widthPixels / 2;
  const down = yPixels - plane.heightPixels / 2;
  return [
    voxelAlong(plane, 0, right, down),
    voxelAlong(plane, 1, right, down),
    voxelAlong(plane, 2, right, down),
  ];
}

/** Continuous voxel of the finest level under a point of the canvas; pixel i covers [i, i + 1). */
export const pixelToVoxel = (
  viewId: ViewId,
  view: SliceView,
  voxelSizeNm: Zyx,
  xPixels: number,
  yPixels: number,
): Zyx => planeToVoxel(planeOf(viewId, view, voxelSizeNm), xPixels, yPixels);

/** Point of the canvas, in pixels, at which a continuous voxel of the finest level (projected to the slice) lies. */
export function voxelToPixel(
  viewId: ViewId,
  view: SliceView,
  voxelSizeNm: Zyx,
  zyx: Zyx,
): readonly [xPixels: number, yPixels: number] {
  const { right, down } = directionsOf(viewId, view.orientation);
  const offsetNm = multiply(subtract(zyx, view.centerZyx), voxelSizeNm);
  const pixels = (direction: Zyx) => dot(offsetNm, direction) / view.nmPerPixel;
  return [pixels(right) + view.widthPixels / 2, pixels(down) + view.heightPixels / 2];
}

/** What to add to a continuous voxel to move it so many nanometres along a direction of length one. */
export const alongNm = (direction: Zyx, nm: number, voxelSizeNm: Zyx): Zyx => [
  (direction[0] * nm) / voxelSizeNm[0],
  (direction[1] * nm) / voxelSizeNm[1],
  (direction[2] * nm) / voxelSizeNm[2],
];

/** From one slice of a view to the next: along its normal, so far that no coordinate changes by more than one voxel. */
export function sliceStep(viewId: ViewId, orientation: Quaternion, voxelSizeNm: Zyx): Zyx {
  const { away } = directionsOf(viewId, orientation);
  const step = alongNm(away, 1, voxelSizeNm);
  return scale(step, 1 / Math.max(...step.map(Math.abs)));
}

/** Where a centre goes when all is turned about a continuous voxel, which so stays where it is seen. */
export function turnedAbout(
  centerZyx: Zyx,
  aboutZyx: Zyx,
  turn: Quaternion,
  voxelSizeNm: Zyx,
): Zyx {
  const offset = rotate(turn, multiply(subtract(centerZyx, aboutZyx), voxelSizeNm));
  return add(aboutZyx, alongNm(offset, 1, voxelSizeNm));
}

/** What is needed of one level of a multiscale: `finest = level * scaleZyx + offsetZyx`, continuous voxels. */
export interface LevelGrid {
  readonly shapeZyx: Zyx;
  readonly scaleZyx: Zyx;
  readonly offsetZyx: Zyx;
}

/** Sizes computed along different ways may differ in their last digits. */
const SLACK = 1 + 1e-6;

/**
 * Index of the coarsest level, of levels sorted from the finest on, whose voxels are, as the plane of the view has them
 * foreshortened, no longer than a device pixel or than the finest level's; 0 when there is none.
 */
export function pickLevel(
  viewId: ViewId,
  view: SliceView,
  levels: readonly LevelGrid[],
  voxelSizeNm: Zyx,
): number {
  const { right, down } = directionsOf(viewId, view.orientation);
  const finest = levels[0];
  const isFine = (level: LevelGrid) =>
    ([0, 1, 2] as const).every((axis) => {
      const shownNm = voxelSizeNm[axis] * Math.hypot(right[axis], down[axis]);
      const limit = Math.max(view.nmPerPixel, (finest?.scaleZyx[axis] ?? 0) * shownNm);
      return level.scaleZyx[axis] * shownNm <= limit * SLACK;
    });
  return Math.max(0, levels.findLastIndex(isFine));
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
