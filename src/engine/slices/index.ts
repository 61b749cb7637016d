export {
  axesOf,
  pickLevel,
  pixelToVoxel,
  visibleBricks,
  voxelToPixel,
} from '../../core/slice-geometry';
export { CanvasTarget } from './canvas-target';
export { SliceRenderer } from './renderer';
export type { DrawnBrick, FailedBrick, FillBits, SliceScene } from './scene';
