import { type Box, intersect } from '../core/box';
import { subtract, type Zyx } from '../core/vec';

/** A box of up to 128 voxels an axis around a voxel, inside the volume. */
export const boxAround = (zyx: Zyx, shapeZyx: Zyx): Box =>
  intersect(
    { originZyx: [0, 0, 0], shapeZyx },
    { originZyx: subtract(zyx, [64, 64, 64]), shapeZyx: [128, 128, 128] },
  );

/** The box with another extent on one axis, from its first voxel to the one past its last: kept in the volume, and not empty. */
export function withBound(
  box: Box,
  axis: 0 | 1 | 2,
  first: number,
  end: number,
  volumeShapeZyx: Zyx,
): Box {
  const size = volumeShapeZyx[axis];
  const from = Math.min(Math.max(Math.floor(first), 0), size - 1);
  const to = Math.min(Math.max(Math.floor(end), from + 1), size);
  const originZyx: [number, number, number] = [...box.originZyx];
  const shapeZyx: [number, number, number] = [...box.shapeZyx];
  originZyx[axis] = from;
  shapeZyx[axis] = to - from;
  return { originZyx, shapeZyx };
}
