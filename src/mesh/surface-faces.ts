import { BRICK_EDGE } from '../core/brick';
import { countBits } from '../core/brick-bits';
import { HALO, PADDED_EDGE, type PaddedMask, ROW_WORDS } from './padded-mask';

/**
 * The faces between a foreground voxel of the brick and a background voxel of the brick or its halo, in z, y, x order of the
 * foreground voxel: `voxel * 8 + face`, voxel `(z * 64 + y) * 64 + x`, face `axis * 2 + side`.
 */
export function findFaces({ words }: PaddedMask): Int32Array {
  let count = 0;
  for (let row = 0; row < BRICK_EDGE * BRICK_EDGE; row++) {
    const first = firstWord(row);
    for (let word = first; word < first + 2; word++) {
      if (words[word] === 0) continue;
      for (let face = 0; face < 6; face++) {
        const bits = faceBits(words, word, face);
        if (bits !== 0) count += countBits(bits);
      }
    }
  }
  const faces = new Int32Array(count);
  if (count === 0) return faces;
  let found = 0;
  for (let row = 0; row < BRICK_EDGE * BRICK_EDGE; row++) {
    const first = firstWord(row);
    for (let half = 0; half < 2; half++) {
      if (words[first + half] === 0) continue;
      const firstVoxel = row * BRICK_EDGE + half * 32;
      for (let face = 0; face < 6; face++) {
        let bits = faceBits(words, first + half, face);
        while (bits !== 0) {
          const bit = 31 - Math.clz32(bits & -bits);
          bits &= bits - 1;
          faces[found++] = (firstVoxel + bit) * 8 + face;
        }
      }
    }
  }
  return faces;
}

/** The first of the two words of a row `z * 64 + y` of the brick's own voxels. */
const firstWord = (row: number): number =>
  (((row >> 6) + HALO) * PADDED_EDGE + (row & 63) + HALO) * ROW_WORDS + 1;

/** The foreground voxels of a word, one bit each, whose neighbour through `face` is background. */
function faceBits(words: Uint32Array, word: number, face: number): number {
  const own = words[word] ?? 0;
  if (face === 4) return own & ~((own << 1) | ((words[word - 1] ?? 0) >>> 31));
  if (face === 5) return own & ~((own >>> 1) | ((words[word + 1] ?? 0) << 31));
  const step = face < 2 ? PADDED_EDGE * ROW_WORDS : ROW_WORDS;
  return own & ~(words[(face & 1) === 0 ? word - step : word + step] ?? 0);
}
