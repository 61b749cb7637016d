import { type BrickKey, brickOfKey } from '../../core/brick';
import type { Zyx } from '../../core/vec';

/**
 * A brick's place in Morton order: the bits of its z, y and x in turn, 51 in all, exact in a double. Those of any aligned
 * cube of 2^n bricks an edge follow one another.
 */
export type MortonCode = number;

/** Of a brick's coordinate (core/brick). */
const AXIS_BITS = 17;

export function mortonOf([z, y, x]: Zyx): MortonCode {
  let code = 0;
  for (let bit = AXIS_BITS - 1; bit >= 0; bit--)
    code = code * 8 + ((z >> bit) & 1) * 4 + ((y >> bit) & 1) * 2 + ((x >> bit) & 1);
  return code;
}

export function brickOfMorton(code: MortonCode): Zyx {
  let [z, y, x] = [0, 0, 0];
  let rest = code;
  for (let bit = 1; rest > 0; bit *= 2) {
    const octant = rest % 8;
    if (octant & 4) z += bit;
    if (octant & 2) y += bit;
    if (octant & 1) x += bit;
    rest = Math.floor(rest / 8);
  }
  return [z, y, x];
}

/** The keys' places, ascending. */
export const mortonOrder = (keys: Iterable<BrickKey>): Float64Array =>
  Float64Array.from(keys, (key) => mortonOf(brickOfKey(key))).sort();

/** The logarithm of the edge, in bricks, of the smallest aligned cube that holds both. */
export function sharedCube(a: MortonCode, b: MortonCode): number {
  let [log, restA, restB] = [0, a, b];
  while (restA !== restB) {
    restA = Math.floor(restA / 8);
    restB = Math.floor(restB / 8);
    log++;
  }
  return log;
}
