import type { Zyx } from '../core/vec';
import { arrayOf, checked, copyOut, dtypeOf, type Kernels, KIND, place } from './kernels';

type IntegerArray = Uint8Array | Uint16Array | Int16Array;

export interface ClaheOptions {
  /** The values to equalize; those outside count as the nearest. uint8: 0–255. */
  readonly range: readonly [low: number, high: number];
  /** Tiles along y and x; 8 × 8 (as in OpenCV; scikit-image's kernels are 1/8 of the slice too). */
  readonly tilesYx?: readonly [y: number, x: number];
  /** The largest share of a tile's pixels in one bin: 0.01 as in scikit-image, OpenCV's clipLimit of 2.56. 1 is unlimited. */
  readonly limit?: number;
}

/**
 * Contrast-limited adaptive histogram equalization (Zuiderveld 1994) of each z-slice of a box, as an array of the same kind.
 * Tiles are those of the given slices: whole slices, or slabs with the same origin, give results without seams.
 */
export function clahe<Voxels extends IntegerArray>(
  { call, arena }: Kernels,
  voxels: Voxels,
  shapeZyx: Zyx,
  { range: [low, high], tilesYx: [tilesY, tilesX] = [8, 8], limit = 0.01 }: ClaheOptions,
): Voxels {
  const [slices, rows, columns] = shapeZyx;
  const tiles = [Math.min(tilesY, rows), Math.min(tilesX, columns)];
  const options = new Int32Array([slices, rows, columns, ...tiles, low, high]);
  const [asked] = place(arena, [options]);
  const scratchBytes = checked('CLAHE', call.clahe_scratch(asked));
  const { byteLength } = voxels;
  const [at, src, dst, scratch] = place(arena, [options, voxels, byteLength, scratchBytes]);
  const kind = KIND[dtypeOf(voxels)];
  checked('CLAHE', call.clahe(src, kind, dst, at, limit, scratch, scratchBytes));
  return arrayOf(dtypeOf(voxels), copyOut(arena, dst, byteLength)) as Voxels;
}
