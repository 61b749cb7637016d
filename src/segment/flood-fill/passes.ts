import { type Box, boxEnd } from '../../core/box';
import { BRICK_EDGE, brickKey, brickOfVoxel } from '../../core/brick';
import { bitOfVoxel } from '../../core/brick-bits';
import { scale, type Zyx } from '../../core/vec';
import type { BrickSlot } from '../../gpu/brick-pool';
import { type GpuContext, guarded } from '../../gpu/device';
import type { GpuMemory } from '../../gpu/memory';
import type { Readback } from '../../gpu/readback';
import { CONTROL_BYTES, RANGE_BYTES } from './buffers';
import type { FloodFillKernels } from './kernels';
import { type FillBounds, FillPlaces, type Newcomer } from './places';
import { byteRange, NOT_RESIDENT, SUBS_PER_BRICK, type ValueRange } from './plan';

/** An image brick that is to take part in a fill. */
export interface Arrival extends BrickSlot, Newcomer {
  /** Whether the fill has reached it and waits for it, or it is admitted ahead, or back for its neighbours. */
  readonly reached: boolean;
  release(): void;
}

/** What stays the same through a fill. */
export interface FillSetup extends FillBounds {
  readonly seedZyx: Zyx;
  readonly range: ValueRange;
  /** Voxels that may be filled. */
  readonly clip: Box;
}

/**
 * What a submission tells: sub-bricks still queued, voxels that it filled, visits and rounds so far, and a word a slot
 * (`report` of sweep.wgsl).
 */
export interface FillReport {
  readonly counts: { pending: number; voxels: number; visits: number; rounds: number };
  readonly words: Uint32Array;
}

/** Bytes of a `Job` of threshold.wgsl. */
const JOB_BYTES = 32;
/** Where `voxels` of `Control` lies in common.wgsl. */
const VOXELS_OFFSET_BYTES = 12;

/** The GPU side of one fill: the places of its bricks, and the recording of its passes. */
export class FillPasses {
  readonly places: FillPlaces;
  private jobs: GPUBuffer | undefined;

  constructor(
    private readonly gpu: GpuContext,
    private readonly memory: GpuMemory,
    private readonly readback: Readback,
    private readonly kernels: FloodFillKernels,
    private readonly setup: FillSetup,
  ) {
    this.places = new FillPlaces(memory, readback, setup);
    gpu.device.queue.writeBuffer(this.places.buffers.range, 0, rangeData(setup));
  }

  dispose(): void {
    this.releaseJobs();
    this.places.dispose();
  }

  /**
   * One submission: arrived bricks become bits, some rounds run, counters and report words are read back. There must be
   * room for those that arrive; one that is there already is looked at again. `voxelsLeft`: no round starts once more are
   * filled.
   */
  async submit(
    arrivals: readonly Arrival[],
    rounds: number,
    voxelsLeft: number,
  ): Promise<FillReport> {
    const { device } = this.gpu;
    const reading = await guarded(device, 'flood fill', () => {
      this.places.admit(arrivals);
      this.writeParams(voxelsLeft);
      const { control, report } = this.places.buffers;
      const encoder = device.createCommandEncoder({ label: 'flood fill' });
      encoder.clearBuffer(control, VOXELS_OFFSET_BYTES, 4);
      if (arrivals.length > 0) this.encodeThreshold(encoder, arrivals);
      this.encodeRounds(encoder, rounds);
      const recorded = this.readback.record(encoder, [
        { buffer: control, offsetBytes: 0, sizeBytes: CONTROL_BYTES },
        { buffer: report, offsetBytes: 0, sizeBytes: this.places.usedSlots * 4 },
      ]);
      encoder.clearBuffer(report);
      device.queue.submit([encoder.finish()]);
      return recorded;
    });
    const words = new Uint32Array(await reading.read());
    this.releaseJobs();
    const [length0 = 0, length1 = 0, parity = 0, voxels = 0, visits = 0, done = 0] = words;
    const pending = parity === 0 ? length1 : length0;
    return {
      counts: { pending, voxels, visits, rounds: done },
      words: words.subarray(CONTROL_BYTES / 4),
    };
  }

  private releaseJobs(): void {
    if (this.jobs) this.memory.release(this.jobs);
    this.jobs = undefined;
  }

  private writeParams(voxelsLeft: number): void {
    const seedBrick = brickKey(brickOfVoxel(this.setup.seedZyx));
    const { word, bit } = bitOfVoxel(this.setup.seedZyx);
    const { buffers } = this.places;
    const slot = this.places.slotOf(seedBrick);
    this.gpu.device.queue.writeBuffer(
      buffers.params,
      0,
      new Uint32Array([
        slot === undefined ? NOT_RESIDENT : slot * SUBS_PER_BRICK + (word >> 10),
        word & 1023,
        1 << bit,
        voxelsLeft,
        buffers.capacity * SUBS_PER_BRICK,
      ]),
    );
  }

  /** Makes bits of bricks: one dispatch for those of an image block. */
  private encodeThreshold(encoder: GPUCommandEncoder, arrivals: readonly Arrival[]): void {
    const { device } = this.gpu;
    const { threshold } = this.kernels;
    const { params, control, queues, queued, open, range } = this.places.buffers;
    const group = (index: number, resources: readonly GPUBufferBinding[]) =>
      device.createBindGroup({
        layout: threshold.getBindGroupLayout(index),
        entries: resources.map((resource, binding) => ({ binding, resource })),
      });
    const { jobs, blocks } = this.writeJobs(arrivals);
    const pass = encoder.beginComputePass({ label: 'flood fill threshold' });
    pass.setPipeline(threshold);
    pass.setBindGroup(
      0,
      group(
        0,
        [params, control, queues, queued, open].map((buffer) => ({ buffer })),
      ),
    );
    for (const { block, offset, bricks } of blocks) {
      const own = { buffer: jobs, offset, size: bricks * JOB_BYTES };
      pass.setBindGroup(1, group(1, [{ buffer: range }, { buffer: block }, own]));
      pass.dispatchWorkgroups(SUBS_PER_BRICK, bricks);
    }
    pass.end();
  }

  /** Writes the `Job`s of threshold.wgsl, those of a block one after another, each block's where a binding may begin. */
  private writeJobs(arrivals: readonly Arrival[]): {
    jobs: GPUBuffer;
    blocks: { block: GPUBuffer; offset: number; bricks: number }[];
  } {
    const { device } = this.gpu;
    const step = device.limits.minStorageBufferOffsetAlignment;
    const blocks: { block: GPUBuffer; offset: number; bricks: number }[] = [];
    const words: number[] = [];
    for (const block of new Set(arrivals.map((arrival) => arrival.block))) {
      const inBlock = arrivals.filter((arrival) => arrival.block === block);
      while ((words.length * 4) % step !== 0) words.push(0);
      blocks.push({ block, offset: words.length * 4, bricks: inBlock.length });
      for (const { slot, brickZyx, reached } of inBlock) {
        const [z, y, x] = scale(brickZyx, BRICK_EDGE);
        words.push(
          slot,
          this.places.slotOf(brickKey(brickZyx)) ?? 0,
          reached ? 1 : 0,
          0,
          x,
          y,
          z,
          0,
        );
      }
    }
    const data = new Uint32Array(words);
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
    const jobs = this.memory.provide('flood fill jobs', data.byteLength, usage);
    device.queue.writeBuffer(jobs, 0, data);
    this.jobs = jobs;
    return { jobs, blocks };
  }

  private encodeRounds(encoder: GPUCommandEncoder, rounds: number): void {
    const { device } = this.gpu;
    const { advance, sweep } = this.kernels;
    const { buffers } = this.places;
    const advanceGroup = device.createBindGroup({
      layout: advance.getBindGroupLayout(0),
      entries: [
        { binding: 0, resource: { buffer: buffers.params } },
        { binding: 1, resource: { buffer: buffers.control } },
        { binding: 8, resource: { buffer: buffers.dispatchSize } },
      ],
    });
    const sweepGroup = device.createBindGroup({
      layout: sweep.getBindGroupLayout(0),
      entries: [
        buffers.params,
        buffers.control,
        buffers.queues,
        buffers.queued,
        buffers.open,
        buffers.state,
        buffers.links,
        buffers.report,
      ].map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
    const pass = encoder.beginComputePass({ label: 'flood fill rounds' });
    for (let round = 0; round < rounds; round++) {
      pass.setPipeline(advance);
      pass.setBindGroup(0, advanceGroup);
      pass.dispatchWorkgroups(1);
      pass.setPipeline(sweep);
      pass.setBindGroup(0, sweepGroup);
      pass.dispatchWorkgroupsIndirect(buffers.dispatchSize, 0);
    }
    pass.end();
  }
}

/** `Range` of threshold.wgsl. */
function rangeData({ range, clip }: FillSetup): ArrayBuffer {
  const [z, y, x] = clip.originZyx;
  const [endZ, endY, endX] = boxEnd(clip);
  const bytes = byteRange(range);
  const data = new ArrayBuffer(RANGE_BYTES);
  new Float32Array(data).set([range.low, range.high]);
  new Int32Array(data).set([bytes.first, bytes.end, x, y, z, 0, endX, endY, endZ], 2);
  return data;
}
