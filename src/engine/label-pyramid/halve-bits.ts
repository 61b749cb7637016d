import type { Bits } from '../../core/brick-bits';

/** Words of an octant of a brick's bits: a sub-brick of 32³, what a brick of the level below becomes. */
export const OCTANT_WORDS = 1024;

/** Joins each two neighbouring bits of a word by OR, into its lower half. */
function halveWord(word: number): number {
  let bits = (word | (word >>> 1)) & 0x55555555;
  bits = (bits | (bits >>> 1)) & 0x33333333;
  bits = (bits | (bits >>> 2)) & 0x0f0f0f0f;
  bits = (bits | (bits >>> 4)) & 0x00ff00ff;
  return (bits | (bits >>> 8)) & 0xffff;
}

/**
 * Writes a brick's bits at half the resolution, 32³, to octant `octant` of `target`: a voxel is set where any of the 2 × 2 × 2
 * below is. So nothing vanishes however thin it is, what hangs together still does, and a coarse brick is empty only where all
 * below it are; the price is that things are up to a voxel thicker. (By majority a neurite two voxels thick is gone two
 * levels up.) Thirty-two voxels at a time; layout: core/brick-bits.
 */
export function halveBits(bits: Bits, target: Bits, octant: number): void {
  let to = octant * OCTANT_WORDS;
  for (let z = 0; z < 64; z += 2)
    for (let y = 0; y < 64; y += 2) {
      // Rows y and y + 1, z and z + 1 lie in one sub-brick; the one beside it on x lies 1,024 words on.
      const row = ((z >> 5) * 4 + (y >> 5) * 2) * OCTANT_WORDS + (z & 31) * 32 + (y & 31);
      const low =
        (bits[row] ?? 0) | (bits[row + 1] ?? 0) | (bits[row + 32] ?? 0) | (bits[row + 33] ?? 0);
      const beside = row + OCTANT_WORDS;
      const high =
        (bits[beside] ?? 0) |
        (bits[beside + 1] ?? 0) |
        (bits[beside + 32] ?? 0) |
        (bits[beside + 33] ?? 0);
      target[to++] = (low | high) === 0 ? 0 : (halveWord(low) | (halveWord(high) << 16)) >>> 0;
    }
}
