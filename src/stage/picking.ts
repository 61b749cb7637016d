import { type Camera, Raycaster, Vector2, Vector3 } from 'three';
import { voxelOfNm } from '../core/scene-geometry';
import type { GridGeometry } from '../core/surface';
import { floor } from '../core/vec';
import type { Pick } from './protocol';
import type { Surfaces } from './surfaces';

/** The nearest surface under a point of the picture, both coordinates from 0 (left, top) to 1; null when there is none. */
export function pick(
  surfaces: Surfaces,
  volume: GridGeometry,
  camera: Camera,
  x: number,
  y: number,
): Pick | null {
  const caster = new Raycaster();
  caster.setFromCamera(new Vector2(2 * x - 1, 1 - 2 * y), camera);
  const hits = surfaces.visible.flatMap(({ id, group }) => {
    const hit = caster.intersectObject(group, true)[0];
    return hit ? [{ id, hit }] : [];
  });
  const nearest = hits.sort((a, b) => a.hit.distance - b.hit.distance)[0];
  if (!nearest) return null;
  const { point, face } = nearest.hit;
  const local = surfaces.root.worldToLocal(point.clone());
  // The surface runs between voxels: half a voxel further in lies the segment.
  const inward = (face?.normal ?? new Vector3()).clone();
  local.addScaledVector(inward, -Math.min(...volume.voxelSizeNm) / 2);
  return {
    segmentId: nearest.id,
    voxelZyx: floor(voxelOfNm(volume, [local.z, local.y, local.x])),
  };
}
