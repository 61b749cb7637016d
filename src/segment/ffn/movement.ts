import { floor, type Zyx } from '../../core/vec';

/** A place to look at next, relative to the field of view it was seen from, and the logit there. */
export interface Move {
  readonly score: number;
  readonly offsetZyx: Zyx;
}

/** Best first; places as good as each other from the last one back, as Python sorts tuples in reverse. */
function compareMoves(a: Move, b: Move): number {
  if (a.score !== b.score) return b.score - a.score;
  const [z, y, x] = a.offsetZyx;
  const [otherZ, otherY, otherX] = b.offsetZyx;
  return otherZ - z || otherY - y || otherX - x;
}

const sameMove = (a: Move, b: Move) => compareMoves(a, b) === 0;

/**
 * Where to move from a field of view: on each face of the cuboid centre ± delta the first voxel of the highest logit, if it
 * reaches the threshold, best first (google/ffn's `get_scored_move_offsets`). `logits` is C-ordered.
 */
export function faceMaxima(
  logits: Float32Array,
  shapeZyx: Zyx,
  deltasZyx: Zyx,
  threshold: number,
): Move[] {
  const [, sizeY, sizeX] = shapeZyx;
  const centre = floor([shapeZyx[0] / 2, shapeZyx[1] / 2, shapeZyx[2] / 2]);
  const at = (z: number, y: number, x: number) =>
    logits[((centre[0] + z) * sizeY + centre[1] + y) * sizeX + centre[2] + x] ?? Number.NaN;
  const moves: Move[] = [];
  for (let axis = 0; axis < 3; axis++) {
    const delta = deltasZyx[axis] ?? 0;
    if (delta === 0) continue;
    for (const side of [-delta, delta]) {
      const low = deltasZyx.map((d, other) => (other === axis ? side : -d)) as unknown as Zyx;
      const high = deltasZyx.map((d, other) => (other === axis ? side : d)) as unknown as Zyx;
      let best: Move | undefined;
      for (let z = low[0]; z <= high[0]; z++)
        for (let y = low[1]; y <= high[1]; y++)
          for (let x = low[2]; x <= high[2]; x++) {
            const score = at(z, y, x);
            if (!best || score > best.score) best = { score, offsetZyx: [z, y, x] };
          }
      const move = best;
      if (move && move.score >= threshold && !moves.some((other) => sameMove(other, move)))
        moves.push(move);
    }
  }
  return moves.sort(compareMoves);
}

/** The cell of the lattice of size delta, centred on the start, that a position lies in. */
export function latticeCell(zyx: Zyx, startZyx: Zyx, deltasZyx: Zyx): Zyx {
  const cell = (axis: 0 | 1 | 2) => {
    const delta = Math.max(deltasZyx[axis], 1);
    return Math.floor((zyx[axis] - startZyx[axis] + Math.floor(deltasZyx[axis] / 2)) / delta);
  };
  return [cell(0), cell(1), cell(2)];
}
