import type { GpuMemory } from './memory';

/** A part of a buffer to be read. */
export interface ReadRange {
  readonly buffer: GPUBuffer;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** Staging buffers have whole multiples of it, so that readings that grow little by little share one. */
const STEP_BYTES = 4096;

/** Staging buffers for reading results back, reused: one at a time but for readings that overlap. The one way from the GPU to JavaScript. */
export class Readback {
  private readonly idle: GPUBuffer[] = [];

  constructor(private readonly memory: GpuMemory) {}

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

  /** Lets go of the buffers that nobody reads from now. */
  release(): void {
    for (const buffer of this.idle.splice(0)) this.memory.release(buffer);
  }

  private take(sizeBytes: number): GPUBuffer {
    const found = this.idle.pop();
    if (found && found.size >= sizeBytes) return found;
    if (found) this.memory.release(found);
    const wanted = Math.ceil(sizeBytes / STEP_BYTES) * STEP_BYTES;
    return this.memory.provide(
      'readback',
      wanted,
      GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    );
  }
}
