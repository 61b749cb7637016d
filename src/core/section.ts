/** Where a plane cuts a box: polygons on the canvas. Pure. */
import { type Bounds, type SlicePlane, voxelAlong } from './slice-geometry';

/** Corners of a convex polygon in pixels, x and y in turn; none where there is nothing. */
export type Polygon = readonly number[];

const NOTHING: Polygon = [];

/** A line in pixels: what lies on its side has `x · X + y · Y + at` that is not negative; on an open one, positive. */
interface Side {
  readonly x: number;
  readonly y: number;
  readonly at: number;
  readonly isOpen: boolean;
}

/** What of a polygon lies on one side of a line (Sutherland and Hodgman); nothing where it touches an open one only. */
function cut(polygon: Polygon, { x, y, at, isOpen }: Side): Polygon {
  const corners = polygon.length / 2;
  const value = (corner: number) =>
    x * (polygon[2 * corner] ?? 0) + y * (polygon[2 * corner + 1] ?? 0) + at;
  let inside = 0;
  let outside = 0;
  for (let corner = 0; corner < corners; corner++) {
    const here = value(corner);
    if (here > 0 || (here === 0 && !isOpen)) inside++;
    else outside++;
  }
  if (outside === 0) return polygon;
  if (inside === 0) return NOTHING;
  const kept: number[] = [];
  for (let corner = 0; corner < corners; corner++) {
    const next = (corner + 1) % corners;
    const [here, there] = [value(corner), value(next)];
    const [x0, y0] = [polygon[2 * corner] ?? 0, polygon[2 * corner + 1] ?? 0];
    if (here >= 0) kept.push(x0, y0);
    if (here * there >= 0) continue;
    const part = here / (here - there);
    const [x1, y1] = [polygon[2 * next] ?? 0, polygon[2 * next + 1] ?? 0];
    kept.push(x0 + part * (x1 - x0), y0 + part * (y1 - y0));
  }
  return kept;
}

/** What a view shows of a box of the finest level's voxels: a part of its canvas, of up to ten corners. */
export function sectionOf(plane: SlicePlane, { startZyx, endZyx }: Bounds): Polygon {
  const { rightZyx, downZyx, widthPixels: width, heightPixels: height } = plane;
  let polygon: Polygon = [0, 0, width, 0, width, height, 0, height];
  for (const axis of [0, 1, 2] as const) {
    const [x, y] = [rightZyx[axis], downZyx[axis]];
    const corner = voxelAlong(plane, axis, -width / 2, -height / 2);
    polygon = cut(polygon, { x, y, at: corner - startZyx[axis], isOpen: false });
    if (polygon.length === 0) return polygon;
    polygon = cut(polygon, { x: -x, y: -y, at: endZyx[axis] - corner, isOpen: true });
    if (polygon.length === 0) return polygon;
  }
  return polygon;
}

/** In square pixels. */
export function areaOf(polygon: Polygon): number {
  let twice = 0;
  for (let i = 0; i < polygon.length; i += 2) {
    const next = (i + 2) % polygon.length;
    twice +=
      (polygon[i] ?? 0) * (polygon[next + 1] ?? 0) - (polygon[next] ?? 0) * (polygon[i + 1] ?? 0);
  }
  return Math.abs(twice) / 2;
}
