import { type Axis, type Bounds, type SlicePlane, voxelAlong } from '../../core/slice-geometry';
import { type PixelRectangle, shownOf } from './placement';

/** The first of the pixels `from` up to `to` that a condition holds for, which then holds for all that follow; else `to`. */
function firstWhere(
  estimate: number,
  from: number,
  to: number,
  holds: (x: number) => boolean,
): number {
  let x = Math.min(Math.max(Math.ceil(estimate), from), to);
  while (x > from && holds(x - 1)) x--;
  while (x < to && !holds(x)) x++;
  return x;
}

/**
 * The pixels of rows whose centres lie within bounds, to the last bit: calls `paint` with each row and its first pixel up to,
 * not including, its last. Boxes that share a side share no pixel and leave none.
 */
export function eachSpan(
  plane: SlicePlane,
  { startZyx, endZyx }: Bounds,
  { left, top, right, bottom }: PixelRectangle,
  paint: (y: number, left: number, right: number) => void,
): void {
  const { widthPixels, heightPixels, centerZyx, rightZyx, downZyx } = plane;
  for (let y = top; y < bottom; y++) {
    if (plane.axes) {
      paint(y, left, right);
      continue;
    }
    const down = y + 0.5 - heightPixels / 2;
    let [first, end] = [left, right];
    for (const axis of [0, 1, 2] as const) {
      const step = rightZyx[axis];
      const [low, high] = [startZyx[axis], endZyx[axis]];
      const at = (x: number) => voxelAlong(plane, axis as Axis, x + 0.5 - widthPixels / 2, down);
      if (step === 0) {
        if (at(0) < low || at(0) >= high) end = first;
        continue;
      }
      const pixel = (voxel: number) =>
        (voxel - centerZyx[axis] - down * downZyx[axis]) / step + widthPixels / 2 - 0.5;
      const [from, to] =
        step > 0
          ? [
              firstWhere(pixel(low), first, end, (x) => at(x) >= low),
              firstWhere(pixel(high), first, end, (x) => at(x) >= high),
            ]
          : [
              firstWhere(pixel(high), first, end, (x) => at(x) < high),
              firstWhere(pixel(low), first, end, (x) => at(x) < low),
            ];
      first = from;
      end = Math.max(from, to);
    }
    if (first < end) paint(y, first, end);
  }
}

/** The same of all that a view shows of a box. */
export function eachSpanOf(
  plane: SlicePlane,
  bounds: Bounds,
  paint: (y: number, left: number, right: number) => void,
): void {
  const shown = shownOf(plane, bounds);
  if (shown) eachSpan(plane, bounds, shown.rectangle, paint);
}
