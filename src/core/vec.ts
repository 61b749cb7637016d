/** A triple in z, y, x order: voxels unless the name says otherwise. */
export type Zyx = readonly [z: number, y: number, x: number];

export const add = (a: Zyx, b: Zyx): Zyx => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const subtract = (a: Zyx, b: Zyx): Zyx => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const multiply = (a: Zyx, b: Zyx): Zyx => [a[0] * b[0], a[1] * b[1], a[2] * b[2]];
export const divide = (a: Zyx, b: Zyx): Zyx => [a[0] / b[0], a[1] / b[1], a[2] / b[2]];
export const scale = (a: Zyx, factor: number): Zyx => [a[0] * factor, a[1] * factor, a[2] * factor];
export const minimum = (a: Zyx, b: Zyx): Zyx => [
  Math.min(a[0], b[0]),
  Math.min(a[1], b[1]),
  Math.min(a[2], b[2]),
];
export const maximum = (a: Zyx, b: Zyx): Zyx => [
  Math.max(a[0], b[0]),
  Math.max(a[1], b[1]),
  Math.max(a[2], b[2]),
];
export const floor = (a: Zyx): Zyx => [Math.floor(a[0]), Math.floor(a[1]), Math.floor(a[2])];
/** The product of the three: how many voxels a shape holds. */
export const volumeOf = (shapeZyx: Zyx): number => shapeZyx[0] * shapeZyx[1] * shapeZyx[2];
export const equal = (a: Zyx, b: Zyx): boolean => a[0] === b[0] && a[1] === b[1] && a[2] === b[2];
export const dot = (a: Zyx, b: Zyx): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const cross = (a: Zyx, b: Zyx): Zyx => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
