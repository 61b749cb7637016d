import { multiply, type Zyx } from '../../core/vec';
import type { VolumeInfo } from '../../volume/model';

/** How far sizes of voxels are from each other: 0 for the same ones, and as far for half as for twice as large. */
function distance(a: Zyx, b: Zyx): number {
  return Math.hypot(Math.log(a[0] / b[0]), Math.log(a[1] / b[1]), Math.log(a[2] / b[2]));
}

/** The level whose voxels are nearest in size to those that a model was trained on; the finest where nobody knows that. */
export function fitLevel(
  { voxelSizeNm, levels }: Pick<VolumeInfo, 'voxelSizeNm' | 'levels'>,
  modelVoxelNm: Zyx | null,
): number {
  if (!modelVoxelNm) return 0;
  const distances = levels.map(({ scaleZyx }) =>
    distance(multiply(voxelSizeNm, scaleZyx), modelVoxelNm),
  );
  return distances.indexOf(Math.min(...distances));
}
