export type { SliceBackend, SliceTarget } from './backend';
export { CanvasSlices } from './canvas-slices';
export type {
  DrawnBrick,
  FailedBrick,
  LabelColours,
  SceneLayer,
  SegmentBrick,
  SliceScene,
} from './scene';
export { WebGpuSlices } from './webgpu-slices';
