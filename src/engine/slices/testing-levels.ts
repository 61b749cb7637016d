/** Levels of random scenes for the tests of who draws slices. */

import type { Zyx } from '../../core/vec';
import type { LevelInfo } from '../../volume/model';

/** Of the volume, at the finest level. */
export const VOLUME_SHAPE: Zyx = [70, 83, 131];
const level = (shapeZyx: Zyx, scaleZyx: Zyx, offsetZyx: Zyx): LevelInfo => ({
  path: '',
  chunkZyx: shapeZyx,
  shapeZyx,
  scaleZyx,
  offsetZyx,
});
/** The finest level. */
export const FINEST = level(VOLUME_SHAPE, [1, 1, 1], [0, 0, 0]);
/** Shapes rounded down and up, levels that begin before and behind the volume, an axis that is not halved. */
export const LEVELS = [
  FINEST,
  level([70, 41, 65], [1, 2, 2], [0, 0, -0.5]),
  level([17, 21, 32], [4, 4, 4], [0, 0, 1.5]),
];
/** Of a layer on a grid of its own: voxels of another shape that straddle the volume's, beginning before it and ending behind. */
export const SHIFTED_LEVELS = [
  level([30, 40, 90], [1.7, 2.3, 1.6], [-3.4, -7.7, 4.3]),
  level([15, 20, 45], [3.4, 4.6, 3.2], [-3.4, -7.7, 4.3]),
] as const;
/** A stored label layer that covers a part of the volume only. */
export const CROPPED_LEVELS = [
  level([40, 40, 100], [1, 1, 1], [20, 11, 7]),
  level([40, 20, 50], [1, 2, 2], [20, 11, 7]),
];
