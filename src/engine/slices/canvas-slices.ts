import type { BrickLru } from '../../core/brick-lru';
import { FloodlightError } from '../../core/errors';
import {
  boundsOfShape,
  planeOf,
  type SlicePlane,
  type SliceView,
  type ViewId,
} from '../../core/slice-geometry';
import { MemoryBrickPool, type MemorySlot } from '../memory-brick-pool';
import { resizeCanvas, type SliceBackend, type SliceTarget } from './backend';
import { compose } from './compose';
import { inksOf } from './inks';
import type { PaintedLayer } from './painted';
import { hatchInPaintersOrder, inPaintersOrder } from './painters-order';
import { blendingAt, type SceneLayer, type SliceScene } from './scene';
import { paintIds, paintSegment, paintValues, SlicePlanes } from './slice-planes';
import { eachSpan } from './spans';

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
    const plane = planeOf(viewId, state, scene.voxelSizeNm);
    const layers = scene.layers.map((layer, index) => this.paint(plane, scene, layer, index));
    const pixels = new Uint32Array(data.buffer, data.byteOffset, width * height);
    compose(layers, plane, boundsOfShape(scene.volumeShapeZyx), pixels);
  }

  /** Paints a layer's bricks on a plane of their own. */
  private paint(plane: SlicePlane, scene: Scene, layer: Layer, index: number): PaintedLayer {
    const length = plane.widthPixels * plane.heightPixels;
    const hatch = this.paintHatch(plane, layer, index);
    const blending = blendingAt(scene.layers, index);
    if (layer.kind === 'image') {
      const values = this.planes.images.take(index, length);
      for (const { slot, placement } of inPaintersOrder(plane, layer.bounds, layer.bricks))
        paintValues(values, plane, slot.voxels, placement);
      return { kind: 'image', values, look: layer, hatch, blending };
    }
    const ids = this.planes.labels.take(index, length);
    if (layer.kind === 'labels')
      for (const { slot, placement } of inPaintersOrder(plane, layer.bounds, layer.bricks))
        paintIds(ids, plane, slot.voxels, placement);
    else
      for (const { slot, segment, placement } of inPaintersOrder(plane, layer.bounds, layer.bricks))
        if (segment === undefined) paintIds(ids, plane, slot.voxels, placement);
        else paintSegment(ids, plane, slot.voxels, segment, placement);
    return { kind: 'labels', ids, inkOf: inksOf(layer, scene), hatch, blending };
  }

  /** Ones where a layer is hatched; undefined where it is nowhere. */
  private paintHatch(plane: SlicePlane, layer: Layer, index: number): Uint8Array | undefined {
    const { widthPixels, heightPixels } = plane;
    const items = hatchInPaintersOrder(plane, layer.bounds, layer.bricks, layer.failed);
    if (items.length === 0) return undefined;
    const hatch = this.planes.hatches.take(index, widthPixels * heightPixels);
    for (const { isFailed, placement } of items)
      eachSpan(plane, placement.bounds, placement.rectangle, (y, left, right) =>
        hatch.fill(isFailed ? 1 : 0, y * widthPixels + left, y * widthPixels + right),
      );
    return hatch;
  }
}
