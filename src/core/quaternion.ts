/** Rotations. Triples are z, y, x as everywhere; quaternions are x, y, z, w, as neuroglancer and three.js have them. */
import type { Zyx } from './vec';

/** A rotation in nanometre space, of length one. */
export type Quaternion = readonly [x: number, y: number, z: number, w: number];

export const IDENTITY: Quaternion = [0, 0, 0, 1];

/** The same rotation by a quaternion of length one; undefined for what is too short, or not of numbers. */
export function normalized([x, y, z, w]: Quaternion): Quaternion | undefined {
  const length = Math.hypot(x, y, z, w);
  if (!(length > 1e-9) || !Number.isFinite(length)) return undefined;
  return [x / length, y / length, z / length, w / length];
}

/** First `b`, then `a`. */
export const compose = (a: Quaternion, b: Quaternion): Quaternion => {
  const [ax, ay, az, aw] = a;
  const [bx, by, bz, bw] = b;
  const product: Quaternion = [
    aw * bx + ax * bw + ay * bz - az * by,
    aw * by - ax * bz + ay * bw + az * bx,
    aw * bz + ax * by - ay * bx + az * bw,
    aw * bw - ax * bx - ay * by - az * bz,
  ];
  return normalized(product) ?? IDENTITY;
};

/** A turn about a direction of length one. */
export function turnAbout([z, y, x]: Zyx, radians: number): Quaternion {
  const sine = Math.sin(radians / 2);
  return [x * sine, y * sine, z * sine, Math.cos(radians / 2)];
}

/** What is a whole number but for rounding: quarter turns take axes to axes. */
const snapped = (value: number): number => {
  const whole = Math.round(value);
  return Math.abs(value - whole) < 1e-12 ? whole + 0 : value;
};

/** A triple of nanometres turned; exact for the axes and quarter turns. */
export function rotate([x, y, z, w]: Quaternion, [vz, vy, vx]: Zyx): Zyx {
  const of = (a: number, b: number, c: number) =>
    snapped(a) * vx + snapped(b) * vy + snapped(c) * vz;
  return [
    of(2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
    of(2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
    of(1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
  ];
}

/** Whether it turns nothing. */
export const isIdentity = ([x, y, z]: Quaternion): boolean => Math.hypot(x, y, z) < 1e-9;
