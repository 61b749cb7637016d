import { BRICK_EDGE } from '../../core/brick';
import { minimum, multiply, type Zyx } from '../../core/vec';
import type { LabelLayout } from './layout';

/** One level of saved labels. */
export interface LabelLevel {
  readonly shapeZyx: Zyx;
  readonly voxelSizeNm: Zyx;
  /** Centre of voxel (0, 0, 0). */
  readonly originNm: Zyx;
  /** Voxels of the next finer level, and of the finest, along one voxel: powers of two. */
  readonly stepZyx: Zyx;
  readonly factorZyx: Zyx;
  readonly chunkZyx: Zyx;
  /** As the layout has it, or smaller: no more than the level needs. */
  readonly shardZyx: Zyx;
}

export interface LabelGrid {
  readonly shapeZyx: Zyx;
  readonly voxelSizeNm: Zyx;
  readonly originNm: Zyx;
}

/** Every axis is halved that has voxels to halve and is not yet as coarse as twice the finest of these: voxels become cubes first. */
function stepOf({ shapeZyx, voxelSizeNm }: LabelGrid): Zyx {
  const sizes = voxelSizeNm.filter((_, axis) => (shapeZyx[axis] ?? 1) > 1);
  const finest = Math.min(...sizes);
  const along = (axis: 0 | 1 | 2) => (shapeZyx[axis] > 1 && voxelSizeNm[axis] < 2 * finest ? 2 : 1);
  return [along(0), along(1), along(2)];
}

function coarser(finer: LabelGrid, stepZyx: Zyx): LabelGrid {
  const { shapeZyx, voxelSizeNm, originNm } = finer;
  const sizeOf = (axis: 0 | 1 | 2) => Math.ceil(shapeZyx[axis] / stepZyx[axis]);
  const originOf = (axis: 0 | 1 | 2) =>
    originNm[axis] + ((stepZyx[axis] - 1) / 2) * voxelSizeNm[axis];
  return {
    shapeZyx: [sizeOf(0), sizeOf(1), sizeOf(2)],
    voxelSizeNm: multiply(voxelSizeNm, stepZyx),
    originNm: [originOf(0), originOf(1), originOf(2)],
  };
}

/** The chunk times the power of two that covers a level. */
function covering(shapeZyx: Zyx, chunkZyx: Zyx): Zyx {
  const along = (axis: 0 | 1 | 2) =>
    chunkZyx[axis] * 2 ** Math.ceil(Math.log2(Math.ceil(shapeZyx[axis] / chunkZyx[axis])));
  return [along(0), along(1), along(2)];
}

/** All levels of a volume's labels, from the finest to the first that fits one brick of 64³. */
export function labelLevels(volume: LabelGrid, layout: LabelLayout): readonly LabelLevel[] {
  const { chunkZyx, shardZyx } = layout;
  const levels: LabelLevel[] = [];
  let [grid, stepZyx, factorZyx]: [LabelGrid, Zyx, Zyx] = [volume, [1, 1, 1], [1, 1, 1]];
  for (;;) {
    const { shapeZyx, voxelSizeNm, originNm } = grid;
    levels.push({
      ...{ shapeZyx, voxelSizeNm, originNm, stepZyx, factorZyx, chunkZyx },
      shardZyx: minimum(shardZyx, covering(shapeZyx, chunkZyx)),
    });
    if (shapeZyx.every((size) => size <= BRICK_EDGE)) return levels;
    stepZyx = stepOf(grid);
    factorZyx = multiply(factorZyx, stepZyx);
    grid = coarser(grid, stepZyx);
  }
}
