import type { GpuMemory } from '../../../gpu/memory';
import { activationBytes } from './layout';
import type { NetworkSetup } from './setup';
import type { Stage } from './stage';

/** What dynamic uniforms are aligned to. */
const PART_BYTES = 256;

interface Scratch {
  readonly spread: GPUBuffer;
  readonly products: GPUBuffer;
}

/** The activations of one network with a batch of so many fields of view; layouts in shaders/network/common.wgsl. */
export class NetworkBuffers {
  readonly image: GPUBuffer;
  readonly seed: GPUBuffer;
  readonly input: GPUBuffer;
  readonly stream: GPUBuffer;
  readonly inner: GPUBuffer;
  readonly logits: GPUBuffer;
  private readonly scratch: Scratch | undefined;
  /** `Part` of common.wgsl for each unit to begin with, one each PART_BYTES. */
  private readonly parts: GPUBuffer;
  private readonly owned: GPUBuffer[] = [];

  /** BUDGET_EXCEEDED where they do not fit; nothing is kept then. */
  constructor(
    private readonly memory: GpuMemory,
    setup: NetworkSetup,
    fields: number,
  ) {
    const bytes = activationBytes(setup, fields);
    const { fieldOfViewZyx } = setup;
    const planes = fieldOfViewZyx[0] * fields;
    try {
      this.image = this.allocate('image', bytes.image, GPUBufferUsage.COPY_DST);
      this.seed = this.allocate('seed', bytes.seed, GPUBufferUsage.COPY_DST);
      this.logits = this.allocate('logits', bytes.logits, GPUBufferUsage.COPY_SRC);
      this.input = this.allocate('input', bytes.input);
      this.stream = this.allocate('stream', bytes.stream);
      this.inner = this.allocate('inner', bytes.inner);
      this.scratch =
        setup.tiling.kernel === 'winograd'
          ? {
              spread: this.allocate('spread', bytes.spread),
              products: this.allocate('products', bytes.products),
            }
          : undefined;
      this.parts = this.allocate(
        'parts',
        PART_BYTES * planes,
        GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
      );
    } catch (error) {
      this.release();
      throw error;
    }
    const parts = new Uint32Array((PART_BYTES / 4) * planes);
    for (let plane = 0; plane < planes; plane++)
      parts.set([plane, ...fieldOfViewZyx], (PART_BYTES / 4) * plane);
    memory.device.queue.writeBuffer(this.parts, 0, parts);
  }

  /** What Winograd's algorithm has between its kernels; only where the tiling is of it. */
  winograd(): Scratch {
    if (!this.scratch) throw new RangeError('a network that is convolved directly has no scratch');
    return this.scratch;
  }

  /** What a dispatch of a stage is bound to for the units from one on. */
  bind({ pipeline, buffers }: Stage, first: number): GPUBindGroup {
    const part = { buffer: this.parts, offset: PART_BYTES * first, size: PART_BYTES };
    return this.memory.device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [part, ...buffers.map((buffer) => ({ buffer }))].map((resource, binding) => ({
        binding,
        resource,
      })),
    });
  }

  release(): void {
    for (const buffer of this.owned.splice(0)) this.memory.release(buffer);
  }

  private allocate(name: string, sizeBytes: number, usage: GPUBufferUsageFlags = 0): GPUBuffer {
    const buffer = this.memory.allocate(
      `network ${name}`,
      sizeBytes,
      GPUBufferUsage.STORAGE | usage,
    );
    this.owned.push(buffer);
    return buffer;
  }
}
