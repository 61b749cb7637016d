import type { Box } from '../../core/box';
import { floor, scale, subtract, type Zyx } from '../../core/vec';

/** Voxels of a field of view before its centre, on each axis. */
export const marginOf = (fieldOfViewZyx: Zyx): Zyx => floor(scale(fieldOfViewZyx, 0.5));

/** The voxels that a field of view centred there sees. */
export const fieldOfView = (centreZyx: Zyx, shapeZyx: Zyx): Box => ({
  originZyx: subtract(centreZyx, marginOf(shapeZyx)),
  shapeZyx,
});

/** Whether there are `fieldOfViewZyx >> 1` voxels of the canvas on every side of a position, as google/ffn wants it. */
export const hasContext = (zyx: Zyx, fieldOfViewZyx: Zyx, canvas: Box): boolean =>
  zyx.every((at, axis) => {
    const margin = (fieldOfViewZyx[axis] ?? 1) >> 1;
    const first = canvas.originZyx[axis] ?? 0;
    return at - margin >= first && at + margin < first + (canvas.shapeZyx[axis] ?? 0);
  });
