import type { Zyx } from '../../../core/vec';

/** Outputs of a tile along y and x, inputs, which are as many as products, and all products of a tile; as in winograd.wgsl. */
export const OUT = 6;
export const IN = 8;
export const PRODUCTS = IN * IN;

/** What three taps along an axis are multiplied by, a row for each product. */
export const OF_TAPS: readonly (readonly [number, number, number])[] = [
  [1, 0, 0],
  [-2 / 9, -2 / 9, -2 / 9],
  [-2 / 9, 2 / 9, -2 / 9],
  [1 / 90, 1 / 45, 2 / 45],
  [1 / 90, -1 / 45, 2 / 45],
  [32 / 45, 16 / 45, 8 / 45],
  [32 / 45, -16 / 45, 8 / 45],
  [0, 0, 1],
];

/** Tiles of a plane. */
export const tilesOf = ([, height, width]: Zyx): number =>
  Math.ceil(height / OUT) * Math.ceil(width / OUT);

const BYTES_PER_QUAD = 16;

/** Bytes of what is spread, with a plane of zeros before and after each field of view, and of the products. */
export function scratchBytes(shapeZyx: Zyx, fields: number, quads: number) {
  const plane = BYTES_PER_QUAD * PRODUCTS * tilesOf(shapeZyx) * quads;
  return { spread: plane * fields * (shapeZyx[0] + 2), products: plane * fields * shapeZyx[0] };
}
