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
export function smooth(vertices: CellVertices): Float64Array {
  const { length } = vertices.loops;
  let offsets = new Float64Array(length * 3);
  let moved = new Float64Array(length * 3);
  for (const [index, step] of STEPS.entries()) {
    // What lies near the padded mask's border is not seen by the brick's own vertices any more.
    move(vertices, step, offsets, moved, index + 1);
    [offsets, moved] = [moved, offsets];
  }
  return offsets;
}

/** One step, of the vertices that lie at least `leastDistance` cells inside. */
function move(
  { loops, distances, linkStart, neighbours }: CellVertices,
  { factor, range }: Step,
  offsets: Float64Array,
  moved: Float64Array,
  leastDistance: number,
): void {
  const { linkSum } = cellLoops;
  for (let vertex = 0; vertex < loops.length; vertex++) {
    if ((distances[vertex] ?? 0) < leastDistance) continue;
    const start = linkStart[vertex] ?? 0;
    const end = linkStart[vertex + 1] ?? 0;
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
    const part = factor / (end - start);
    const rest = 1 - factor;
    moved[at] = within(range, rest * (offsets[at] ?? 0) + part * z);
    moved[at + 1] = within(range, rest * (offsets[at + 1] ?? 0) + part * y);
    moved[at + 2] = within(range, rest * (offsets[at + 2] ?? 0) + part * x);
  }
}

const within = (range: number, offset: number): number =>
  offset > range ? range : offset < -range ? -range : offset;
