import { type Box, boxEnd, contains, intersect } from '../../core/box';
import { BRICK_EDGE, type BrickKey, brickKey } from '../../core/brick';
import { BRICK_BITS_BYTES } from '../../core/brick-bits';
import type { ImageDtype } from '../../core/dtype';
import { FloodlightError } from '../../core/errors';
import { add, type Zyx } from '../../core/vec';
import type { FloodFillRequest } from './types';

/** Which voxels touch: by faces; by faces and edges; by faces, edges and corners. */
export type Connectivity = 6 | 18 | 26;

/** The image values that are filled, ends included. */
export interface ValueRange {
  readonly low: number;
  readonly high: number;
}

export const SUBS_PER_BRICK = 8;
/** Links of a brick: itself and its 26 neighbours. */
export const LINKS_PER_BRICK = 27;
export const NOT_RESIDENT = 0xffffffff;
export const OUTSIDE = 0xfffffffe;

/** The step to the brick of a link. */
export const linkStep = (link: number): Zyx => [
  Math.floor(link / 9) - 1,
  (Math.floor(link / 3) % 3) - 1,
  (link % 3) - 1,
];

/** The link to the brick that is a step away. */
export const linkOf = ([z, y, x]: Zyx): number => (z + 1) * 9 + (y + 1) * 3 + x + 1;

/** The links of a brick at `brickZyx`: slots of resident bricks, NOT_RESIDENT, or OUTSIDE the grid [first, end). */
export function linksOf(
  brickZyx: Zyx,
  grid: { firstZyx: Zyx; endZyx: Zyx },
  slots: ReadonlyMap<BrickKey, number>,
): Uint32Array<ArrayBuffer> {
  const links = new Uint32Array(LINKS_PER_BRICK);
  for (let link = 0; link < LINKS_PER_BRICK; link++) {
    const neighbor = add(brickZyx, linkStep(link));
    links[link] = insideGrid(neighbor, grid)
      ? (slots.get(brickKey(neighbor)) ?? NOT_RESIDENT)
      : OUTSIDE;
  }
  return links;
}

/** Whether a brick lies in a half-open range of bricks. */
export const insideGrid = (brickZyx: Zyx, grid: { firstZyx: Zyx; endZyx: Zyx }): boolean =>
  brickZyx.every((at, axis) => at >= (grid.firstZyx[axis] ?? 0) && at < (grid.endZyx[axis] ?? 0));

/** The bricks that a box touches, as a half-open range of brick coordinates. */
export function gridOf(box: Box): { firstZyx: Zyx; endZyx: Zyx } {
  const [z, y, x] = box.originZyx;
  const end = boxEnd(box);
  return {
    firstZyx: [Math.floor(z / BRICK_EDGE), Math.floor(y / BRICK_EDGE), Math.floor(x / BRICK_EDGE)],
    endZyx: [
      Math.ceil(end[0] / BRICK_EDGE),
      Math.ceil(end[1] / BRICK_EDGE),
      Math.ceil(end[2] / BRICK_EDGE),
    ],
  };
}

const DTYPE_CODE: Readonly<Record<ImageDtype, number>> = {
  uint8: 0,
  uint16: 1,
  int16: 2,
  float32: 3,
};

/** The number by which threshold.wgsl and wasm/segment/threshold.h know a dtype. */
export const dtypeCode = (dtype: ImageDtype): number => DTYPE_CODE[dtype];

/** A range as threshold.wgsl wants it for uint8: the first value in it and the first past it, 0 to 256. */
export function byteRange({ low, high }: ValueRange): { first: number; end: number } {
  const first = Math.min(256, Math.max(0, Math.ceil(low)));
  return { first, end: Math.max(first, Math.min(256, Math.floor(high) + 1)) };
}

function clipBox(shapeZyx: Zyx, box: Box | undefined): Box {
  const whole: Box = { originZyx: [0, 0, 0], shapeZyx };
  const clip = box ? intersect(whole, box) : whole;
  if (clip.shapeZyx.some((size) => size <= 0)) {
    throw new FloodlightError('BAD_PARAMETERS', {
      what: 'Box',
      reason: 'it holds no voxel of the volume',
    });
  }
  return clip;
}

/**
 * The voxels that a request may fill. BAD_PARAMETERS for a box that holds none and for a limit below 1; OUTSIDE_VOLUME for
 * a seed outside of them.
 */
export function fillableBox(
  shapeZyx: Zyx,
  { seedZyx, box, voxelLimit }: Pick<FloodFillRequest, 'seedZyx' | 'box' | 'voxelLimit'>,
): Box {
  const clip = clipBox(shapeZyx, box);
  if (!contains(clip, seedZyx)) {
    throw new FloodlightError('OUTSIDE_VOLUME', { zyx: seedZyx, shapeZyx });
  }
  if (voxelLimit !== undefined && !(voxelLimit >= 1)) {
    throw new FloodlightError('BAD_PARAMETERS', {
      what: 'Voxel limit',
      reason: 'it must be 1 or more',
    });
  }
  return clip;
}

/** A fill needs room for a brick and all around it, or for all the bricks there are. */
const FEWEST_BRICKS = LINKS_PER_BRICK + 1;

/** How many of a fill's bricks may be there at a time where so many fit; BUDGET_EXCEEDED when these are too few. */
export function windowBricks(bricks: number, fitting: number): number {
  const needed = Math.min(bricks, FEWEST_BRICKS);
  if (fitting >= needed) return Math.min(bricks, fitting);
  throw new FloodlightError('BUDGET_EXCEEDED', {
    what: 'This fill',
    neededBytes: needed * 2 * BRICK_BITS_BYTES,
    budgetBytes: fitting * 2 * BRICK_BITS_BYTES,
  });
}
