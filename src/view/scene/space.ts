import { type Object3D, Vector3 } from 'three';
import { add, multiply, scale, subtract, type Zyx } from '../../core/vec';
import type { OpenVolume } from '../../state/navigation';

type Extent = Pick<OpenVolume, 'shapeZyx' | 'voxelSizeNm' | 'originNm'>;

/** The scene's unit: short enough that a neuron is some hundred units, long enough that a brick is more than one. */
export const NM_PER_UNIT = 1000;

const half: Zyx = [0.5, 0.5, 0.5];

/** Where a continuous voxel lies, z, y, x in nanometres; `originNm` is the middle of voxel 0. */
export const nmOfVoxel = (volume: Extent, zyx: Zyx): Zyx =>
  add(volume.originNm, multiply(subtract(zyx, half), volume.voxelSizeNm));

/** The continuous voxel at z, y, x in nanometres. */
export function voxelOfNm(volume: Extent, nmZyx: Zyx): Zyx {
  const [z, y, x] = subtract(nmZyx, volume.originNm);
  const [sizeZ, sizeY, sizeX] = volume.voxelSizeNm;
  return add([z / sizeZ, y / sizeY, x / sizeX], half);
}

/** Half of the volume's diagonal, in the scene's unit. */
export const radiusOf = (volume: Extent): number =>
  Math.hypot(...multiply(volume.shapeZyx, volume.voxelSizeNm)) / 2 / NM_PER_UNIT;

/**
 * Places what is in nanometres (x, y, z) into the scene: the volume's middle at the origin, x to the right, y down and z away
 * from the viewer as in the slice views. Small numbers reach the GPU, whatever the origin.
 */
export function placeInScene(root: Object3D, volume: Extent): void {
  const [z, y, x] = nmOfVoxel(volume, scale(volume.shapeZyx, 0.5));
  const unit = 1 / NM_PER_UNIT;
  root.scale.set(unit, -unit, -unit);
  root.position.set(-x * unit, y * unit, z * unit);
  root.updateMatrixWorld(true);
}

/** A place in nanometres, z, y, x, in the scene's unit; `root` is placed by `placeInScene`. */
export const inScene = (root: Object3D, [z, y, x]: Zyx): Vector3 =>
  root.localToWorld(new Vector3(x, y, z));

/** A place of the scene in nanometres, z, y, x. */
export function nmInScene(root: Object3D, place: Vector3): Zyx {
  const { x, y, z } = root.worldToLocal(place.clone());
  return [z, y, x];
}
