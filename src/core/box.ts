import { add, maximum, minimum, subtract, type Zyx } from './vec';

/** A half-open box of voxels: origin included, origin + shape excluded. */
export interface Box {
  readonly originZyx: Zyx;
  readonly shapeZyx: Zyx;
}

export const boxEnd = (box: Box): Zyx => add(box.originZyx, box.shapeZyx);

/** The box from `originZyx` up to, not including, `endZyx`; empty (shape 0) where the end is before the origin. */
export const boxBetween = (originZyx: Zyx, endZyx: Zyx): Box => ({
  originZyx,
  shapeZyx: maximum(subtract(endZyx, originZyx), [0, 0, 0]),
});

export const intersect = (a: Box, b: Box): Box =>
  boxBetween(maximum(a.originZyx, b.originZyx), minimum(boxEnd(a), boxEnd(b)));

export const union = (a: Box, b: Box): Box =>
  boxBetween(minimum(a.originZyx, b.originZyx), maximum(boxEnd(a), boxEnd(b)));

export const isEmpty = (box: Box): boolean => box.shapeZyx.some((size) => size <= 0);

export const contains = (box: Box, zyx: Zyx): boolean => {
  const end = boxEnd(box);
  return zyx.every((at, axis) => at >= (box.originZyx[axis] ?? 0) && at < (end[axis] ?? 0));
};
