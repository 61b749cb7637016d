import { FloodlightError } from '../core/errors';

/** What the owner of a refused buffer does about it. */
export interface Refusal {
  /** Whether the owner asks for less the next time. */
  readonly isRetried: boolean;
}

/**
 * The accounting allocator: every buffer and texture comes from here, within a budget in bytes. A request past the budget throws
 * BUDGET_EXCEEDED and changes nothing, but for what nothing works without (`provide`). That the device has less than the budget is known only some time after a buffer was made:
 * the buffer is no good then, its owner is told, and the budget becomes what is in use, unless the owner gets along with less.
 */
export class GpuMemory {
  usedBytes = 0;
  /** Of these what was provided: textures of slices, tables, staging buffers. */
  private providedBytes = 0;
  private readonly live = new Map<GPUBuffer | GPUTexture, { bytes: number; isProvided: boolean }>();
  private refusedAt = Number.NEGATIVE_INFINITY;

  constructor(
    readonly device: GPUDevice,
    /** May change; what is over a smaller one stays until it is released. */
    public budgetBytes: number,
    /** Told of each refusal, after the owner; commands that use the buffer do nothing. */
    private readonly onRefused: (
      error: FloodlightError<'GPU_OUT_OF_MEMORY'>,
      refusal: Refusal,
    ) => void = () => {},
    /** Told when what was provided takes more than others had left: they have to share less. */
    private readonly onTight: () => void = () => {},
  ) {}

  /** What is left of the budget, beside what is provided, for pools and computations to share. */
  get shareableBytes(): number {
    return Math.max(0, this.budgetBytes - this.providedBytes);
  }

  /** Whether `bytes` more would still fit the budget. */
  fits(bytes: number): boolean {
    return this.usedBytes + bytes <= this.budgetBytes;
  }

  /** Whether a buffer was refused within the last second: commands on it fail too, and say nothing new. */
  get isAfterRefusal(): boolean {
    return performance.now() - this.refusedAt < 1000;
  }

  allocate(
    label: string,
    sizeBytes: number,
    usage: GPUBufferUsageFlags,
    refused: () => Refusal = () => ({ isRetried: false }),
  ): GPUBuffer {
    if (!this.fits(sizeBytes)) {
      throw new FloodlightError('BUDGET_EXCEEDED', {
        what: label,
        neededBytes: this.usedBytes + sizeBytes,
        budgetBytes: this.budgetBytes,
      });
    }
    this.device.pushErrorScope('out-of-memory');
    const buffer = this.device.createBuffer({ label, size: sizeBytes, usage });
    this.count(buffer, sizeBytes, false);
    this.device.popErrorScope().then(
      (error) => error && this.refuse(buffer, refused),
      // The device is lost, and that is told of elsewhere.
      () => {},
    );
    return buffer;
  }

  /** A buffer that nothing works without: counted, and given past the budget too. */
  provide(label: string, sizeBytes: number, usage: GPUBufferUsageFlags): GPUBuffer {
    const buffer = this.device.createBuffer({ label, size: sizeBytes, usage });
    this.count(buffer, sizeBytes, true);
    return buffer;
  }

  /** A texture of one level that nothing works without, likewise. */
  provideTexture(descriptor: GPUTextureDescriptor, texelBytes: number): GPUTexture {
    const texture = this.device.createTexture(descriptor);
    this.count(texture, texture.width * texture.height * texelBytes, true);
    return texture;
  }

  release(held: GPUBuffer | GPUTexture): void {
    const { bytes, isProvided } = this.live.get(held) ?? { bytes: 0, isProvided: false };
    this.live.delete(held);
    this.usedBytes -= bytes;
    if (isProvided) this.providedBytes -= bytes;
    held.destroy();
  }

  private count(held: GPUBuffer | GPUTexture, bytes: number, isProvided: boolean): void {
    this.live.set(held, { bytes, isProvided });
    this.usedBytes += bytes;
    if (!isProvided) return;
    this.providedBytes += bytes;
    if (this.usedBytes > this.budgetBytes) this.onTight();
  }

  private refuse(buffer: GPUBuffer, refused: () => Refusal): void {
    if (!this.live.has(buffer)) return;
    this.refusedAt = performance.now();
    const { label, size } = buffer;
    this.release(buffer);
    const refusal = refused();
    if (!refusal.isRetried) this.budgetBytes = Math.min(this.budgetBytes, this.usedBytes);
    const fields = { what: label, refusedBytes: size, usableBytes: this.budgetBytes };
    this.onRefused(new FloodlightError('GPU_OUT_OF_MEMORY', fields), refusal);
  }
}
