import type { GpuMemory } from '../../gpu/memory';
import { IMAGE_FORMAT, LABEL_FORMAT } from './pipelines';

/** Of both formats. */
const TEXEL_BYTES = 4;

/** What a view's bricks are drawn into before they are coloured: one pair does for all views, which are drawn one after another. */
export class SliceTextures {
  readonly image: GPUTexture;
  readonly labels: GPUTexture;

  constructor(
    private readonly memory: GpuMemory,
    readonly widthPixels: number,
    readonly heightPixels: number,
  ) {
    const create = (label: string, format: GPUTextureFormat) =>
      memory.provideTexture(
        {
          label,
          format,
          size: [widthPixels, heightPixels],
          usage: GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.TEXTURE_BINDING,
        },
        TEXEL_BYTES,
      );
    this.image = create('slice image', IMAGE_FORMAT);
    this.labels = create('slice labels', LABEL_FORMAT);
  }

  dispose(): void {
    this.memory.release(this.image);
    this.memory.release(this.labels);
  }
}
