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

/** Whether two boxes have a voxel in common. */
export const overlap = (a: Box, b: Box): boolean =>
  a.originZyx.every((at, axis) => {
    const other = b.originZyx[axis] ?? 0;
    const end = Math.min(at + (a.shapeZyx[axis] ?? 0), other + (b.shapeZyx[axis] ?? 0));
    return Math.max(at, other) < end;
  });

export const contains = ({ originZyx, shapeZyx }: Box, zyx: Zyx): boolean =>
  zyx.every((at, axis) => {
    const first = originZyx[axis] ?? 0;
    return at >= first && at < first + (shapeZyx[axis] ?? 0);
  });
