import type { GpuMemory } from '../../gpu/memory';
import { type ImageTexels, imageTexels, LABEL_FORMAT } from './pipelines';
import type { SceneImage } from './scene';

const TEXEL_BYTES = { r16float: 2, r32float: 4, r32uint: 4 };

/**
 * What a view's bricks are drawn into before they are coloured: one texture of each format does for all layers and views, which
 * are drawn one after another.
 */
export class SliceTextures {
  readonly labels: GPUTexture;
  private readonly images = new Map<ImageTexels['format'], GPUTexture>();

  constructor(
    private readonly memory: GpuMemory,
    readonly widthPixels: number,
    readonly heightPixels: number,
  ) {
    this.labels = this.create('slice labels', LABEL_FORMAT);
  }

  /** That of an image; any, to be bound where none is read. */
  imageOf(image: Pick<SceneImage<unknown>, 'dtype'> | undefined): GPUTexture {
    const [any] = this.images.values();
    if (!image && any) return any;
    const { format } = imageTexels(image?.dtype ?? 'uint8');
    const texture = this.images.get(format) ?? this.create('slice image', format);
    this.images.set(format, texture);
    return texture;
  }

  dispose(): void {
    for (const texture of [this.labels, ...this.images.values()]) this.memory.release(texture);
  }

  private create(label: string, format: keyof typeof TEXEL_BYTES): GPUTexture {
    return this.memory.provideTexture(
      {
        label,
        format,
        size: [this.widthPixels, this.heightPixels],
        usage: GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.TEXTURE_BINDING,
      },
      TEXEL_BYTES[format],
    );
  }
}
