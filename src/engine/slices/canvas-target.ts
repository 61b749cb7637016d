import { FloodlightError } from '../../core/errors';
import type { GpuContext } from '../../gpu/device';

/** An OffscreenCanvas that slices are drawn into. Throws UNSUPPORTED_BROWSER where canvases have no WebGPU. */
export class CanvasTarget {
  private readonly context: GPUCanvasContext;

  constructor(
    { device }: GpuContext,
    private readonly canvas: OffscreenCanvas,
  ) {
    const context = canvas.getContext('webgpu');
    if (!context)
      throw new FloodlightError('UNSUPPORTED_BROWSER', { feature: 'WebGPU on canvases' });
    this.context = context;
    const format = navigator.gpu.getPreferredCanvasFormat();
    this.context.configure({ device, format, alphaMode: 'opaque' });
  }

  /** Sets the size in device pixels, at least 1 × 1; what was drawn is gone when it changes. */
  resize(widthPixels: number, heightPixels: number): void {
    const width = Math.max(1, Math.round(widthPixels));
    const height = Math.max(1, Math.round(heightPixels));
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
  }

  /** The texture of the next frame; to be drawn in the same task. */
  getCurrentTexture(): GPUTexture {
    return this.context.getCurrentTexture();
  }
}
