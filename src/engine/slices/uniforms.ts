import { MOST_STOPS, stopsOf } from '../../core/colour-map';
import type { SlicePlane } from '../../core/slice-geometry';
import { subtract, type Zyx } from '../../core/vec';
import { strideOf } from './placement';
import type { SceneLayer } from './scene';

/** Bytes from one uniform of the buffer to the next: WebGPU's alignment. `View` and `Layer` are smaller. */
export const UNIFORM_BYTES = 256;
/** Size of `View` in shaders/slice/view.wgsl. */
export const VIEW_BYTES = 80;
/** Size of `Layer` in shaders/slice/layer.wgsl. */
export const LAYER_BYTES = 16 + MOST_STOPS * 16;

/** A span of zero draws a threshold: steeper than any two neighbouring values of a float32 image need. */
const STEEPEST = 2 ** 100;

function writeView(plane: SlicePlane, volumeShapeZyx: Zyx, bytes: ArrayBuffer): void {
  const { centerZyx, rightZyx, downZyx, widthPixels, heightPixels } = plane;
  const floats = new Float32Array(bytes);
  floats.set([widthPixels, heightPixels]);
  if (plane.axes)
    new Uint32Array(bytes).set([strideOf(plane.axes.horizontal), strideOf(plane.axes.vertical)], 2);
  const vectors = [
    rightZyx,
    downZyx,
    subtract([0, 0, 0], centerZyx),
    subtract(volumeShapeZyx, centerZyx),
  ];
  for (const [index, [z, y, x]] of vectors.entries()) floats.set([x, y, z], 4 + 4 * index);
}

function writeLayer(layer: SceneLayer<unknown>, floats: Float32Array): void {
  floats[2] = layer.opacity;
  if (layer.kind !== 'image') return;
  const [low, high] = layer.contrast;
  floats.set([low, high === low ? STEEPEST : 1 / (high - low)]);
  for (const [index, colour] of stopsOf(layer.colourMap).entries())
    floats.set(
      colour.map((channel) => channel / 255),
      4 + 4 * index,
    );
}

/** `View` of shaders/slice/view.wgsl, then a `Layer` of shaders/slice/layer.wgsl for each layer; one at least. Pure. */
export function uniformsOf(
  plane: SlicePlane,
  volumeShapeZyx: Zyx,
  layers: readonly SceneLayer<unknown>[],
): ArrayBuffer {
  const bytes = new ArrayBuffer(UNIFORM_BYTES * (1 + Math.max(layers.length, 1)));
  writeView(plane, volumeShapeZyx, bytes);
  for (const [index, layer] of layers.entries())
    writeLayer(layer, new Float32Array(bytes, UNIFORM_BYTES * (1 + index), LAYER_BYTES / 4));
  return bytes;
}
