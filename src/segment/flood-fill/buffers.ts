import { BRICK_BITS_BYTES } from '../../core/brick-bits';
import type { GpuMemory } from '../../gpu/memory';
import { LINKS_PER_BRICK, SUBS_PER_BRICK } from './plan';

/** The bytes of `Control` and `Params` in common.wgsl. */
export const CONTROL_BYTES = 24;
export const PARAMS_BYTES = 32;
/** Of `Range` in threshold.wgsl. */
export const RANGE_BYTES = 48;
const DISPATCH_BYTES = 12;

const BYTES_PER_SLOT = {
  open: BRICK_BITS_BYTES,
  state: BRICK_BITS_BYTES,
  links: LINKS_PER_BRICK * 4,
  queues: 2 * SUBS_PER_BRICK * 4,
  queued: SUBS_PER_BRICK * 4,
  report: 4,
} as const;

type PerSlot = keyof typeof BYTES_PER_SLOT;

/** The GPU buffers of one fill with places for `capacity` bricks; layouts in shaders/flood_fill/common.wgsl. */
export class FillBuffers {
  readonly control: GPUBuffer;
  readonly params: GPUBuffer;
  readonly range: GPUBuffer;
  readonly dispatchSize: GPUBuffer;
  private readonly perSlot: Record<PerSlot, GPUBuffer>;

  constructor(
    private readonly memory: GpuMemory,
    public capacity: number,
  ) {
    const { STORAGE, UNIFORM, INDIRECT, COPY_DST, COPY_SRC } = GPUBufferUsage;
    const slots = (name: PerSlot) => this.allocateSlots(name, capacity);
    this.perSlot = {
      open: slots('open'),
      state: slots('state'),
      links: slots('links'),
      queues: slots('queues'),
      queued: slots('queued'),
      report: slots('report'),
    };
    this.control = this.allocate('control', CONTROL_BYTES, STORAGE | COPY_DST | COPY_SRC);
    this.params = this.allocate('params', PARAMS_BYTES, UNIFORM | COPY_DST);
    this.range = this.allocate('range', RANGE_BYTES, UNIFORM | COPY_DST);
    this.dispatchSize = this.allocate('dispatch size', DISPATCH_BYTES, STORAGE | INDIRECT);
  }

  get open(): GPUBuffer {
    return this.perSlot.open;
  }
  get state(): GPUBuffer {
    return this.perSlot.state;
  }
  get links(): GPUBuffer {
    return this.perSlot.links;
  }
  get queues(): GPUBuffer {
    return this.perSlot.queues;
  }
  get queued(): GPUBuffer {
    return this.perSlot.queued;
  }
  get report(): GPUBuffer {
    return this.perSlot.report;
  }

  /** Bytes of GPU memory that buffers for so many bricks take. */
  static bytes(capacity: number): number {
    const slot = Object.values(BYTES_PER_SLOT).reduce((sum, bytes) => sum + bytes, 0);
    return capacity * slot + CONTROL_BYTES + PARAMS_BYTES + RANGE_BYTES + DISPATCH_BYTES;
  }

  /** Makes room for more bricks: one buffer after the other is replaced by a larger one, so that only one is there twice at a time. */
  grow(capacity: number): void {
    const { queue } = this.memory.device;
    for (const name of ['open', 'state', 'links', 'queues', 'queued', 'report'] as const) {
      const from = this.perSlot[name];
      const to = this.allocateSlots(name, capacity);
      const encoder = this.memory.device.createCommandEncoder({ label: 'flood fill grow' });
      // The queues lie one after the other: each keeps its beginning.
      const parts = name === 'queues' ? 2 : 1;
      const [fromBytes, toBytes] = [from.size / parts, to.size / parts];
      for (let part = 0; part < parts; part++)
        encoder.copyBufferToBuffer(from, part * fromBytes, to, part * toBytes, fromBytes);
      queue.submit([encoder.finish()]);
      this.perSlot[name] = to;
      this.memory.release(from);
    }
    this.capacity = capacity;
  }

  release(): void {
    for (const buffer of Object.values(this.perSlot)) this.memory.release(buffer);
    for (const buffer of [this.control, this.params, this.range, this.dispatchSize])
      this.memory.release(buffer);
  }

  private allocateSlots(name: PerSlot, capacity: number): GPUBuffer {
    const { STORAGE, COPY_DST, COPY_SRC } = GPUBufferUsage;
    return this.allocate(name, capacity * BYTES_PER_SLOT[name], STORAGE | COPY_DST | COPY_SRC);
  }

  private allocate(name: string, bytes: number, usage: GPUBufferUsageFlags): GPUBuffer {
    return this.memory.allocate(`flood fill ${name}`, bytes, usage);
  }
}
