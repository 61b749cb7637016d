import { multiply, volumeOf, type Zyx } from '../core/vec';
import { VOXEL_NM } from './grid';

/** One level of a multiscale; C-ordered z, y, x. */
export interface Level<Data extends Uint8Array | Uint16Array> {
  readonly shapeZyx: Zyx;
  readonly voxelSizeNm: Zyx;
  /** The centre of voxel (0, 0, 0). */
  readonly originNm: Zyx;
  readonly data: Data;
}

type Reduce = (values: number[]) => number;

/** The mean, halves rounded up. */
export const mean: Reduce = (values) =>
  Math.floor(values.reduce((sum, value) => sum + value, 0) / values.length + 0.5);

/** The most frequent value; of several, the first. */
export const mode: Reduce = (values) => {
  let [best, most] = [0, 0];
  for (const value of values) {
    let count = 0;
    for (const other of values) if (other === value) count++;
    if (count > most) [best, most] = [value, count];
  }
  return best;
};

/** `count` levels from the finest on, halved in y and x until the voxels are cubes, from then on in z too. */
export function makeLevels<Data extends Uint8Array | Uint16Array>(
  data: Data,
  shapeZyx: Zyx,
  count: number,
  reduce: Reduce,
): readonly Level<Data>[] {
  const levels: Level<Data>[] = [{ shapeZyx, voxelSizeNm: VOXEL_NM, originNm: [0, 0, 0], data }];
  for (let finest = levels[0]; finest && levels.length < count; finest = levels.at(-1))
    levels.push(halve(finest, reduce));
  return levels;
}

function halve<Data extends Uint8Array | Uint16Array>(finer: Level<Data>, reduce: Reduce) {
  const [sizeZ, sizeY] = finer.voxelSizeNm;
  const factor: Zyx = [sizeZ > sizeY ? 1 : 2, 2, 2];
  const [nz, ny, nx] = finer.shapeZyx;
  const shapeZyx: Zyx = [Math.ceil(nz / factor[0]), Math.ceil(ny / 2), Math.ceil(nx / 2)];
  const data = finer.data.slice(0, volumeOf(shapeZyx)) as Data;
  let values: number[] = [];
  for (let z = 0, at = 0; z < shapeZyx[0]; z++)
    for (let y = 0; y < shapeZyx[1]; y++)
      for (let x = 0; x < shapeZyx[2]; x++, at++) {
        values = [];
        for (let fz = z * factor[0]; fz < Math.min(nz, (z + 1) * factor[0]); fz++)
          for (let fy = 2 * y; fy < Math.min(ny, 2 * y + 2); fy++)
            for (let fx = 2 * x; fx < Math.min(nx, 2 * x + 2); fx++)
              values.push(finer.data[(fz * ny + fy) * nx + fx] as number);
        data[at] = reduce(values);
      }
  const centre = multiply(finer.voxelSizeNm, [(factor[0] - 1) / 2, 0.5, 0.5]);
  const [oz, oy, ox] = finer.originNm;
  const originNm: Zyx = [oz + centre[0], oy + centre[1], ox + centre[2]];
  return { shapeZyx, voxelSizeNm: multiply(finer.voxelSizeNm, factor), originNm, data };
}
