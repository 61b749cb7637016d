/** Which bricks a slice view shows. Pure. */
import { BRICK_EDGE, brickGrid } from './brick';
import { type Axis, type LevelGrid, planeOf, type SliceView, type ViewId } from './slice-geometry';
import { cross, dot, type Zyx } from './vec';

const AXES = [0, 1, 2] as const;
/** Outermost bricks reach so far beyond their level, in bricks: a voxel, as pyramids that were rounded down need it. */
const REACH = 1 / BRICK_EDGE;

/** What of a level its bricks along one axis cover, in bricks. */
interface Extent {
  readonly last: number;
  start(brick: number): number;
  end(brick: number): number;
}

function extentOf({ shapeZyx }: LevelGrid, axis: Axis): Extent {
  const last = brickGrid(shapeZyx)[axis] - 1;
  return {
    last,
    start: (brick) => (brick === 0 ? -REACH : brick),
    end: (brick) => (brick === last ? shapeZyx[axis] / BRICK_EDGE + REACH : brick + 1),
  };
}

/** The bricks that touch what lies from `low` to `high`; none: last < first. */
function range({ last, start, end }: Extent, low: number, high: number): readonly [number, number] {
  if (high < start(0) || low >= end(last)) return [0, -1];
  return [
    Math.min(Math.max(Math.floor(low), 0), last),
    Math.min(Math.max(Math.floor(high), 0), last),
  ];
}

const UNITS: readonly Zyx[] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** A rectangle in the grid of bricks: its middle, and from there to the middle of its right and of its lower side. */
interface Rectangle {
  readonly middle: Zyx;
  readonly right: Zyx;
  readonly down: Zyx;
}

/**
 * Whether a box that meets a rectangle's plane, and the box around it, meets the rectangle itself: no axis across an edge of
 * one and an edge of the other parts them (separating axes, as Akenine-Möller has them for triangles).
 */
function rectangleTest({ middle, right, down }: Rectangle) {
  const axes = UNITS.flatMap((unit) => [
    { axis: cross(unit, right), half: Math.abs(dot(cross(unit, right), down)) },
    { axis: cross(unit, down), half: Math.abs(dot(cross(unit, down), right)) },
  ]);
  return (
    z: number,
    y: number,
    x: number,
    halfZ: number,
    halfY: number,
    halfX: number,
  ): boolean => {
    for (const { axis, half } of axes) {
      const apart =
        (z - middle[0]) * axis[0] + (y - middle[1]) * axis[1] + (x - middle[2]) * axis[2];
      const reach =
        half + halfZ * Math.abs(axis[0]) + halfY * Math.abs(axis[1]) + halfX * Math.abs(axis[2]);
      if (Math.abs(apart) > reach) return false;
    }
    return true;
  };
}

/** All bricks of a grid that a rectangle cuts. */
function* cutBricks(level: LevelGrid, rectangle: Rectangle): Generator<Zyx> {
  const { middle, right, down } = rectangle;
  const normal = cross(right, down);
  const steep = normal.map(Math.abs);
  const [m, u, v] = AXES.toSorted((a, b) => (steep[b] ?? 0) - (steep[a] ?? 0)) as [
    Axis,
    Axis,
    Axis,
  ];
  if (normal[m] === 0) return;
  const extents = AXES.map((axis) => extentOf(level, axis));
  const [extentM, extentU, extentV] = [extents[m], extents[u], extents[v]];
  if (!extentM || !extentU || !extentV) return;
  const reach = (axis: Axis) => Math.abs(right[axis]) + Math.abs(down[axis]);
  const along = (extent: Extent, axis: Axis) =>
    range(extent, middle[axis] - reach(axis), middle[axis] + reach(axis));
  const [firstU, lastU] = along(extentU, u);
  const [firstV, lastV] = along(extentV, v);
  const isCut = rectangleTest(rectangle);
  const at: [number, number, number] = [0, 0, 0];
  const half: [number, number, number] = [0, 0, 0];
  const place = (axis: Axis, { start, end }: Extent, brick: number) => {
    at[axis] = (start(brick) + end(brick)) / 2;
    half[axis] = (end(brick) - start(brick)) / 2;
  };
  const [slopeU, slopeV] = [-normal[u] / normal[m], -normal[v] / normal[m]];
  for (let brickU = firstU; brickU <= lastU; brickU++)
    for (let brickV = firstV; brickV <= lastV; brickV++) {
      place(u, extentU, brickU);
      place(v, extentV, brickV);
      // What the plane spans over this column of bricks.
      const height = middle[m] + (slopeU * (at[u] - middle[u]) + slopeV * (at[v] - middle[v]));
      const rise = Math.abs(slopeU) * half[u] + Math.abs(slopeV) * half[v];
      const low = Math.max(height - rise, middle[m] - reach(m));
      const high = Math.min(height + rise, middle[m] + reach(m));
      const [firstM, lastM] = low <= high ? range(extentM, low, high) : [0, -1];
      for (let brickM = firstM; brickM <= lastM; brickM++) {
        place(m, extentM, brickM);
        if (!isCut(at[0], at[1], at[2], half[0], half[1], half[2])) continue;
        const brickZyx: [number, number, number] = [0, 0, 0];
        brickZyx[m] = brickM;
        brickZyx[u] = brickU;
        brickZyx[v] = brickV;
        yield brickZyx;
      }
    }
}

/**
 * The bricks of a level's own grid that the slice cuts inside the viewport, nearest to its centre first. A slice less than one
 * of the level's voxels outside the level still cuts its outermost bricks, as rounded-down pyramids need it.
 */
export function visibleBricks(
  viewId: ViewId,
  view: SliceView,
  level: LevelGrid,
  voxelSizeNm: Zyx,
): Zyx[] {
  const { centerZyx, rightZyx, downZyx } = planeOf(viewId, view, voxelSizeNm);
  const { scaleZyx, offsetZyx } = level;
  const bricks = (of: (axis: Axis) => number): Zyx => [
    of(0) / scaleZyx[0] / BRICK_EDGE,
    of(1) / scaleZyx[1] / BRICK_EDGE,
    of(2) / scaleZyx[2] / BRICK_EDGE,
  ];
  const middle = bricks((axis) => centerZyx[axis] - offsetZyx[axis]);
  const rectangle = {
    middle,
    right: bricks((axis) => (rightZyx[axis] * view.widthPixels) / 2),
    down: bricks((axis) => (downZyx[axis] * view.heightPixels) / 2),
  };
  const squareNm = (brickZyx: Zyx, axis: Axis) =>
    ((brickZyx[axis] + 0.5 - middle[axis]) * scaleZyx[axis] * voxelSizeNm[axis]) ** 2;
  return Array.from(cutBricks(level, rectangle), (brickZyx) => ({
    brickZyx,
    distance: squareNm(brickZyx, 0) + squareNm(brickZyx, 1) + squareNm(brickZyx, 2),
  }))
    .sort((a, b) => a.distance - b.distance)
    .map(({ brickZyx }) => brickZyx);
}
