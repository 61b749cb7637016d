/** Stands for an OffscreenCanvas with a 2-D context under Node: `pixels` is what was drawn last, rgba8. */
export class TestCanvas {
  width = 300;
  height = 150;
  pixels = new Uint8ClampedArray();
  frames = 0;

  constructor(
    private readonly onFrame?: (pixels: Uint8ClampedArray, width: number, height: number) => void,
  ) {}

  getContext(kind: string): object | null {
    if (kind !== '2d') return null;
    return {
      createImageData: (width: number, height: number) => ({
        width,
        height,
        data: new Uint8ClampedArray(width * height * 4),
      }),
      putImageData: ({ data }: ImageData) => {
        this.pixels = data.slice();
        this.frames++;
        this.onFrame?.(this.pixels, this.width, this.height);
      },
    };
  }
}

export const asCanvas = (canvas: TestCanvas): OffscreenCanvas =>
  canvas as unknown as OffscreenCanvas;

/** A canvas of a GPU under Node, which nobody sees. */
export function gpuCanvas(width: number, height: number): OffscreenCanvas {
  let texture: GPUTexture | undefined;
  let configured: GPUCanvasConfiguration | undefined;
  const canvas = {
    width,
    height,
    getContext: () => ({
      configure: (configuration: GPUCanvasConfiguration) => {
        configured = configuration;
      },
      getCurrentTexture: () => {
        if (!configured) throw new Error('not configured');
        const { device, format } = configured;
        const size = [canvas.width, canvas.height];
        texture ??= device.createTexture({
          format,
          size,
          usage: GPUTextureUsage.RENDER_ATTACHMENT,
        });
        return texture;
      },
    }),
  };
  return canvas as unknown as OffscreenCanvas;
}
