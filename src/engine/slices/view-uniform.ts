import { axesOf } from '../../core/slice-geometry';
import type { DisplayState } from '../protocol';
import { cutsVolume, pixelsBetween, type SliceFrame, strideOf } from './placement';

/** Size of `View` in shaders/slice/view.wgsl. */
export const VIEW_BYTES = 48;

/** A span of zero draws a threshold: steeper than any two neighbouring values of a float32 image need. */
const STEEPEST = 2 ** 100;

/** `View` of shaders/slice/view.wgsl. Pure. */
export function viewUniform(frame: SliceFrame, display: DisplayState): ArrayBuffer {
  const { horizontal, vertical } = axesOf(frame.viewId);
  const [low, high] = display.contrast;
  const volume = cutsVolume(frame)
    ? pixelsBetween(frame, [0, 0, 0], frame.volumeShapeZyx)
    : undefined;
  const bytes = new ArrayBuffer(VIEW_BYTES);
  const floats = new Float32Array(bytes);
  floats.set([frame.state.widthPixels, frame.state.heightPixels]);
  floats.set([low, high === low ? STEEPEST : 1 / (high - low)], 2);
  if (volume) floats.set([volume.left, volume.top, volume.right, volume.bottom], 4);
  new Uint32Array(bytes).set([strideOf(horizontal), strideOf(vertical)], 8);
  floats.set([display.labelOpacity, display.referenceOpacity], 10);
  return bytes;
}
