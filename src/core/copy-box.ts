import type { Box } from './box';
import type { VoxelArray } from './dtype';
import { subtract } from './vec';

/** A C-ordered array that covers a box of voxels. */
export interface Placed {
  readonly data: VoxelArray;
  readonly box: Box;
}

type Units = Uint8Array | Uint32Array;

const WORD_BYTES = 4;
/**
 * Up to here a loop is faster than a view and `set`, which leaves garbage too: a plane across x is all runs of one voxel, bricks out
 * of chunks that are not whole bricks have short rows.
 */
const SHORT_RUN_BYTES = 24;
const SHORT_RUN_OF_WORDS_BYTES = 128;

const unitsIn = ({ buffer, byteOffset, byteLength }: VoxelArray, areWords: boolean): Units =>
  areWords
    ? new Uint32Array(buffer, byteOffset, Math.floor(byteLength / WORD_BYTES))
    : new Uint8Array(buffer, byteOffset, byteLength);

function copyRun(
  source: Units,
  sourceAt: number,
  target: Units,
  targetAt: number,
  length: number,
  isShort: boolean,
): void {
  if (!isShort) target.set(source.subarray(sourceAt, sourceAt + length), targetAt);
  else for (let at = 0; at < length; at++) target[targetAt + at] = source[sourceAt + at] ?? 0;
}

/**
 * Copies the voxels of `part`, a box inside both, from one C-ordered array into another of the same dtype. Runs that are
 * contiguous in both are copied at once: rows, whole planes, or everything; in words of four bytes where all lies at such.
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
  const areWords =
    (source.data.byteOffset | target.data.byteOffset) % WORD_BYTES === 0 &&
    [width, sourceWidth, targetWidth, from[2], to[2]].every(
      (voxels) => (voxels * bytesPerVoxel) % WORD_BYTES === 0,
    );
  const unitsPerVoxel = areWords ? bytesPerVoxel / WORD_BYTES : bytesPerVoxel;
  const run = planesPerRun * rowsPerRun * width;
  const isShort = run * bytesPerVoxel <= (areWords ? SHORT_RUN_OF_WORDS_BYTES : SHORT_RUN_BYTES);
  const sourceUnits = unitsIn(source.data, areWords);
  const targetUnits = unitsIn(target.data, areWords);
  for (let z = 0; z < depth; z += planesPerRun) {
    for (let y = 0; y < height; y += rowsPerRun) {
      const sourceRow = (from[0] + z) * sourceHeight + from[1] + y;
      const targetRow = (to[0] + z) * targetHeight + to[1] + y;
      const sourceAt = (sourceRow * sourceWidth + from[2]) * unitsPerVoxel;
      const targetAt = (targetRow * targetWidth + to[2]) * unitsPerVoxel;
      copyRun(sourceUnits, sourceAt, targetUnits, targetAt, run * unitsPerVoxel, isShort);
    }
  }
}
