import type { GpuMemory } from '../../gpu/memory';

/** A storage buffer of u32 that is replaced by a larger one when what it has to hold outgrows it. */
export class Table {
  buffer: GPUBuffer;

  constructor(
    private readonly memory: GpuMemory,
    private readonly label: string,
  ) {
    this.buffer = this.create(1);
  }

  /** Writes `words` from index 0 on, and zeros to the buffer's end. */
  write(words: Uint32Array<ArrayBuffer>): void {
    if (words.byteLength > this.buffer.size) {
      this.memory.release(this.buffer);
      this.buffer = this.create(words.length * 2);
    }
    const padded = new Uint32Array(this.buffer.size / 4);
    padded.set(words);
    this.memory.device.queue.writeBuffer(this.buffer, 0, padded);
  }

  dispose(): void {
    this.memory.release(this.buffer);
  }

  private create(length: number): GPUBuffer {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
    return this.memory.provide(this.label, length * 4, usage);
  }
}
