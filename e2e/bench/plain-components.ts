import type { VoxelArray } from '../../src/core/dtype';
import type { ComponentsRequest } from '../../src/segment/components/types';

type NumberArray = Exclude<VoxelArray, BigUint64Array>;

/** The rows before a row that it touches, as [z, y], with how far along x a voxel reaches into them. */
const rowsBefore = {
  6: [
    [-1, 0, 0],
    [0, -1, 0],
  ],
  18: [
    [-1, 0, 1],
    [0, -1, 1],
    [-1, -1, 0],
    [-1, 1, 0],
  ],
  26: [
    [-1, 0, 1],
    [0, -1, 1],
    [-1, -1, 1],
    [-1, 1, 1],
  ],
} as const;

/** Stretches of equal foreground along x, in raster order. `first` and `end` are indices of voxels. */
class Runs {
  count = 0;
  first = new Int32Array(1 << 16);
  end = new Int32Array(1 << 16);
  /** A smaller run of the same component, or the run itself. */
  parent = new Int32Array(1 << 16);

  reserve(more: number): void {
    if (this.count + more <= this.first.length) return;
    const longer = (array: Int32Array<ArrayBuffer>) => {
      const copy = new Int32Array(2 * array.length + more);
      copy.set(array);
      return copy;
    };
    this.first = longer(this.first);
    this.end = longer(this.end);
    this.parent = longer(this.parent);
  }

  add(first: number, end: number): void {
    this.first[this.count] = first;
    this.end[this.count] = end;
    this.parent[this.count] = this.count++;
  }
}

function addLabels(runs: Runs, voxels: NumberArray, from: number, to: number): void {
  for (let first = from; first < to; ) {
    const label = voxels[first];
    let end = first + 1;
    while (end < to && voxels[end] === label) end++;
    if (label !== 0) runs.add(first, end);
    first = end;
  }
}

function addInRange(
  runs: Runs,
  voxels: NumberArray,
  from: number,
  to: number,
  low: number,
  high: number,
): void {
  let first = -1;
  for (let at = from; at < to; at++) {
    const value = voxels[at] ?? Number.NaN;
    if (value >= low && value <= high) {
      if (first < 0) first = at;
    } else if (first >= 0) {
      runs.add(first, at);
      first = -1;
    }
  }
  if (first >= 0) runs.add(first, to);
}

function rootOf(parent: Int32Array, run: number): number {
  let at = run;
  for (let up = parent[at] ?? 0; up !== at; up = parent[at] ?? 0) {
    const grandparent = parent[up] ?? 0;
    parent[at] = grandparent;
    at = grandparent;
  }
  return at;
}

function join(parent: Int32Array, a: number, b: number): void {
  const rootA = rootOf(parent, a);
  const rootB = rootOf(parent, b);
  if (rootA < rootB) parent[rootB] = rootA;
  else parent[rootA] = rootB;
}

/** Joins the runs [a, aEnd) of a row with [b, bEnd) of another, `shift` voxels away from it. */
function joinRows(
  { first, end, parent }: Runs,
  [a, aEnd]: readonly [number, number],
  [b, bEnd]: readonly [number, number],
  shift: number,
  reach: number,
  isSame: (a: number, b: number) => boolean,
): void {
  let next = b;
  for (let run = a; run < aEnd; run++) {
    const from = (first[run] ?? 0) + shift - reach;
    const to = (end[run] ?? 0) + shift + reach;
    while (next < bEnd && (end[next] ?? 0) <= from) next++;
    for (let other = next; other < bEnd && (first[other] ?? 0) < to; other++)
      if (isSame(first[run] ?? 0, first[other] ?? 0)) join(parent, run, other);
  }
}

/**
 * Connected components by union-find over runs, as one would write it by hand for speed in JavaScript. Writes ids as
 * `connectedComponents` gives them; returns how many there are.
 */
export function plainComponents(
  { shapeZyx: [sizeZ, sizeY, sizeX], connectivity, range }: ComponentsRequest,
  voxels: NumberArray,
  ids: Uint32Array,
): number {
  const runs = new Runs();
  const rowStarts = new Int32Array(sizeZ * sizeY + 1);
  const isSame = range ? () => true : (a: number, b: number) => voxels[a] === voxels[b];
  for (let z = 0, row = 0; z < sizeZ; z++) {
    for (let y = 0; y < sizeY; y++, row++) {
      runs.reserve(sizeX);
      const from = row * sizeX;
      if (range) addInRange(runs, voxels, from, from + sizeX, range.low, range.high);
      else addLabels(runs, voxels, from, from + sizeX);
      rowStarts[row + 1] = runs.count;
      const own = [rowStarts[row] ?? 0, runs.count] as const;
      for (const [stepZ, stepY, reach] of rowsBefore[connectivity]) {
        if (z + stepZ < 0 || y + stepY < 0 || y + stepY >= sizeY) continue;
        const step = stepZ * sizeY + stepY;
        const others = [rowStarts[row + step] ?? 0, rowStarts[row + step + 1] ?? 0] as const;
        joinRows(runs, own, others, step * sizeX, reach, isSame);
      }
    }
  }
  return writeIds(runs, ids);
}

function writeIds({ count, first, end, parent }: Runs, ids: Uint32Array): number {
  ids.fill(0);
  let components = 0;
  for (let run = 0; run < count; run++) {
    const up = parent[run] ?? 0;
    const id = up === run ? ++components : (ids[first[up] ?? 0] ?? 0);
    const to = end[run] ?? 0;
    for (let at = first[run] ?? 0; at < to; at++) ids[at] = id;
  }
  return components;
}
