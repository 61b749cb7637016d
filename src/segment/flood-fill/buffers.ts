import { BRICK_BITS_BYTES } from '../../core/brick-bits';
import type { GpuMemory } from '../../gpu/memory';
import { LINKS_PER_BRICK, SUBS_PER_BRICK } from './plan';

/** The bytes of `Control` and `Params` in common.wgsl. */
export const CONTROL_BYTES = 24;
export const PARAMS_BYTES = 32;

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
  readonly dispatchSize: GPUBuffer;
  private readonly perSlot: Record<PerSlot, GPUBuffer>;

  constructor(
    private readonly memory: GpuMemory,
    readonly capacity: number,
  ) {
    const storage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
    const allocate = (name: string, bytes: number, usage = storage) =>
      memory.allocate(`flood fill ${name}`, bytes, usage);
    const slots = (name: PerSlot) => allocate(name, capacity * BYTES_PER_SLOT[name]);
    this.perSlot = {
      open: slots('open'),
      state: slots('state'),
      links: slots('links'),
      queues: slots('queues'),
      queued: slots('queued'),
      report: slots('report'),
    };
    this.control = allocate('control', CONTROL_BYTES);
    this.params = allocate(
      'params',
      PARAMS_BYTES,
      GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    );
    this.dispatchSize = allocate(
      'dispatch size',
      12,
      GPUBufferUsage.STORAGE | GPUBufferUsage.INDIRECT,
    );
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
    return capacity * slot + CONTROL_BYTES + PARAMS_BYTES + 12;
  }

  /**
   * Buffers of a larger capacity that go on where these are, which are released once the copy was submitted. The
   * collecting queue is the one at `parity`, counted by the caller.
   */
  grown(capacity: number): FillBuffers {
    const larger = new FillBuffers(this.memory, capacity);
    const encoder = this.memory.device.createCommandEncoder({ label: 'flood fill grow' });
    for (const name of ['open', 'state', 'links', 'queued', 'report'] as const) {
      const from = this.perSlot[name];
      encoder.copyBufferToBuffer(from, 0, larger.perSlot[name], 0, from.size);
    }
    // The queues lie one after the other: each keeps its beginning.
    const bytes = this.queues.size / 2;
    encoder.copyBufferToBuffer(this.queues, 0, larger.queues, 0, bytes);
    encoder.copyBufferToBuffer(this.queues, bytes, larger.queues, larger.queues.size / 2, bytes);
    encoder.copyBufferToBuffer(this.control, 0, larger.control, 0, CONTROL_BYTES);
    this.memory.device.queue.submit([encoder.finish()]);
    this.release();
    return larger;
  }

  release(): void {
    for (const buffer of Object.values(this.perSlot)) this.memory.release(buffer);
    this.memory.release(this.control);
    this.memory.release(this.params);
    this.memory.release(this.dispatchSize);
  }
}
