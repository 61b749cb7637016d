import { FloodlightError } from '../core/errors';

/**
 * The accounting allocator: every large buffer comes from here, within a budget in bytes.
 * A request past the budget throws BUDGET_EXCEEDED and changes nothing.
 */
export class GpuMemory {
  usedBytes = 0;

  constructor(
    readonly device: GPUDevice,
    /** May change; what is over a smaller one stays until it is released. */
    public budgetBytes: number,
  ) {}

  /** Whether `bytes` more would still fit the budget. */
  fits(bytes: number): boolean {
    return this.usedBytes + bytes <= this.budgetBytes;
  }

  allocate(label: string, sizeBytes: number, usage: GPUBufferUsageFlags): GPUBuffer {
    if (!this.fits(sizeBytes)) {
      throw new FloodlightError('BUDGET_EXCEEDED', {
        what: label,
        neededBytes: this.usedBytes + sizeBytes,
        budgetBytes: this.budgetBytes,
      });
    }
    const buffer = this.device.createBuffer({ label, size: sizeBytes, usage });
    this.usedBytes += sizeBytes;
    return buffer;
  }

  release(buffer: GPUBuffer): void {
    this.usedBytes -= buffer.size;
    buffer.destroy();
  }
}
