import { BRICK_EDGE, type BrickKey } from './brick';
import type { Zyx } from './vec';

/**
 * A brick's voxels as bits: 8 sub-bricks of 32³, `word = sub * 1024 + z * 32 + y` with `sub = (sz * 2 + sy) * 2 + sx`, bit
 * x; z, y, x within the sub-brick. The GPU's fill, the label store and the meshes all use it.
 */
export type Bits = Uint32Array<ArrayBuffer>;

/** A segment's voxels by brick. */
export type BrickBits = Map<BrickKey, Bits>;

/** Words of one brick's bits. */
export const BRICK_WORDS = 8192;
export const BRICK_BITS_BYTES = BRICK_WORDS * 4;

/** Where a voxel's bit lies within its brick. */
export function bitOfVoxel([z, y, x]: Zyx): { word: number; bit: number } {
  const [lz, ly, lx] = [z % BRICK_EDGE, y % BRICK_EDGE, x % BRICK_EDGE];
  const sub = ((lz >> 5) * 2 + (ly >> 5)) * 2 + (lx >> 5);
  return { word: sub * 1024 + (lz & 31) * 32 + (ly & 31), bit: lx & 31 };
}

/** The first voxel of a word within its brick. */
export const voxelOfWord = (word: number): Zyx => {
  const sub = word >> 10;
  return [
    (sub >> 2) * 32 + ((word >> 5) & 31),
    ((sub >> 1) & 1) * 32 + (word & 31),
    (sub & 1) * 32,
  ];
};

/** How many bits of a word are set. */
export function countBits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return (((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/** Writes `id` to the voxels of a C-ordered 64³ brick whose bits are set. */
export function paintBits(target: Uint32Array, bits: Bits, id: number): void {
  for (let word = 0; word < BRICK_WORDS; word++) {
    const value = bits[word] ?? 0;
    if (value !== 0) paintWord(target, word, value, id);
  }
}

/** Writes `id` to the voxels of one word. */
export function paintWord(target: Uint32Array, word: number, bits: number, id: number): void {
  const [z, y, x] = voxelOfWord(word);
  const first = (z * BRICK_EDGE + y) * BRICK_EDGE + x;
  let rest = bits | 0;
  if (rest === -1) {
    target.fill(id, first, first + 32);
    return;
  }
  while (rest !== 0) {
    target[first + (31 - Math.clz32(rest & -rest))] = id;
    rest &= rest - 1;
  }
}
