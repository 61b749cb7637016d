import type { GpuMemory } from './memory';
import { Readback } from './readback';

const MOST_PASSES = 2000;
const BYTES = 8;

/** How long passes took on the GPU itself, by timestamps. */
export class PassTimer {
  private readonly queries: GPUQuerySet;
  private readonly buffer: GPUBuffer;
  private readonly readback: Readback;
  private passes = 0;

  private constructor(private readonly memory: GpuMemory) {
    const { device } = memory;
    const count = 2 * MOST_PASSES;
    this.queries = device.createQuerySet({ type: 'timestamp', count });
    const usage = GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC;
    this.buffer = memory.allocate('timestamps', BYTES * count, usage);
    this.readback = new Readback(memory);
  }

  /** Undefined where the device has no timestamps. */
  static create(memory: GpuMemory): PassTimer | undefined {
    return memory.device.features.has('timestamp-query') ? new PassTimer(memory) : undefined;
  }

  /** What a pass that is to be timed is begun with; undefined once there are too many since they were last taken. */
  next(): GPUComputePassTimestampWrites | undefined {
    if (this.passes === MOST_PASSES) return undefined;
    const at = 2 * this.passes++;
    return {
      querySet: this.queries,
      beginningOfPassWriteIndex: at,
      endOfPassWriteIndex: at + 1,
    };
  }

  /** What all passes since the last call took together, in milliseconds. They have to be submitted. */
  async take(): Promise<number> {
    const count = 2 * this.passes;
    this.passes = 0;
    if (count === 0) return 0;
    const { device } = this.memory;
    const encoder = device.createCommandEncoder({ label: 'timestamps' });
    encoder.resolveQuerySet(this.queries, 0, count, this.buffer, 0);
    const recorded = this.readback.record(encoder, [
      { buffer: this.buffer, offsetBytes: 0, sizeBytes: BYTES * count },
    ]);
    device.queue.submit([encoder.finish()]);
    const times = new BigUint64Array(await recorded.read());
    let nanoseconds = 0n;
    for (let at = 0; at < count; at += 2) nanoseconds += (times[at + 1] ?? 0n) - (times[at] ?? 0n);
    return Number(nanoseconds) / 1e6;
  }

  dispose(): void {
    this.queries.destroy();
    this.memory.release(this.buffer);
    this.readback.release();
  }
}
