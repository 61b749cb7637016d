import type { Box } from './box';
import type { VoxelArray } from './dtype';
import { subtract } from './vec';

const bytesIn = (array: VoxelArray): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** A C-ordered array that covers a box of voxels. */
export interface Placed {
  readonly data: VoxelArray;
  readonly box: Box;
}

/** Up to here a loop is faster than a view and `set`, which leaves garbage too: a plane across x is all runs of one voxel. */
const SHORT_RUN_BYTES = 24;

function copyRun(
  source: Uint8Array,
  sourceAt: number,
  target: Uint8Array,
  targetAt: number,
  bytes: number,
): void {
  if (bytes > SHORT_RUN_BYTES) target.set(source.subarray(sourceAt, sourceAt + bytes), targetAt);
  else for (let at = 0; at < bytes; at++) target[targetAt + at] = source[sourceAt + at] ?? 0;
}

/**
 * Copies the voxels of `part`, a box inside both, from one C-ordered array into another of the same dtype. Runs that are
 * contiguous in both are copied at once: rows, whole planes, or everything.
 */
export function copyBox(source: Placed, target: Placed, part: Box, bytesPerVoxel: number): void {
  const [depth, height, width] = part.shapeZyx;
  const from = subtract(part.originZyx, source.box.originZyx);
  const to = subtract(part.originZyx, target.box.originZyx);
  const [, sourceHeight, sourceWidth] = source.box.shapeZyx;
  const [, targetHeight, targetWidth] = target.box.shapeZyx;
  const wholeRows = width === sourceWidth && width === targetWidth;
  const wholePlanes = wholeRows && height === sourceHeight && height === targetHeight;
  const rowsPerRun = wholeRows ? height : 1;
  const planesPerRun = wholePlanes ? depth : 1;
  const runBytes = planesPerRun * rowsPerRun * width * bytesPerVoxel;
  const sourceBytes = bytesIn(source.data);
  const targetBytes = bytesIn(target.data);
  for (let z = 0; z < depth; z += planesPerRun) {
    for (let y = 0; y < height; y += rowsPerRun) {
      const sourceRow = (from[0] + z) * sourceHeight + from[1] + y;
      const targetRow = (to[0] + z) * targetHeight + to[1] + y;
      const sourceAt = (sourceRow * sourceWidth + from[2]) * bytesPerVoxel;
      const targetAt = (targetRow * targetWidth + to[2]) * bytesPerVoxel;
      copyRun(sourceBytes, sourceAt, targetBytes, targetAt, runBytes);
    }
  }
}
