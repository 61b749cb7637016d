import type { GpuMemory } from '../../gpu/memory';

const FIRST_BYTES = 16 * 1024;

/** A buffer that is written anew from its beginning, and replaced by a larger one when that outgrows it. */
export class Growing {
  buffer: GPUBuffer;

  constructor(
    private readonly memory: GpuMemory,
    private readonly label: string,
    private readonly usage: GPUBufferUsageFlags,
  ) {
    this.buffer = this.create(FIRST_BYTES);
  }

  /** Writes a whole number of words from the beginning on. */
  write(bytes: ArrayBuffer): void {
    if (bytes.byteLength === 0) return;
    if (bytes.byteLength > this.buffer.size) {
      this.memory.release(this.buffer);
      this.buffer = this.create(bytes.byteLength * 2);
    }
    this.memory.device.queue.writeBuffer(this.buffer, 0, bytes);
  }

  dispose(): void {
    this.memory.release(this.buffer);
  }

  private create(size: number): GPUBuffer {
    return this.memory.provide(this.label, size, this.usage | GPUBufferUsage.COPY_DST);
  }
}
