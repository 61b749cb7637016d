import type { SlicePlane } from './slice-geometry';
import { dot, subtract, type Zyx } from './vec';

/** An ellipse on a canvas: its middle from the canvas's left and top, and half of its axes, in pixels. */
export interface Ellipse {
  readonly xPixels: number;
  readonly yPixels: number;
  /** The first axis, and the second at right angles to it. */
  readonly radiiPixels: readonly [number, number];
  /** From the right down to the first axis. */
  readonly radians: number;
}

/**
 * What a plane cuts of a ball of voxels: `centreZyx` and `radius` in continuous voxels of the finest level, however long those are, so
 * that it is an ellipse where voxels are longer one way than another. Undefined where the plane passes it by.
 */
export function ballSection(
  { centerZyx, rightZyx, downZyx, widthPixels, heightPixels }: SlicePlane,
  centreZyx: Zyx,
  radius: number,
): Ellipse | undefined {
  // |offset + x · right + y · down|² = x² · xx + 2 x y · xy + y² · yy + … , which is least in the ellipse's middle.
  const offset = subtract(centerZyx, centreZyx);
  const xx = dot(rightZyx, rightZyx);
  const xy = dot(rightZyx, downZyx);
  const yy = dot(downZyx, downZyx);
  const [toRight, toDown] = [dot(offset, rightZyx), dot(offset, downZyx)];
  const determinant = xx * yy - xy * xy;
  const x = (xy * toDown - yy * toRight) / determinant;
  const y = (xy * toRight - xx * toDown) / determinant;
  const square = radius * radius - (dot(offset, offset) + x * toRight + y * toDown);
  if (!(square > 0)) return undefined;
  // The axes are the eigenvectors of (xx xy; xy yy).
  const middle = (xx + yy) / 2;
  const reach = Math.hypot((xx - yy) / 2, xy);
  return {
    xPixels: x + widthPixels / 2,
    yPixels: y + heightPixels / 2,
    radiiPixels: [Math.sqrt(square / (middle + reach)), Math.sqrt(square / (middle - reach))],
    radians: Math.atan2(2 * xy, xx - yy) / 2,
  };
}
