import { BRICK_EDGE } from '../core/brick';
import { countBits } from '../core/brick-bits';
import { HALO, PADDED_EDGE, type PaddedMask, ROW_WORDS } from './padded-mask';

const ROW_STEPS = [PADDED_EDGE * ROW_WORDS, ROW_WORDS] as const;

/**
 * The faces between a foreground voxel of the brick and a background voxel of the brick or its halo, in z, y, x order of the
 * foreground voxel: `voxel * 8 + face`, voxel `(z * 64 + y) * 64 + x`, face `axis * 2 + side`.
 */
export function findFaces({ words }: PaddedMask): Int32Array {
  let count = 0;
  forEachOwnWord((word) => {
    if (words[word] === 0) return;
    for (let face = 0; face < 6; face++) count += countBits(faceBits(words, word, face));
  });
  const faces = new Int32Array(count);
  let found = 0;
  forEachOwnWord((word, firstVoxel) => {
    if (words[word] === 0) return;
    for (let face = 0; face < 6; face++) {
      let bits = faceBits(words, word, face);
      while (bits !== 0) {
        const bit = 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
        faces[found++] = (firstVoxel + bit) * 8 + face;
      }
    }
  });
  return faces;
}

function forEachOwnWord(visit: (word: number, firstVoxel: number) => void): void {
  for (let z = 0; z < BRICK_EDGE; z++)
    for (let y = 0; y < BRICK_EDGE; y++) {
      const row = ((z + HALO) * PADDED_EDGE + y + HALO) * ROW_WORDS;
      const firstVoxel = (z * BRICK_EDGE + y) * BRICK_EDGE;
      visit(row + 1, firstVoxel);
      visit(row + 2, firstVoxel + 32);
    }
}

/** The foreground voxels of a word, one bit each, whose neighbour through `face` is background. */
function faceBits(words: Uint32Array, word: number, face: number): number {
  const own = words[word] ?? 0;
  if (face === 4) return own & ~((own << 1) | ((words[word - 1] ?? 0) >>> 31));
  if (face === 5) return own & ~((own >>> 1) | ((words[word + 1] ?? 0) << 31));
  const step = ROW_STEPS[face >> 1] ?? 0;
  return own & ~(words[(face & 1) === 0 ? word - step : word + step] ?? 0);
}
