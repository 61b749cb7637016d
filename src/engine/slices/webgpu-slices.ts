import { FloodlightError } from '../../core/errors';
import type { SliceView, ViewId } from '../../core/slice-geometry';
import { BrickPool, type BrickSlot } from '../../gpu/brick-pool';
import type { GpuContext } from '../../gpu/device';
import type { GpuMemory } from '../../gpu/memory';
import { resizeCanvas, type SliceBackend, type SliceTarget } from './backend';
import type { FillBits } from './draw-list';
import { SliceRenderer } from './renderer';
import type { SliceScene } from './scene';

/** Slices drawn on the GPU, of bricks that lie there. */
export class WebGpuSlices implements SliceBackend<BrickSlot> {
  /** Fills that run on the GPU; drawn over the segmentation. */
  fills: readonly FillBits[] = [];
  private readonly renderer: SliceRenderer;

  constructor(
    private readonly gpu: GpuContext,
    private readonly memory: GpuMemory,
  ) {
    this.renderer = new SliceRenderer(memory);
  }

  get budgetBytes(): number {
    return this.memory.shareableBytes;
  }

  createPool(label: string, bytesPerVoxel: number, limitBytes: number): BrickPool {
    return new BrickPool(this.memory, label, bytesPerVoxel, limitBytes);
  }

  createTarget(viewId: ViewId, canvas: OffscreenCanvas): SliceTarget<BrickSlot> {
    const context = canvas.getContext('webgpu');
    if (!context)
      throw new FloodlightError('UNSUPPORTED_BROWSER', { feature: 'WebGPU on canvases' });
    const format = navigator.gpu.getPreferredCanvasFormat();
    context.configure({ device: this.gpu.device, format, alphaMode: 'opaque' });
    return {
      resize: (widthPixels, heightPixels) => resizeCanvas(canvas, widthPixels, heightPixels),
      draw: (view: SliceView, scene: SliceScene<BrickSlot>) =>
        this.renderer.draw(
          viewId,
          view,
          { ...scene, fills: this.fills },
          context.getCurrentTexture(),
        ),
    };
  }

  async done(): Promise<void> {
    await this.renderer.done();
  }
}
