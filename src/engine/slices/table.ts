/** A storage buffer of u32 that is replaced by a larger one when what it has to hold outgrows it. */
export class Table {
  buffer: GPUBuffer;

  constructor(
    private readonly device: GPUDevice,
    private readonly label: string,
  ) {
    this.buffer = this.create(1);
  }

  /** Writes `words` from index 0 on, and zeros to the buffer's end. */
  write(words: Uint32Array<ArrayBuffer>): void {
    if (words.byteLength > this.buffer.size) {
      this.buffer.destroy();
      this.buffer = this.create(words.length * 2);
    }
    const padded = new Uint32Array(this.buffer.size / 4);
    padded.set(words);
    this.device.queue.writeBuffer(this.buffer, 0, padded);
  }

  dispose(): void {
    this.buffer.destroy();
  }

  private create(length: number): GPUBuffer {
    return this.device.createBuffer({
      label: this.label,
      size: length * 4,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
    });
  }
}
