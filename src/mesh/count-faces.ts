import { type Bits, BRICK_WORDS, countBits } from '../core/brick-bits';

/** How many faces lie between set and unset voxels of a brick: half as many as its surface has triangles. Faces between bricks are left out. */
export function countFaces(bits: Bits): number {
  let faces = 0;
  for (let word = 0; word < BRICK_WORDS; word++) {
    const own = bits[word] ?? 0;
    // Layout: see core/brick-bits. Bits 0-4: y, 5-9: z, 10: half of x, 11: half of y, 12: half of z.
    const isLowX = (word & 1024) === 0;
    faces += countBits((own ^ (own >>> 1)) & 0x7fffffff);
    if (isLowX) faces += (own >>> 31) ^ ((bits[word + 1024] ?? 0) & 1);
    const y = (word & 31) | ((word & 2048) >> 6);
    if (y < 63) faces += countBits(own ^ (bits[y === 31 ? word - 31 + 2048 : word + 1] ?? 0));
    const z = ((word >> 5) & 31) | ((word & 4096) >> 7);
    if (z < 63) faces += countBits(own ^ (bits[z === 31 ? word - 31 * 32 + 4096 : word + 32] ?? 0));
  }
  return faces;
}
