import { IMAGE_FORMAT, LABEL_FORMAT } from './pipelines';

/** What one view's bricks are drawn into, at the canvas's size. */
export class SliceTextures {
  readonly image: GPUTexture;
  readonly labels: GPUTexture;

  constructor(
    device: GPUDevice,
    readonly widthPixels: number,
    readonly heightPixels: number,
  ) {
    const create = (label: string, format: GPUTextureFormat) =>
      device.createTexture({
        label,
        format,
        size: [widthPixels, heightPixels],
        usage: GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.TEXTURE_BINDING,
      });
    this.image = create('slice image', IMAGE_FORMAT);
    this.labels = create('slice labels', LABEL_FORMAT);
  }

  dispose(): void {
    this.image.destroy();
    this.labels.destroy();
  }
}
