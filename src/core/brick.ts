import type { Box } from './box';
import { floor, scale, type Zyx } from './vec';

/** Edge of a brick in voxels: what the engine loads, caches and meshes. */
export const BRICK_EDGE = 64;
export const BRICK_VOXELS = BRICK_EDGE ** 3;
export const BRICK_SHAPE: Zyx = [BRICK_EDGE, BRICK_EDGE, BRICK_EDGE];

/** A brick's coordinates packed into one number, for maps; each coordinate below 2^17. */
export type BrickKey = number;

const AXIS = 2 ** 17;

export const brickKey = ([z, y, x]: Zyx): BrickKey => (z * AXIS + y) * AXIS + x;

export const brickOfKey = (key: BrickKey): Zyx => [
  Math.floor(key / (AXIS * AXIS)),
  Math.floor(key / AXIS) % AXIS,
  key % AXIS,
];

/** The brick that holds a voxel. */
export const brickOfVoxel = (zyx: Zyx): Zyx => floor(scale(zyx, 1 / BRICK_EDGE));

/** How many bricks cover a shape, on each axis. */
export const brickGrid = ([z, y, x]: Zyx): Zyx => [
  Math.ceil(z / BRICK_EDGE),
  Math.ceil(y / BRICK_EDGE),
  Math.ceil(x / BRICK_EDGE),
];

/** The voxels of a brick, those past the volume's edge included. */
export const brickBox = (brickZyx: Zyx): Box => ({
  originZyx: scale(brickZyx, BRICK_EDGE),
  shapeZyx: [BRICK_EDGE, BRICK_EDGE, BRICK_EDGE],
});

/** The bricks that a box of voxels touches, in z, y, x order. */
export function* bricksOfBox(box: Box): Generator<Zyx> {
  const [z0, y0, x0] = brickOfVoxel(box.originZyx);
  const [z1, y1, x1] = brickGrid([
    box.originZyx[0] + box.shapeZyx[0],
    box.originZyx[1] + box.shapeZyx[1],
    box.originZyx[2] + box.shapeZyx[2],
  ]);
  for (let z = z0; z < z1; z++)
    for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) yield [z, y, x];
}
