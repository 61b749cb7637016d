import { cellLoops } from './cell-loops';
import type { CellVertices } from './cell-vertices';

/** How far towards (or, negative, away from) the mean of its neighbours each step moves a vertex. */
interface Step {
  readonly factor: number;
  /** Largest offset from the cell's centre on each axis, in voxels. */
  readonly range: number;
}

const FACTOR = 0.65;
const SHRINKING_STEPS = 10;
/** The sum of all steps is zero: to first order in curvature nothing shrinks. */
const INFLATING_FACTOR = -FACTOR * SHRINKING_STEPS;
/** Keeps thin parts from collapsing; 0.75 leaves fewer spikes on noisy masks than the cell itself, 0.5. */
const RANGE_VOXELS = 0.75;

/**
 * The inflating step comes early and unconstrained: after it, each shrinking step takes away the roughness that it and the
 * constraint leave behind (the other way round, constrained vertices stay as spikes).
 */
const STEPS: readonly Step[] = [
  ...Array<Step>(2).fill({ factor: FACTOR, range: Number.POSITIVE_INFINITY }),
  { factor: INFLATING_FACTOR, range: Number.POSITIVE_INFINITY },
  ...Array<Step>(4).fill({ factor: FACTOR, range: Number.POSITIVE_INFINITY }),
  ...Array<Step>(4).fill({ factor: FACTOR, range: RANGE_VOXELS }),
];

/** How many cells away a vertex's place is decided. */
export const SMOOTHING_STEPS = STEPS.length;

/**
 * Where the vertices of a surface lie, smoothed: offsets from the centres of their cells in voxels, z, y, x each.
 *
 * Laplacian steps, the last ones constrained to the cell's surroundings (Gibson, Constrained elastic surface nets, 1998),
 * with inflation against their shrinking (Taubin, A signal processing approach to fair surface design, 1995). One large
 * inflating step in place of Taubin's many small ones makes the low-pass filter (1 − λk)ⁿ(1 + nλk), flat where k is small
 * (Taubin, Zhang, Golub, Optimal surface smoothing as filter design, 1996): on a ball of 30 voxels radius it leaves a third as much of the voxels'
 * stairs after as many steps, and steps are dear, since each needs one voxel more of the neighbouring bricks.
 *
 * All arithmetic is relative to each vertex's own cell and in the order of its neighbours around it, so bricks that share a
 * vertex find the same bits.
 */
export function smooth({ loops, linkStart, neighbours }: CellVertices): Float64Array {
  const { linkSum } = cellLoops;
  let offsets = new Float64Array(loops.length * 3);
  let moved = new Float64Array(loops.length * 3);
  for (const step of STEPS) {
    for (let vertex = 0; vertex < loops.length; vertex++) {
      const start = linkStart[vertex] ?? 0;
      const end = linkStart[vertex + 1] ?? 0;
      if (start === end) continue;
      const loop = (loops[vertex] ?? 0) * 3;
      let z = linkSum[loop] ?? 0;
      let y = linkSum[loop + 1] ?? 0;
      let x = linkSum[loop + 2] ?? 0;
      for (let link = start; link < end; link++) {
        const from = (neighbours[link] ?? 0) * 3;
        z += offsets[from] ?? 0;
        y += offsets[from + 1] ?? 0;
        x += offsets[from + 2] ?? 0;
      }
      const at = vertex * 3;
      const count = end - start;
      moved[at] = moveTowards(offsets[at] ?? 0, z / count, step);
      moved[at + 1] = moveTowards(offsets[at + 1] ?? 0, y / count, step);
      moved[at + 2] = moveTowards(offsets[at + 2] ?? 0, x / count, step);
    }
    [offsets, moved] = [moved, offsets];
  }
  return offsets;
}

function moveTowards(offset: number, mean: number, { factor, range }: Step): number {
  const moved = offset + factor * (mean - offset);
  return moved > range ? range : moved < -range ? -range : moved;
}
