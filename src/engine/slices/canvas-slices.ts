import type { BrickLru } from '../../core/brick-lru';
import { FloodlightError } from '../../core/errors';
import { axesOf, type SliceView, type ViewId } from '../../core/slice-geometry';
import { MemoryBrickPool, type MemorySlot } from '../memory-brick-pool';
import { resizeCanvas, type SliceBackend, type SliceTarget } from './backend';
import { compose } from './compose';
import { inPaintersOrder } from './painters-order';
import { cutsVolume, pixelsBetween, type SliceFrame, strideOf } from './placement';
import type { DrawnBrick, FailedBrick, SliceScene } from './scene';
import { SlicePlanes } from './slice-planes';

type Scene = SliceScene<MemorySlot>;

/** Slices drawn by the processor, of bricks in main memory, pixel for pixel as on the GPU. */
export class CanvasSlices implements SliceBackend<MemorySlot> {
  private readonly planes = new SlicePlanes();
  private referenceColours = new Uint32Array();

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

  setReferenceColours(colours: Uint32Array<ArrayBuffer>): void {
    this.referenceColours = colours;
  }

  async done(): Promise<void> {}

  /** Draws a view into an image, whose size takes the place of the view's. */
  render(
    viewId: ViewId,
    view: SliceView,
    scene: Scene,
    { data, width, height }: Pick<ImageData, 'data' | 'width' | 'height'>,
  ): void {
    const { volumeShapeZyx, voxelSizeNm, display } = scene;
    const state = { ...view, widthPixels: width, heightPixels: height };
    const frame = { viewId, state, volumeShapeZyx, voxelSizeNm };
    this.planes.reset(width, height);
    this.paint(frame, scene);
    const volume = cutsVolume(frame) ? pixelsBetween(frame, [0, 0, 0], volumeShapeZyx) : undefined;
    const pixels = new Uint32Array(data.buffer, data.byteOffset, width * height);
    compose(this.planes, volume, display, this.referenceColours, pixels);
  }

  private paint(frame: SliceFrame, { image, failed, reference, labels, display }: Scene): void {
    const { planes } = this;
    const axes = axesOf(frame.viewId);
    const strides = { horizontal: strideOf(axes.horizontal), vertical: strideOf(axes.vertical) };
    if (display.imageVisible) {
      const bricks: readonly (DrawnBrick<MemorySlot> | FailedBrick)[] = [...image, ...failed];
      for (const brick of inPaintersOrder(frame, bricks, (brick) => 'slot' in brick))
        if ('slot' in brick) planes.paintImage(brick.slot.voxels, brick.placement, strides);
        else planes.paintFailed(brick.placement);
    }
    if (display.referenceLayer !== null)
      for (const { slot, placement } of inPaintersOrder(frame, reference))
        planes.paintReference(slot.voxels, placement, strides);
    if (!display.labelsVisible) return;
    const hiddenIds = new Set(display.hiddenIds);
    for (const { slot, placement } of inPaintersOrder(frame, labels))
      planes.paintSegments(slot.voxels, placement, strides, hiddenIds);
  }
}
