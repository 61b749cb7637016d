import type { Zyx } from '../../../core/vec';
import type { GpuMemory } from '../../../gpu/memory';
import type { Precision } from '../network';
import { activationBytes } from './layout';
import type { Stage } from './stage';

/** What dynamic uniforms are aligned to. */
const PART_BYTES = 256;

/** The activations of one network with a batch of so many fields of view; layouts in shaders/network/common.wgsl. */
export class NetworkBuffers {
  readonly image: GPUBuffer;
  readonly seed: GPUBuffer;
  readonly input: GPUBuffer;
  readonly stream: GPUBuffer;
  readonly inner: GPUBuffer;
  readonly logits: GPUBuffer;
  /** `Part` of common.wgsl for each plane to begin with, one each PART_BYTES. */
  private readonly planes: GPUBuffer;
  private readonly owned: GPUBuffer[] = [];

  /** BUDGET_EXCEEDED where they do not fit; nothing is kept then. */
  constructor(
    private readonly memory: GpuMemory,
    shapeZyx: Zyx,
    fields: number,
    features: number,
    precision: Precision,
  ) {
    const bytes = activationBytes(shapeZyx, fields, features, precision);
    const planes = shapeZyx[0] * fields;
    try {
      this.image = this.allocate('image', bytes.image, GPUBufferUsage.COPY_DST);
      this.seed = this.allocate('seed', bytes.seed, GPUBufferUsage.COPY_DST);
      this.logits = this.allocate('logits', bytes.logits, GPUBufferUsage.COPY_SRC);
      this.input = this.allocate('input', bytes.input);
      this.stream = this.allocate('stream', bytes.stream);
      this.inner = this.allocate('inner', bytes.inner);
      this.planes = this.allocate(
        'planes',
        PART_BYTES * planes,
        GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
      );
    } catch (error) {
      this.release();
      throw error;
    }
    const parts = new Uint32Array((PART_BYTES / 4) * planes);
    for (let plane = 0; plane < planes; plane++)
      parts.set([plane, ...shapeZyx], (PART_BYTES / 4) * plane);
    memory.device.queue.writeBuffer(this.planes, 0, parts);
  }

  /** What a dispatch of a stage is bound to for the planes from one on. */
  bind({ pipeline, buffers }: Stage, firstPlane: number): GPUBindGroup {
    const part = { buffer: this.planes, offset: PART_BYTES * firstPlane, size: PART_BYTES };
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
