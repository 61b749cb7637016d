import type { ImageArray } from '../../src/core/dtype';
import type { Zyx } from '../../src/core/vec';
import type { Connectivity } from '../../src/engine/protocol';

const CANDIDATE = 1;
const FILLED = 2;

/** The rows that touch a row, as [z, y], with how far along x a voxel reaches into them. */
function touchingRows(connectivity: Connectivity): [z: number, y: number, reach: number][] {
  const rows: [number, number, number][] = [];
  for (let z = -1; z <= 1; z++) {
    for (let y = -1; y <= 1; y++) {
      const axes = Math.abs(z) + Math.abs(y);
      if (axes === 0 || (axes === 2 && connectivity === 6)) continue;
      rows.push([z, y, connectivity === 26 || (connectivity === 18 && axes === 1) ? 1 : 0]);
    }
  }
  return rows;
}

export interface PlainFill {
  /** The volume with one voxel more on each side; C-ordered. */
  readonly paddedShapeZyx: Zyx;
  readonly paddedState: Uint8Array;
  readonly voxels: number;
}

/** 1 where the value lies in [low, high], with one voxel of 0 around. */
function threshold(values: ImageArray, [sizeZ, sizeY, sizeX]: Zyx, low: number, high: number) {
  const [sizeYPadded, sizeXPadded] = [sizeY + 2, sizeX + 2];
  const state = new Uint8Array((sizeZ + 2) * sizeYPadded * sizeXPadded);
  for (let z = 0, from = 0; z < sizeZ; z++) {
    for (let y = 0; y < sizeY; y++) {
      let to = ((z + 1) * sizeYPadded + y + 1) * sizeXPadded + 1;
      for (let x = 0; x < sizeX; x++, from++, to++) {
        const value = values[from] ?? Number.NaN;
        state[to] = value >= low && value <= high ? CANDIDATE : 0;
      }
    }
  }
  return state;
}

/**
 * Flood fill by spans, as one would write it by hand for speed in JavaScript: typed arrays, a border instead of bounds
 * checks, one stack entry for each run of candidates in the rows that touch a span. The fastest of three that were tried.
 */
export function plainFill(
  values: ImageArray,
  shapeZyx: Zyx,
  seedZyx: Zyx,
  { low, high }: { readonly low: number; readonly high: number },
  connectivity: Connectivity,
): PlainFill {
  const [sizeZ, sizeY, sizeX] = [shapeZyx[0] + 2, shapeZyx[1] + 2, shapeZyx[2] + 2];
  const state = threshold(values, shapeZyx, low, high);
  const rows = touchingRows(connectivity).map(([z, y, reach]) => [(z * sizeY + y) * sizeX, reach]);
  let stack = new Int32Array(1 << 16);
  let height = 0;
  let voxels = 0;

  stack[height++] = ((seedZyx[0] + 1) * sizeY + seedZyx[1] + 1) * sizeX + seedZyx[2] + 1;
  while (height > 0) {
    const index = stack[--height] ?? 0;
    if (state[index] !== CANDIDATE) continue;
    let first = index;
    while (state[first - 1] === CANDIDATE) first--;
    let last = index;
    while (state[last + 1] === CANDIDATE) last++;
    for (let at = first; at <= last; at++) state[at] = FILLED;
    voxels += last + 1 - first;

    if (height + rows.length * (last - first + 3) > stack.length) {
      const larger = new Int32Array(2 * stack.length + rows.length * sizeX);
      larger.set(stack);
      stack = larger;
    }
    for (const [shift = 0, reach = 0] of rows) {
      let previous = 0;
      for (let at = first + shift - reach; at <= last + shift + reach; at++) {
        const here = state[at] ?? 0;
        if (here === CANDIDATE && previous !== CANDIDATE) stack[height++] = at;
        previous = here;
      }
    }
  }
  return { paddedShapeZyx: [sizeZ, sizeY, sizeX], paddedState: state, voxels };
}

/** 1 where filled, without the border. */
export function maskOf({ paddedShapeZyx, paddedState }: PlainFill): Uint8Array {
  const [sizeZ, sizeY, sizeX] = paddedShapeZyx;
  const mask = new Uint8Array((sizeZ - 2) * (sizeY - 2) * (sizeX - 2));
  for (let z = 1, to = 0; z < sizeZ - 1; z++) {
    for (let y = 1; y < sizeY - 1; y++) {
      const from = (z * sizeY + y) * sizeX;
      for (let x = 1; x < sizeX - 1; x++) mask[to++] = paddedState[from + x] === FILLED ? 1 : 0;
    }
  }
  return mask;
}
