/** A part of a buffer to be read. */
export interface ReadRange {
  readonly buffer: GPUBuffer;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** Staging buffers for reading results back, reused by size class. The one way from the GPU to JavaScript. */
export class Readback {
  private readonly idle: GPUBuffer[] = [];

  constructor(private readonly device: GPUDevice) {}

  /**
   * Records copies of `ranges` into `encoder`; after it was submitted, `read` resolves to their bytes one after another.
   * Ranges are multiples of 4 bytes.
   */
  record(
    encoder: GPUCommandEncoder,
    ranges: readonly ReadRange[],
  ): { read: () => Promise<ArrayBuffer> } {
    const total = ranges.reduce((sum, range) => sum + range.sizeBytes, 0);
    const staging = this.take(total);
    let offset = 0;
    for (const range of ranges) {
      encoder.copyBufferToBuffer(range.buffer, range.offsetBytes, staging, offset, range.sizeBytes);
      offset += range.sizeBytes;
    }
    return {
      read: async () => {
        await staging.mapAsync(GPUMapMode.READ, 0, total);
        const bytes = staging.getMappedRange(0, total).slice(0);
        staging.unmap();
        this.idle.push(staging);
        return bytes;
      },
    };
  }

  private take(sizeBytes: number): GPUBuffer {
    const wanted = Math.max(4096, 2 ** Math.ceil(Math.log2(sizeBytes)));
    const at = this.idle.findIndex((buffer) => buffer.size === wanted);
    const [found] = at >= 0 ? this.idle.splice(at, 1) : [];
    return (
      found ??
      this.device.createBuffer({
        label: 'readback',
        size: wanted,
        usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
      })
    );
  }
}
