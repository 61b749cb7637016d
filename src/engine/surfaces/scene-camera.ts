import { BRICK_EDGE } from '../../core/brick';
import type { GridGeometry } from '../../core/surface';
import { add, multiply, scale, subtract, type Zyx } from '../../core/vec';

/** How the 3-D view looks at the volume: a perspective camera, in nanometres, z, y, x. */
export interface SceneCamera {
  readonly positionNm: Zyx;
  /** Of length 1. */
  readonly directionZyx: Zyx;
  /** From the lower to the upper edge of the picture. */
  readonly fieldOfViewDegrees: number;
  readonly widthPixels: number;
  readonly heightPixels: number;
}

/** The ball around a brick of a level, in nanometres. */
export interface Ball {
  readonly centerNm: Zyx;
  readonly radiusNm: number;
}

/** The geometry of a level whose voxels span `2^level` of the finest level's. */
export const geometryOfLevel = (
  { voxelSizeNm, originNm }: GridGeometry,
  level: number,
): GridGeometry => ({
  voxelSizeNm: scale(voxelSizeNm, 2 ** level),
  originNm: add(originNm, scale(voxelSizeNm, (2 ** level - 1) / 2)),
});

export function ballOf(geometry: GridGeometry, level: number, brickZyx: Zyx): Ball {
  const { voxelSizeNm, originNm } = geometryOfLevel(geometry, level);
  const half = BRICK_EDGE / 2;
  const middle = add(scale(brickZyx, BRICK_EDGE), [half - 0.5, half - 0.5, half - 0.5]);
  return {
    centerNm: add(originNm, multiply(middle, voxelSizeNm)),
    radiusNm: Math.hypot(...scale(voxelSizeNm, half)),
  };
}

/** What lies outside of the picture is drawn as if it were this much farther away: it may come into it at any moment. */
const OUTSIDE_FACTOR = 8;

/** How many pixels of the picture a length spans where a ball is nearest to the camera; fewer where it is out of sight. */
export function pixelsOf(
  camera: SceneCamera,
  { centerNm, radiusNm }: Ball,
  lengthNm: number,
): number {
  const { positionNm, directionZyx, fieldOfViewDegrees, widthPixels, heightPixels } = camera;
  const tangent = Math.tan((fieldOfViewDegrees / 360) * Math.PI);
  const offset = subtract(centerNm, positionNm);
  const distance = Math.hypot(...offset);
  const nearest = Math.max(distance - radiusNm, radiusNm / 64);
  const pixels = (lengthNm / nearest) * (heightPixels / 2 / tangent);
  if (distance <= radiusNm) return pixels;
  const along = multiply(offset, directionZyx).reduce((sum, part) => sum + part, 0);
  const offAxis = Math.acos(Math.min(Math.max(along / distance, -1), 1));
  const corner = Math.atan(tangent * Math.hypot(1, widthPixels / Math.max(heightPixels, 1)));
  const isSeen = offAxis <= corner + Math.asin(radiusNm / distance);
  return isSeen ? pixels : pixels / OUTSIDE_FACTOR;
}
