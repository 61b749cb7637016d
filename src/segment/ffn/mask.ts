import { type Box, boxBetween, boxEnd, intersect } from '../../core/box';
import {
  BRICK_EDGE,
  type BrickKey,
  brickBox,
  brickKey,
  brickOfKey,
  bricksOfBox,
} from '../../core/brick';
import { type Bits, BRICK_WORDS, voxelOfWord } from '../../core/brick-bits';
import { add, floor, multiply, type Zyx } from '../../core/vec';
import type { Canvas } from './canvas';

/** Where voxels of the canvas' level lie in those of the finest level, as `LevelTransform`, and how large the finest is. */
export interface MaskGrid {
  readonly scaleZyx: Zyx;
  readonly offsetZyx: Zyx;
  /** Finest voxels that a mask may hold. */
  readonly bounds: Box;
}

/** The voxel of a level that holds the middle of a finest voxel. */
export const levelVoxel = (
  finestZyx: Zyx,
  { scaleZyx, offsetZyx }: Pick<MaskGrid, 'scaleZyx' | 'offsetZyx'>,
): Zyx =>
  floor([
    (finestZyx[0] + 0.5 - offsetZyx[0]) / scaleZyx[0],
    (finestZyx[1] + 0.5 - offsetZyx[1]) / scaleZyx[1],
    (finestZyx[2] + 0.5 - offsetZyx[2]) / scaleZyx[2],
  ]);

/** The finest voxel that holds the middle of a level's voxel. */
export const finestVoxel = (
  levelZyx: Zyx,
  { scaleZyx, offsetZyx }: Pick<MaskGrid, 'scaleZyx' | 'offsetZyx'>,
): Zyx => floor(add(multiply(add(levelZyx, [0.5, 0.5, 0.5]), scaleZyx), offsetZyx));

/** Bricks of the finest level that a brick of the canvas covers any of. */
export function finestBricks(key: BrickKey, grid: MaskGrid): BrickKey[] {
  const box = brickBox(brickOfKey(key));
  const { scaleZyx, offsetZyx } = grid;
  const origin = floor(add(multiply(box.originZyx, scaleZyx), offsetZyx));
  const end = add(multiply(boxEnd(box), scaleZyx), offsetZyx);
  const covered = boxBetween(origin, [Math.ceil(end[0]), Math.ceil(end[1]), Math.ceil(end[2])]);
  const part = intersect(covered, grid.bounds);
  if (part.shapeZyx.some((size) => size <= 0)) return [];
  return [...bricksOfBox(part)].map(brickKey);
}

/**
 * The voxels of a brick of the finest level whose logit reaches the threshold; each has its level's voxel that holds its middle.
 */
export function maskOfBrick(
  canvas: Pick<Canvas, 'read'>,
  brickZyx: Zyx,
  threshold: number,
  grid: MaskGrid,
): Bits {
  const bits: Bits = new Uint32Array(BRICK_WORDS);
  const part = intersect(brickBox(brickZyx), grid.bounds);
  if (part.shapeZyx.some((size) => size <= 0)) return bits;
  const first = levelVoxel(part.originZyx, grid);
  const last = levelVoxel(add(boxEnd(part), [-1, -1, -1]), grid);
  const box = boxBetween(first, add(last, [1, 1, 1]));
  const values = canvas.read(box);
  const [, sizeY, sizeX] = box.shapeZyx;
  const zs = indicesOf(0, brickZyx, part, box, grid, sizeY * sizeX);
  const ys = indicesOf(1, brickZyx, part, box, grid, sizeX);
  const xs = indicesOf(2, brickZyx, part, box, grid, 1);
  for (let word = 0; word < BRICK_WORDS; word++) {
    const [z, y, x] = voxelOfWord(word);
    const [inZ = -1, inY = -1] = [zs[z], ys[y]];
    if (inZ < 0 || inY < 0) continue;
    let bitsOfWord = 0;
    for (let bit = 0; bit < 32; bit++) {
      const inX = xs[x + bit] ?? -1;
      if (inX >= 0 && (values[inZ + inY + inX] ?? Number.NaN) >= threshold) bitsOfWord |= 1 << bit;
    }
    bits[word] = bitsOfWord;
  }
  return bits;
}

/** Where the 64 voxels of a brick lie along one axis of a level's box, times a stride; -1 outside of the bounds. */
function indicesOf(
  axis: 0 | 1 | 2,
  brickZyx: Zyx,
  part: Box,
  box: Box,
  { scaleZyx, offsetZyx }: MaskGrid,
  stride: number,
): Int32Array {
  const end = part.originZyx[axis] + part.shapeZyx[axis];
  return Int32Array.from({ length: BRICK_EDGE }, (_, index) => {
    const at = brickZyx[axis] * BRICK_EDGE + index;
    if (at < part.originZyx[axis] || at >= end) return -1;
    const level = Math.floor((at + 0.5 - offsetZyx[axis]) / scaleZyx[axis]);
    return (level - box.originZyx[axis]) * stride;
  });
}

/** Clears the bits of `mask` that `others` has. */
export function clearBits(mask: Bits, others: Bits): void {
  for (let word = 0; word < BRICK_WORDS; word++)
    mask[word] = (mask[word] ?? 0) & ~(others[word] ?? 0);
}
