import type { BitsVault } from '../../core/bits-vault';
import { BRICK_EDGE, type BrickKey, brickKey, brickOfKey, brickOfVoxel } from '../../core/brick';
import {
  type Bits,
  BRICK_WORDS,
  type BrickBits,
  bitOfVoxel,
  countBits,
  voxelOfWord,
} from '../../core/brick-bits';
import type { SegmentBits } from '../../core/packed-bits';
import { scale, type Zyx } from '../../core/vec';
import type { Connectivity } from './plan';

/**
 * The `limit` voxels of `bits` nearest to the seed, counted in steps from voxel to voxel (breadth first), so that what is
 * kept is connected. A ring of voxels at the same distance is taken at a time, 32 of a row in one operation.
 */
export function trimToLimit(
  bits: SegmentBits,
  vault: BitsVault,
  seedZyx: Zyx,
  limit: number,
  connectivity: Connectivity,
): SegmentBits {
  const trim = new Trim(bits, vault, connectivity);
  let ring = trim.take(ringOf(seedZyx), limit);
  for (let left = limit - ring.voxels; left > 0 && ring.voxels > 0; left -= ring.voxels)
    ring = trim.take(trim.around(ring.bits), left);
  return new Map([...trim.kept].map(([key, words]) => [key, vault.pack(words)]));
}

function ringOf(zyx: Zyx): BrickBits {
  const words: Bits = new Uint32Array(BRICK_WORDS);
  const { word, bit } = bitOfVoxel(zyx);
  words[word] = 1 << bit;
  return new Map([[brickKey(brickOfVoxel(zyx)), words]]);
}

class Trim {
  readonly kept: BrickBits = new Map();
  /** What of the bricks that were reached is not kept yet. */
  private readonly left: BrickBits = new Map();

  constructor(
    private readonly bits: SegmentBits,
    private readonly vault: BitsVault,
    private readonly connectivity: Connectivity,
  ) {}

  /** Keeps those voxels of a ring that are there and not kept yet, at most so many: which, and how many. */
  take(ring: BrickBits, most: number): { bits: BrickBits; voxels: number } {
    const bits: BrickBits = new Map();
    let voxels = 0;
    for (const [key, words] of ring) {
      const left = this.leftOf(key);
      if (!left) continue;
      const kept = this.kept.get(key) ?? new Uint32Array(BRICK_WORDS);
      let taken = 0;
      for (let word = 0; word < BRICK_WORDS; word++) {
        const found = (words[word] ?? 0) & (left[word] ?? 0);
        const fresh = found === 0 ? 0 : lowestBits(found, most - voxels - taken);
        words[word] = fresh;
        if (fresh === 0) continue;
        taken += countBits(fresh);
        left[word] = (left[word] ?? 0) & ~fresh;
        kept[word] = (kept[word] ?? 0) | fresh;
      }
      if (taken === 0) continue;
      voxels += taken;
      this.kept.set(key, kept);
      bits.set(key, words);
    }
    return { bits, voxels };
  }

  /** The voxels that touch those of a ring, some of the ring among them. */
  around(ring: BrickBits): BrickBits {
    const next: BrickBits = new Map();
    const most = { 6: 1, 18: 2, 26: 3 }[this.connectivity];
    const offer = (z: number, y: number, wordX: number, bits: number) => {
      if (bits === 0 || z < 0 || y < 0 || wordX < 0) return;
      const key = brickKey([z >> 6, y >> 6, wordX >> 1]);
      if (!this.bits.has(key)) return;
      const words = next.get(key) ?? new Uint32Array(BRICK_WORDS);
      next.set(key, words);
      const sub = (((z >> 5) & 1) * 2 + ((y >> 5) & 1)) * 2 + (wordX & 1);
      const word = sub * 1024 + (z & 31) * 32 + (y & 31);
      words[word] = (words[word] ?? 0) | bits;
    };
    for (const [key, words] of ring) {
      const [z0, y0, x0] = scale(brickOfKey(key), BRICK_EDGE);
      for (let word = 0; word < BRICK_WORDS; word++) {
        const bits = words[word] ?? 0;
        if (bits === 0) continue;
        const [inZ, inY, inX] = voxelOfWord(word);
        const wordX = (x0 + inX) >> 5;
        const beside = (bits << 1) | (bits >>> 1);
        for (let dz = -1; dz <= 1; dz++)
          for (let dy = -1; dy <= 1; dy++) {
            const axes = Math.abs(dz) + Math.abs(dy);
            if (axes > most) continue;
            const [z, y] = [z0 + inZ + dz, y0 + inY + dy];
            const isWide = axes < most;
            offer(z, y, wordX, isWide ? bits | beside : bits);
            if (!isWide) continue;
            offer(z, y, wordX - 1, bits << 31);
            offer(z, y, wordX + 1, bits >>> 31);
          }
      }
    }
    return next;
  }

  private leftOf(key: BrickKey): Bits | undefined {
    const known = this.left.get(key);
    const packed = known ? undefined : this.bits.get(key);
    const words = packed ? this.vault.unpack(packed) : known;
    if (words) this.left.set(key, words);
    return words;
  }
}

/** The lowest bits of a word, at most so many. */
function lowestBits(word: number, most: number): number {
  let kept = word;
  for (let extra = countBits(word) - most; extra > 0 && kept !== 0; extra--)
    kept &= ~(1 << (31 - Math.clz32(kept)));
  return kept;
}
