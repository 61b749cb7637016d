import type { Zyx } from '../core/vec';
import { makeRandom } from './random';

/** The sample's voxel: 16 × 8 × 8 nm. */
export const VOXEL_NM: Zyx = [16, 8, 8];

/** Where the voxels of the volume lie: a slice can be off by a few nanometres, as sections are. */
export interface VoxelGrid {
  readonly shapeZyx: Zyx;
  /** What to add to y and x in each slice. */
  readonly shiftYNm: Float32Array;
  readonly shiftXNm: Float32Array;
}

const MISALIGNMENT_NM = 1.6;

export function makeGrid(seed: number, shapeZyx: Zyx): VoxelGrid {
  const random = makeRandom(seed, 'alignment');
  const shifts = () => new Float32Array(shapeZyx[0]).map(() => random.normal() * MISALIGNMENT_NM);
  return { shapeZyx, shiftYNm: shifts(), shiftXNm: shifts() };
}

/** The centre of a voxel, in nm. */
export const voxelNm = (
  { shiftYNm, shiftXNm }: VoxelGrid,
  z: number,
  y: number,
  x: number,
): Zyx => [
  z * VOXEL_NM[0],
  y * VOXEL_NM[1] + (shiftYNm[z] ?? 0),
  x * VOXEL_NM[2] + (shiftXNm[z] ?? 0),
];
