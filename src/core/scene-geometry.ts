/** Where a volume and a camera lie in the 3-D view. Pure; the page and the view's worker compute it alike. */
import type { GridGeometry } from './surface';
import { add, cross, multiply, scale, subtract, type Zyx } from './vec';

/** A volume as it lies in space; nanometres, z, y, x. */
export interface VolumeExtent extends GridGeometry {
  readonly shapeZyx: Zyx;
}

/** Where a camera is and what it turns around; z, y, x in the scene's unit. */
export interface Eye {
  readonly position: Zyx;
  readonly target: Zyx;
}

/** The scene's unit: short enough that a neuron is some hundred units, long enough that a brick is more than one. */
export const NM_PER_UNIT = 1000;
/** From the top of the picture to its bottom. */
export const FIELD_OF_VIEW_DEGREES = 30;
/** Half a picture's height, of the distance. */
export const HALF_HEIGHT = Math.tan((FIELD_OF_VIEW_DEGREES / 360) * Math.PI);

const half: Zyx = [0.5, 0.5, 0.5];
/**
 * The scene's axes in the volume's: x to the right, y down and z away from the viewer as in the slice views, where the scene's
 * y goes up and its z towards the viewer.
 */
const FLIP: Zyx = [-1, -1, 1];

/** Where a continuous voxel lies, z, y, x in nanometres; `originNm` is the middle of voxel 0. */
export const nmOfVoxel = (volume: GridGeometry, zyx: Zyx): Zyx =>
  add(volume.originNm, multiply(subtract(zyx, half), volume.voxelSizeNm));

/** The continuous voxel at z, y, x in nanometres. */
export function voxelOfNm(volume: GridGeometry, nmZyx: Zyx): Zyx {
  const [z, y, x] = subtract(nmZyx, volume.originNm);
  const [sizeZ, sizeY, sizeX] = volume.voxelSizeNm;
  return add([z / sizeZ, y / sizeY, x / sizeX], half);
}

/** Half of the volume's diagonal, in the scene's unit. */
export const radiusOf = (volume: VolumeExtent): number =>
  Math.hypot(...multiply(volume.shapeZyx, volume.voxelSizeNm)) / 2 / NM_PER_UNIT;

const middleNm = (volume: VolumeExtent): Zyx => nmOfVoxel(volume, scale(volume.shapeZyx, 0.5));

/** A direction in nanometres in the scene, or the other way around; as long as before. */
export const flipped = (zyx: Zyx): Zyx => multiply(zyx, FLIP);

/** A place in nanometres, in the scene: the volume's middle is its origin, so that small numbers reach the GPU. */
export const inScene = (volume: VolumeExtent, nmZyx: Zyx): Zyx =>
  flipped(scale(subtract(nmZyx, middleNm(volume)), 1 / NM_PER_UNIT));

/** A place of the scene in nanometres. */
export const nmInScene = (volume: VolumeExtent, place: Zyx): Zyx =>
  add(middleNm(volume), scale(flipped(place), NM_PER_UNIT));

export const lengthOf = (zyx: Zyx): number => Math.hypot(...zyx);
export const directionOf = (zyx: Zyx): Zyx => scale(zyx, 1 / lengthOf(zyx));

/** A camera's directions in the scene, of length one: to the right and up in its picture, and to the viewer. */
export function axesOfEye({ position, target }: Eye): { right: Zyx; up: Zyx; back: Zyx } {
  const back = directionOf(subtract(position, target));
  // Of z, y, x `cross` is left-handed.
  const right = directionOf(cross(back, [0, 1, 0]));
  return { right, up: cross(right, back), back };
}
