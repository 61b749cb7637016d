import { BRICK_EDGE } from '../core/brick';
import type { Bits } from '../core/brick-bits';
import { add, type Zyx } from '../core/vec';
import { SMOOTHING_STEPS } from './smooth';

/**
 * Voxels known around a brick. Each smoothing step moves a vertex by what lies one cell further; the normals of the
 * brick's own vertices, which lie up to one cell outside of it, need one more cell on each side.
 */
export const HALO = SMOOTHING_STEPS + 2;
/** Rows on the z and y axes of a padded mask. */
export const PADDED_EDGE = BRICK_EDGE + 2 * HALO;
/** Words of a row: 32 voxels of the brick before on x, the brick's own 64, 32 of the brick after. */
export const ROW_WORDS = 4;
/** Bit of a row at which the brick's own voxels start. */
export const ROW_MARGIN = 32;

/**
 * A brick's binary mask with its surroundings, one bit a voxel: `words[((z + HALO) * PADDED_EDGE + y + HALO) * ROW_WORDS + w]`
 * holds in bit b the voxel (z, y, w * 32 + b - ROW_MARGIN), z, y, x counted from the brick's first voxel.
 */
export interface PaddedMask {
  readonly words: Uint32Array<ArrayBuffer>;
}

/** Reads a brick's bits (see core/brick-bits); undefined: all zero. */
export type ReadBrickBits = (brickZyx: Zyx) => Bits | undefined;

/** Assembles a brick's padded mask from the bits of the brick and its 26 neighbours. */
export function padMask(readBrickBits: ReadBrickBits, brickZyx: Zyx): PaddedMask {
  const words = new Uint32Array(PADDED_EDGE * PADDED_EDGE * ROW_WORDS);
  for (let dz = -1; dz <= 1; dz++)
    for (let dy = -1; dy <= 1; dy++)
      for (let dx = -1; dx <= 1; dx++) {
        const bits = readBrickBits(add(brickZyx, [dz, dy, dx]));
        if (bits) copyBrick(words, bits, [dz, dy, dx]);
      }
  return { words };
}

function copyBrick(words: Uint32Array, bits: Bits, [dz, dy, dx]: Zyx): void {
  const [zStart, zEnd] = paddedRange(dz);
  const [yStart, yEnd] = paddedRange(dy);
  for (let sx = 0; sx < 2; sx++) {
    const word = 1 + dx * 2 + sx;
    if (word < 0 || word >= ROW_WORDS) continue;
    for (let z = zStart; z < zEnd; z++) {
      const zIn = z - HALO - dz * BRICK_EDGE;
      // Layout: see core/brick-bits.
      const slice = ((zIn >> 5) * 4 + sx) * 1024 + (zIn & 31) * 32;
      const row = z * PADDED_EDGE * ROW_WORDS + word;
      for (let y = yStart; y < yEnd; y++) {
        const yIn = y - HALO - dy * BRICK_EDGE;
        words[row + y * ROW_WORDS] = bits[slice + (yIn >> 5) * 2048 + (yIn & 31)] ?? 0;
      }
    }
  }
}

/** Rows of the padded mask that the brick at `offset` (-1, 0 or 1) covers on one axis. */
function paddedRange(offset: number): [start: number, end: number] {
  const start = HALO + offset * BRICK_EDGE;
  return [Math.max(start, 0), Math.min(start + BRICK_EDGE, PADDED_EDGE)];
}
