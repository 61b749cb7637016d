import type { BrickLru } from '../../core/brick-lru';
import { FloodlightError } from '../../core/errors';
import { axesOf, boundsOfShape, type SliceView, type ViewId } from '../../core/slice-geometry';
import { MemoryBrickPool, type MemorySlot } from '../memory-brick-pool';
import { resizeCanvas, type SliceBackend, type SliceTarget } from './backend';
import { compose, type PaintedLayer } from './compose';
import { inksOf } from './inks';
import { hatchedRectangles, inPaintersOrder } from './painters-order';
import { pixelsOf, type SliceFrame, strideOf } from './placement';
import { blendingAt, type SceneLayer, type SliceScene } from './scene';
import { paintIds, paintValues, SlicePlanes } from './slice-planes';

type Scene = SliceScene<MemorySlot>;
type Layer = SceneLayer<MemorySlot>;

/** Slices drawn by the processor, of bricks in main memory, pixel for pixel as on the GPU. */
export class CanvasSlices implements SliceBackend<MemorySlot> {
  private readonly planes = new SlicePlanes();

  constructor(
    /** Of main memory; may change, for pools made from then on. */
    public budgetBytes: number,
  ) {}

  createPool(label: string, bytesPerVoxel: number, limitBytes: number): BrickLru<MemorySlot> {
    return new MemoryBrickPool(label, bytesPerVoxel, limitBytes);
  }

  createTarget(viewId: ViewId, canvas: OffscreenCanvas): SliceTarget<MemorySlot> {
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) throw new FloodlightError('UNSUPPORTED_BROWSER', { feature: '2-D canvases' });
    let image: ImageData | undefined;
    return {
      resize: (widthPixels, heightPixels) => resizeCanvas(canvas, widthPixels, heightPixels),
      draw: (view, scene) => {
        const { width, height } = canvas;
        if (image?.width !== width || image.height !== height)
          image = context.createImageData(width, height);
        this.render(viewId, view, scene, image);
        context.putImageData(image, 0, 0);
      },
    };
  }

  async done(): Promise<void> {}

  /** Draws a view into an image, whose size takes the place of the view's. */
  render(
    viewId: ViewId,
    view: SliceView,
    scene: Scene,
    { data, width, height }: Pick<ImageData, 'data' | 'width' | 'height'>,
  ): void {
    const state = { ...view, widthPixels: width, heightPixels: height };
    const frame = { viewId, state, voxelSizeNm: scene.voxelSizeNm };
    const layers = scene.layers.map((layer, index) => this.paint(frame, scene, layer, index));
    const volume = pixelsOf(frame, boundsOfShape(scene.volumeShapeZyx));
    const pixels = new Uint32Array(data.buffer, data.byteOffset, width * height);
    compose(layers, volume, width, height, pixels);
  }

  /** Paints a layer's bricks on a plane of their own. */
  private paint(frame: SliceFrame, scene: Scene, layer: Layer, index: number): PaintedLayer {
    const { horizontal, vertical } = axesOf(frame.viewId);
    const strides = { horizontal: strideOf(horizontal), vertical: strideOf(vertical) };
    const { widthPixels: width, heightPixels } = frame.state;
    const length = width * heightPixels;
    const bricks = inPaintersOrder(frame, layer.bounds, layer.bricks);
    const hatched = hatchedRectangles(frame, layer.bounds, layer.bricks, layer.failed);
    const blending = blendingAt(scene.layers, index);
    if (layer.kind === 'image') {
      const plane = this.planes.image(index, length);
      for (const { slot, placement } of bricks)
        paintValues(plane, width, slot.voxels, placement, strides);
      return { kind: 'image', plane, look: layer, hatched, blending };
    }
    const plane = this.planes.label(index, length);
    for (const { slot, placement } of bricks)
      paintIds(plane, width, slot.voxels, placement, strides);
    return { kind: 'labels', plane, inkOf: inksOf(layer, scene), hatched, blending };
  }
}
