import { BRICK_EDGE } from '../../core/brick';
import type { Zyx } from '../../core/vec';

/**
 * The id of a coarser voxel, of the eight it is made of in z, y, x order: the most frequent one; of several, the first that is
 * not 0.
 */
function modeOfEight(ids: Uint32Array): number {
  let [best, most] = [0, 0];
  for (let at = 0; at < 8; at++) {
    const id = ids[at] ?? 0;
    let count = 0;
    for (let other = 0; other < 8; other++) if (ids[other] === id) count++;
    if (count > most || (count === most && best === 0)) [best, most] = [id, count];
  }
  return best;
}

const offsetOf = (brick: number, step: number): number => (brick % step) * (BRICK_EDGE / step);

/**
 * Writes a brick's ids, `stepZyx` (1 or 2) times coarser, to its part of the coarser brick, both 64³ and C-ordered. Only the
 * first `insideZyx` voxels lie in the volume, and only they are counted.
 */
export function halveInto(
  coarse: Uint32Array,
  ids: Uint32Array,
  brickZyx: Zyx,
  insideZyx: Zyx,
  stepZyx: Zyx,
): void {
  const [stepZ, stepY, stepX] = stepZyx;
  const [lastZ, lastY, lastX] = [insideZyx[0] - 1, insideZyx[1] - 1, insideZyx[2] - 1];
  const toZ = offsetOf(brickZyx[0], stepZ);
  const toY = offsetOf(brickZyx[1], stepY);
  const toX = offsetOf(brickZyx[2], stepX);
  const eight = new Uint32Array(8);
  // What lies outside is counted as its neighbour inside: all counts double, and none changes its rank.
  for (let z = 0; z <= lastZ; z += stepZ) {
    const planes = [z, Math.min(z + stepZ - 1, lastZ)] as const;
    for (let y = 0; y <= lastY; y += stepY) {
      const farY = Math.min(y + stepY - 1, lastY);
      const row0 = (planes[0] * BRICK_EDGE + y) * BRICK_EDGE;
      const row1 = (planes[0] * BRICK_EDGE + farY) * BRICK_EDGE;
      const row2 = (planes[1] * BRICK_EDGE + y) * BRICK_EDGE;
      const row3 = (planes[1] * BRICK_EDGE + farY) * BRICK_EDGE;
      let to = ((toZ + z / stepZ) * BRICK_EDGE + toY + y / stepY) * BRICK_EDGE + toX;
      for (let x = 0; x <= lastX; x += stepX, to++) {
        const far = Math.min(x + stepX - 1, lastX);
        const first = ids[row0 + x] ?? 0;
        const isUniform =
          ids[row0 + far] === first &&
          ids[row1 + x] === first &&
          ids[row1 + far] === first &&
          ids[row2 + x] === first &&
          ids[row2 + far] === first &&
          ids[row3 + x] === first &&
          ids[row3 + far] === first;
        if (isUniform) {
          coarse[to] = first;
          continue;
        }
        eight[0] = first;
        eight[1] = ids[row0 + far] ?? 0;
        eight[2] = ids[row1 + x] ?? 0;
        eight[3] = ids[row1 + far] ?? 0;
        eight[4] = ids[row2 + x] ?? 0;
        eight[5] = ids[row2 + far] ?? 0;
        eight[6] = ids[row3 + x] ?? 0;
        eight[7] = ids[row3 + far] ?? 0;
        coarse[to] = modeOfEight(eight);
      }
    }
  }
}
