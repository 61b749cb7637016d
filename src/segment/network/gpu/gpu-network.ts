import { abortError, FloodlightError } from '../../../core/errors';
import { volumeOf, type Zyx } from '../../../core/vec';
import { type GpuContext, guarded } from '../../../gpu/device';
import type { GpuMemory } from '../../../gpu/memory';
import type { PassTimer } from '../../../gpu/pass-timer';
import { Readback } from '../../../gpu/readback';
import type { Network, Precision } from '../network';
import type { NetworkBuffers } from './buffers';
import { type Part, START, takeParts } from './schedule';
import type { Stage } from './stage';

/** Each of two submissions should last about so long, for the page's frames and for cancelling. */
const SLICE_MILLISECONDS = { hardware: 4, software: 50 } as const;
/** What the first submission of all costs, in floating-point operations. */
const FIRST_BUDGET = 1e7;

/** A network on the GPU: all stages of a call follow one another there, in submissions of bounded time; only logits come back. */
export class GpuNetwork implements Network {
  readonly fieldOfViewZyx: Zyx;
  readonly maxBatch: number;
  readonly precision: Precision;
  readonly adapter: string;
  private readonly readback: Readback;
  private readonly bindGroups = new Map<string, GPUBindGroup>();
  private readonly disposal = new AbortController();
  private last: Promise<unknown> = Promise.resolve();
  private budget = FIRST_BUDGET;
  private isLost = false;

  constructor(
    private readonly gpu: GpuContext,
    private readonly memory: GpuMemory,
    private readonly stages: readonly Stage[],
    private readonly buffers: NetworkBuffers,
    private readonly weights: readonly GPUBuffer[],
    what: { fieldOfViewZyx: Zyx; maxBatch: number; precision: Precision },
    private readonly timer?: PassTimer,
  ) {
    const { description, vendor, architecture } = gpu.adapter;
    this.adapter = description || `${vendor} ${architecture}`;
    this.fieldOfViewZyx = what.fieldOfViewZyx;
    this.maxBatch = what.maxBatch;
    this.precision = what.precision;
    this.readback = new Readback(memory);
    gpu.device.lost.then(() => {
      this.isLost = true;
    });
  }

  apply(image: Float32Array, seed: Float32Array, signal?: AbortSignal): Promise<Float32Array> {
    const { disposal, last } = this;
    const own = disposal.signal;
    const either = signal ? AbortSignal.any([own, signal]) : own;
    // The caller may change its arrays while the call waits for those before it.
    const [ownImage, ownSeed] = [image.slice(), seed.slice()];
    const made = last.then(() => this.run(ownImage, ownSeed, either));
    this.last = made.catch(() => {});
    return made;
  }

  dispose(): void {
    this.disposal.abort(abortError());
    this.last.then(() => {
      this.buffers.release();
      this.readback.release();
      for (const buffer of this.weights) this.memory.release(buffer);
    });
  }

  private async run(
    image: Float32Array<ArrayBuffer>,
    seed: Float32Array<ArrayBuffer>,
    signal: AbortSignal,
  ): Promise<Float32Array> {
    signal.throwIfAborted();
    const fields = this.fieldsOf(image, seed);
    try {
      const { queue } = this.gpu.device;
      queue.writeBuffer(this.buffers.image, 0, image);
      queue.writeBuffer(this.buffers.seed, 0, seed);
      await this.runStages(fields, signal);
      return await this.readLogits(image.byteLength);
    } catch (error) {
      if (!this.isLost) throw error;
      throw new FloodlightError('DEVICE_LOST', { reason: 'while a network ran' }, error);
    }
  }

  /** BAD_PARAMETERS unless the arrays hold whole fields of view, one or more and no more than a call may have. */
  private fieldsOf(image: Float32Array, seed: Float32Array): number {
    const fields = image.length / volumeOf(this.fieldOfViewZyx);
    const isWhole = Number.isInteger(fields) && fields >= 1 && seed.length === image.length;
    if (isWhole && fields <= this.maxBatch) return fields;
    const expected = `1 to ${this.maxBatch} fields of view of ${this.fieldOfViewZyx.join(' × ')}`;
    throw new FloodlightError('BAD_PARAMETERS', {
      what: 'Network call',
      reason: `it has ${image.length} image values and ${seed.length} of the seed where ${expected} belong`,
    });
  }

  /** Two submissions are under way at any time, so that the GPU need not wait for the next. */
  private async runStages(fields: number, signal: AbortSignal): Promise<void> {
    const { queue } = this.gpu.device;
    const steps = this.stages.map(({ units, cost }) => ({ units: fields * units, cost }));
    const slice = SLICE_MILLISECONDS[this.gpu.adapter.isSoftware ? 'software' : 'hardware'];
    let since = performance.now();
    const finish = async (submitted: Promise<unknown>, cost: number) => {
      await submitted;
      const now = performance.now();
      this.pace(cost, slice / Math.max(now - since, 0.1));
      since = now;
    };
    let before: Promise<void> = Promise.resolve();
    for (let at = START; at.step < steps.length; ) {
      const { parts, next, cost } = takeParts(at, steps, this.budget);
      await guarded(this.gpu.device, 'network', () => this.submit(parts));
      const submitted = queue.onSubmittedWorkDone();
      await before;
      signal.throwIfAborted();
      before = finish(submitted, cost);
      // Whoever waits for it hears of it.
      before.catch(() => {});
      at = next;
    }
    await before;
    signal.throwIfAborted();
  }

  /** Operations a submission: as many as keep it near its time. */
  private pace(cost: number, factor: number): void {
    const paced = cost * Math.min(2, Math.max(0.5, factor));
    // The last submission of a call is a small one, and says that less was asked for than might have been.
    this.budget = factor > 1 ? Math.max(this.budget, paced) : paced;
  }

  private submit(parts: readonly Part[]): void {
    const { device } = this.gpu;
    const encoder = device.createCommandEncoder({ label: 'network' });
    const timestampWrites = this.timer?.next();
    const pass = encoder.beginComputePass({
      label: 'network',
      ...(timestampWrites ? { timestampWrites } : {}),
    });
    for (const part of parts) {
      const stage = this.stages[part.step];
      if (!stage) continue;
      pass.setPipeline(stage.pipeline);
      pass.setBindGroup(0, this.bindGroup(stage, part));
      pass.dispatchWorkgroups(stage.groups[0], stage.groups[1], part.units);
    }
    pass.end();
    device.queue.submit([encoder.finish()]);
  }

  private bindGroup(stage: Stage, { step, first }: Part): GPUBindGroup {
    const key = `${step} ${first}`;
    const group = this.bindGroups.get(key) ?? this.buffers.bind(stage, first);
    this.bindGroups.set(key, group);
    return group;
  }

  private async readLogits(sizeBytes: number): Promise<Float32Array> {
    const { device } = this.gpu;
    const reading = await guarded(device, 'network logits', () => {
      const encoder = device.createCommandEncoder({ label: 'network logits' });
      const recorded = this.readback.record(encoder, [
        { buffer: this.buffers.logits, offsetBytes: 0, sizeBytes },
      ]);
      device.queue.submit([encoder.finish()]);
      return recorded;
    });
    return new Float32Array(await reading.read());
  }
}
