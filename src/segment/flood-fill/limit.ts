import type { BitsVault } from '../../core/bits-vault';
import { brickKey, brickOfVoxel } from '../../core/brick';
import { BRICK_WORDS, type BrickBits, bitOfVoxel } from '../../core/brick-bits';
import type { SegmentBits } from '../../core/packed-bits';
import { add, type Zyx } from '../../core/vec';
import type { Connectivity } from './plan';
import { neighborSteps } from './reference';

/**
 * The `limit` voxels of `bits` nearest to the seed, counted in steps from voxel to voxel (breadth first), so that what is
 * kept is connected.
 */
export function trimToLimit(
  bits: SegmentBits,
  vault: BitsVault,
  seedZyx: Zyx,
  limit: number,
  connectivity: Connectivity,
): SegmentBits {
  /** What is left of the bricks that were reached, and what is kept of them. */
  const left: BrickBits = new Map();
  const kept: BrickBits = new Map();
  const steps = neighborSteps(connectivity);
  let keptVoxels = 0;
  const take = (zyx: Zyx): boolean => {
    if (keptVoxels >= limit || zyx.some((at) => at < 0)) return false;
    const key = brickKey(brickOfVoxel(zyx));
    const packed = bits.get(key);
    const words = left.get(key) ?? (packed && vault.unpack(packed));
    if (!words) return false;
    left.set(key, words);
    const { word, bit } = bitOfVoxel(zyx);
    const value = words[word] ?? 0;
    if (((value >>> bit) & 1) === 0) return false;
    words[word] = value & ~(1 << bit);
    const keptWords = kept.get(key) ?? new Uint32Array(BRICK_WORDS);
    kept.set(key, keptWords);
    keptWords[word] = (keptWords[word] ?? 0) | (1 << bit);
    keptVoxels++;
    return true;
  };
  // Ring by ring: no more than two of them are in memory.
  for (let ring = take(seedZyx) ? [seedZyx] : []; ring.length > 0; )
    ring = ring.flatMap((zyx) => steps.map((step) => add(zyx, step)).filter(take));
  return new Map([...kept].map(([key, words]) => [key, vault.pack(words)]));
}
