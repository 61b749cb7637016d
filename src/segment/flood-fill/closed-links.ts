import { type Bits, BRICK_WORDS, voxelOfWord } from '../../core/brick-bits';
import { LINKS_PER_BRICK, linkOf } from './plan';

const LAST = 63;

/**
 * The links of a brick, as bits, whose bricks touch none of the voxels that are to be filled and are not yet: nothing more
 * comes into it from there. `fill_evict` of wasm/segment says the same of its bricks.
 */
export function closedLinks(open: Bits, filled: Bits): number {
  let links = 0;
  for (let word = 0; word < BRICK_WORDS; word++) {
    const left = (open[word] ?? 0) & ~(filled[word] ?? 0);
    if (left === 0) continue;
    const [z, y, x] = voxelOfWord(word);
    const low = x === 0 ? left & 1 : 0;
    const high = x === 0 ? 0 : left >>> 31;
    const alongX = 2 | low | (high << 2);
    for (let dz = z === 0 ? -1 : 0; dz <= (z === LAST ? 1 : 0); dz++)
      for (let dy = y === 0 ? -1 : 0; dy <= (y === LAST ? 1 : 0); dy++)
        links |= alongX << linkOf([dz, dy, -1]);
  }
  return ~links & ((1 << LINKS_PER_BRICK) - 1);
}
