import { type Object3D, Vector3 } from 'three';
import { inScene, NM_PER_UNIT, type VolumeExtent } from '../core/scene-geometry';
import type { Zyx } from '../core/vec';

/** A place of the scene as three.js has it. */
export const vectorOf = ([z, y, x]: Zyx): Vector3 => new Vector3(x, y, z);

/** Places what is in nanometres (x, y, z) into the scene. */
export function placeInScene(root: Object3D, volume: VolumeExtent): void {
  const unit = 1 / NM_PER_UNIT;
  root.scale.set(unit, -unit, -unit);
  root.position.copy(vectorOf(inScene(volume, [0, 0, 0])));
  root.updateMatrixWorld(true);
}
