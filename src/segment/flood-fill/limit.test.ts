import { expect, it } from 'vitest';
import { BitsVault } from '../../core/bits-vault';
import { brickKey, brickOfVoxel } from '../../core/brick';
import { BRICK_WORDS, type BrickBits, bitOfVoxel } from '../../core/brick-bits';
import { packed } from '../../core/testing/packed';
import { randomNumbers } from '../../core/testing/random';
import { add, type Zyx } from '../../core/vec';
import { trimToLimit } from './limit';
import { neighborSteps } from './reference';
import { indexOf, maskOfBits, middle, noise, unpacked } from './test-volumes';

const SHAPE: Zyx = [50, 68, 100];
const vault = new BitsVault();

/** How many steps each filled voxel is from the seed, -1 where none lead there. */
function distances(values: Uint8Array, seedZyx: Zyx, connectivity: 6 | 18 | 26): Int32Array {
  const found = new Int32Array(values.length).fill(-1);
  found[indexOf(seedZyx, SHAPE)] = 0;
  const queue = [seedZyx];
  for (const zyx of queue)
    for (const step of neighborSteps(connectivity)) {
      const next = add(zyx, step);
      const isInside = next.every((at, axis) => at >= 0 && at < (SHAPE[axis] ?? 0));
      const index = indexOf(next, SHAPE);
      if (!isInside || values[index] !== 200 || (found[index] ?? 0) >= 0) continue;
      found[index] = (found[indexOf(zyx, SHAPE)] ?? 0) + 1;
      queue.push(next);
    }
  return found;
}

it.each([6, 18, 26] as const)(
  'keeps the nearest voxels, exactly so many, with %i neighbours',
  (connectivity) => {
    const values = noise(SHAPE, { 6: 0.5, 18: 0.3, 26: 0.2 }[connectivity], connectivity);
    const bits: BrickBits = new Map();
    for (let z = 0; z < SHAPE[0]; z++)
      for (let y = 0; y < SHAPE[1]; y++)
        for (let x = 0; x < SHAPE[2]; x++) {
          if (values[indexOf([z, y, x], SHAPE)] !== 200) continue;
          const key = brickKey(brickOfVoxel([z, y, x]));
          const words = bits.get(key) ?? new Uint32Array(BRICK_WORDS);
          bits.set(key, words);
          const { word, bit } = bitOfVoxel([z, y, x]);
          words[word] = (words[word] ?? 0) | (1 << bit);
        }
    const seedZyx = middle(SHAPE);
    const expected = distances(values, seedZyx, connectivity);
    const reachable = expected.filter((distance) => distance >= 0).length;
    const next = randomNumbers(connectivity);
    for (const limit of [
      1,
      2,
      Math.floor(next() * 2000),
      Math.floor(reachable * next()),
      reachable + 9,
    ]) {
      const kept = trimToLimit(packed(bits), vault, seedZyx, limit, connectivity);
      const mask = maskOfBits(unpacked(vault, kept), SHAPE);
      let [voxels, nearest, farthest, missed] = [0, 0, 0, Number.POSITIVE_INFINITY];
      for (let index = 0; index < mask.length; index++) {
        const distance = expected[index] ?? -1;
        if (mask[index]) {
          voxels++;
          nearest = Math.min(nearest, distance);
          farthest = Math.max(farthest, distance);
        } else if (distance >= 0) missed = Math.min(missed, distance);
      }
      expect(voxels).toBe(Math.min(limit, reachable));
      expect([nearest, farthest <= missed]).toEqual([0, true]);
    }
  },
);
