import { brickKey, brickOfVoxel } from '../../core/brick';
import { BRICK_WORDS, type BrickBits, bitOfVoxel } from '../../core/brick-bits';
import { add, type Zyx } from '../../core/vec';
import type { Connectivity } from './plan';
import { neighborSteps } from './reference';

const take = (bits: BrickBits, zyx: Zyx): boolean => {
  const words = zyx.some((at) => at < 0) ? undefined : bits.get(brickKey(brickOfVoxel(zyx)));
  if (!words) return false;
  const { word, bit } = bitOfVoxel(zyx);
  const value = words[word] ?? 0;
  if (((value >>> bit) & 1) === 0) return false;
  words[word] = value & ~(1 << bit);
  return true;
};

/**
 * The `limit` voxels of `bits` nearest to the seed, counted in steps from voxel to voxel (breadth first), so that what is
 * kept is connected. Consumes `bits`.
 */
export function trimToLimit(
  bits: BrickBits,
  seedZyx: Zyx,
  limit: number,
  connectivity: Connectivity,
): BrickBits {
  const kept: BrickBits = new Map();
  const keep = (zyx: Zyx) => {
    const key = brickKey(brickOfVoxel(zyx));
    const words = kept.get(key) ?? new Uint32Array(BRICK_WORDS);
    kept.set(key, words);
    const { word, bit } = bitOfVoxel(zyx);
    words[word] = (words[word] ?? 0) | (1 << bit);
  };
  const steps = neighborSteps(connectivity);
  const queue: Zyx[] = [];
  const visit = (zyx: Zyx) => {
    if (queue.length >= limit || !take(bits, zyx)) return;
    keep(zyx);
    queue.push(zyx);
  };
  visit(seedZyx);
  for (let at = 0; at < queue.length; at++) {
    const zyx = queue[at];
    if (zyx) for (const step of steps) visit(add(zyx, step));
  }
  return kept;
}
