/** What images are seen and filled through: filters as plain data, the part of an image each looks at, and their work. */
import { type Box, boxBetween } from '../core/box';
import { BRICK_EDGE } from '../core/brick';
import { copyBox } from '../core/copy-box';
import { allocate, bytesOf, type ImageArray, type ImageDtype } from '../core/dtype';
import { add, scale, subtract, volumeOf, type Zyx } from '../core/vec';
import { clahe } from './clahe';
import { gaussianRadius, smooth } from './gaussian';
import { arrayOf, type Kernels } from './kernels';
import { mirrored } from './mirrored';

export type ImageFilter =
  | { readonly kind: 'none' }
  /** A Gaussian of this standard deviation, in nanometres along all axes. */
  | { readonly kind: 'gaussian'; readonly sigmaNm: number }
  /** Contrast-limited adaptive histogram equalization of each z-slice, in tiles of 64 × 64 voxels; `limit` as of `clahe`. */
  | { readonly kind: 'clahe'; readonly limit: number };

/** A filter for one level. */
export type FilterStep =
  | { readonly kind: 'gaussian'; readonly sigmaZyx: Zyx }
  | {
      readonly kind: 'clahe';
      readonly limit: number;
      readonly range: readonly [low: number, high: number];
    };

/** C-ordered voxels of an image, and the box of them to filter, both where the image has them. */
export interface FilterJob {
  readonly step: FilterStep;
  readonly dtype: ImageDtype;
  readonly source: Box;
  readonly part: Box;
  /** The source's voxels. Given away: the buffer may be transferred. */
  readonly bytes: Uint8Array;
}

/** Below this a Gaussian is no more than its middle. */
const LEAST_SIGMA_VOXELS = 0.2;
/** Of wasm/normalize: the farthest a Gaussian may reach is 512 voxels. */
const MOST_SIGMA_VOXELS = 512 / 4 - 1;

/** The filter where voxels have this size and values this contrast. */
export function filterStep(
  filter: Exclude<ImageFilter, { kind: 'none' }>,
  dtype: ImageDtype,
  voxelSizeNm: Zyx,
  contrast: readonly [low: number, high: number],
): FilterStep {
  if (filter.kind === 'clahe') {
    const range = dtype === 'uint8' ? ([0, 255] as const) : contrast;
    return { ...filter, range };
  }
  const sigmaOf = (sizeNm: number) => {
    const sigma = Math.min(filter.sigmaNm / sizeNm, MOST_SIGMA_VOXELS);
    return sigma < LEAST_SIGMA_VOXELS ? 0 : sigma;
  };
  const [z, y, x] = voxelSizeNm;
  return { kind: 'gaussian', sigmaZyx: [sigmaOf(z), sigmaOf(y), sigmaOf(x)] };
}

/** What a filter has to see of an image to calculate a part of it; it may lie outside the image itself. */
export function sourceOf(step: FilterStep, part: Box): Box {
  if (step.kind === 'clahe') return tilesAround(part);
  const [z, y, x] = step.sigmaZyx;
  const halo: Zyx = [gaussianRadius(z), gaussianRadius(y), gaussianRadius(x)];
  return {
    originZyx: subtract(part.originZyx, halo),
    shapeZyx: add(part.shapeZyx, scale(halo, 2)),
  };
}

/** Slices of a box, and what `wanted` has more in y and x mirrored from them, so that all tiles are whole. */
function mirroredTo(voxels: ImageArray, dtype: ImageDtype, box: Box, wanted: Box): ImageArray {
  const [slices, rows, columns] = box.shapeZyx;
  const [, height, width] = wanted.shapeZyx;
  if (rows === height && columns === width) return voxels;
  const offset = subtract(wanted.originZyx, box.originZyx);
  const result = allocate(dtype, slices * height * width);
  const columnOf = Int32Array.from({ length: width }, (_, x) => mirrored(x + offset[2], columns));
  let to = 0;
  for (let z = 0; z < slices; z++)
    for (let y = 0; y < height; y++) {
      const row = (z * rows + mirrored(y + offset[1], rows)) * columns;
      for (let x = 0; x < width; x++) result[to++] = voxels[row + (columnOf[x] ?? 0)] ?? 0;
    }
  return result;
}

/** The filtered voxels of a job's part, in the image's own dtype. BAD_PARAMETERS where the kernel refuses it, as CLAHE of float32. */
export function filterIn(kernels: Kernels, job: FilterJob): Uint8Array<ArrayBuffer> {
  const { step, dtype, source, part } = job;
  const { buffer, byteOffset, byteLength } = job.bytes;
  // Kernels of 2 and 4 bytes want their voxels aligned.
  const own = byteOffset % 4 === 0 ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
  const voxels = arrayOf(dtype, own as ArrayBuffer).subarray(0, byteLength / bytesOf[dtype]);
  const result =
    step.kind === 'gaussian'
      ? smooth(kernels, voxels, source.shapeZyx, {
          sigmaZyx: step.sigmaZyx,
          box: {
            originZyx: subtract(part.originZyx, source.originZyx),
            shapeZyx: part.shapeZyx,
          },
          dtype: 'source',
        })
      : equalize(kernels, voxels, job, step);
  return new Uint8Array(result.buffer as ArrayBuffer, result.byteOffset, result.byteLength);
}

function equalize(
  kernels: Kernels,
  voxels: ImageArray,
  { dtype, source, part }: FilterJob,
  { range, limit }: Extract<FilterStep, { kind: 'clahe' }>,
): ImageArray {
  const tiles = tilesAround(part);
  const [, rows, columns] = tiles.shapeZyx;
  const slices = mirroredTo(voxels, dtype, source, tiles);
  const data = clahe(kernels, slices as Exclude<ImageArray, Float32Array>, tiles.shapeZyx, {
    range,
    limit,
    tilesYx: [rows / BRICK_EDGE, columns / BRICK_EDGE],
  });
  const result = { data: allocate(dtype, volumeOf(part.shapeZyx)), box: part };
  copyBox({ data, box: tiles }, result, part, bytesOf[dtype]);
  return result.data;
}

/** The whole tiles of a box in each slice, and one more on each side. */
function tilesAround({ originZyx: [z, y, x], shapeZyx: [depth, height, width] }: Box): Box {
  const before = (at: number) => (Math.floor(at / BRICK_EDGE) - 1) * BRICK_EDGE;
  const behind = (end: number) => (Math.ceil(end / BRICK_EDGE) + 1) * BRICK_EDGE;
  return boxBetween([z, before(y), before(x)], [z + depth, behind(y + height), behind(x + width)]);
}
