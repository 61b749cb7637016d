import { abortError, FloodlightError } from '../../../core/errors';
import { volumeOf, type Zyx } from '../../../core/vec';
import type { SegmentThreads } from '../../cpu/threads';
import { yieldToEvents } from '../../cpu/yield';
import { checkFfn } from '../check';
import type { FfnLayers, Network } from '../network';
import { NetworkMemory } from './memory';
import type { NetworkFunction } from './threads';

/** Where there are no workers: what this thread calculates at a time, for all else that it does and for cancelling. */
const SLICE_MILLISECONDS = 8;
/** Units of work (rows of tiles, planes) of the first slice. */
const FIRST_UNITS = 8;
/** More than any call has. */
const ALL_UNITS = 2 ** 30;
const MOST_VOXELS_AN_AXIS = 1024;
const MOST_BATCH = 4096;

export interface CpuNetworkOptions {
  readonly fieldOfViewZyx: Zyx;
  /** At most so many fields of view in one call. They go one after the other: this saves calls, not time. */
  readonly maxBatch: number;
}

const bad = (reason: string) => new FloodlightError('BAD_PARAMETERS', { what: 'Network', reason });

/** A network on the processor: WebAssembly with SIMD in workers, which run its layers together, each a row of tiles at a time. */
export class CpuNetwork implements Network {
  readonly precision = 'f32';
  readonly fieldOfViewZyx: Zyx;
  readonly maxBatch: number;
  readonly adapter: string;
  private readonly disposal = new AbortController();
  private last: Promise<unknown> = Promise.resolve();
  private unitsASlice = FIRST_UNITS;
  /** Rejects once disposed: workers that were stopped do not answer. */
  private readonly disposed: Promise<never>;
  private breakdown: { readonly error: unknown } | undefined;

  private constructor(
    private readonly threads: SegmentThreads<NetworkFunction>,
    private readonly memory: NetworkMemory,
    { fieldOfViewZyx, maxBatch }: CpuNetworkOptions,
  ) {
    this.fieldOfViewZyx = fieldOfViewZyx;
    this.maxBatch = maxBatch;
    const workers = threads.count - 1;
    this.adapter = `processor, ${Math.max(1, workers)} thread${workers > 1 ? 's' : ''}`;
    const { signal } = this.disposal;
    this.disposed = new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
    this.disposed.catch(() => {});
  }

  /**
   * Packs a network's weights. It owns `threads` (`startNetworkThreads`) from then on, also where it fails. BAD_PARAMETERS unless layers and
   * options fit; BUDGET_EXCEEDED where they need more than 2 GiB, or more than the browser gives.
   */
  static async create(
    threads: SegmentThreads<NetworkFunction>,
    layers: FfnLayers,
    options: CpuNetworkOptions,
  ): Promise<CpuNetwork> {
    try {
      checkFfn(layers);
      checkOptions(options);
      const { fieldOfViewZyx, maxBatch } = options;
      const memory = new NetworkMemory(threads, layers, fieldOfViewZyx, maxBatch);
      for (const index of layers.layers.keys()) {
        memory.pack(layers, index);
        await yieldToEvents();
      }
      return new CpuNetwork(threads, memory, options);
    } catch (error) {
      threads.dispose();
      throw error;
    }
  }

  /** BAD_PARAMETERS unless both hold whole fields of view, as many, `maxBatch` at most; INTERNAL for good once a worker broke down. */
  async apply(
    image: Float32Array,
    seed: Float32Array,
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    const voxels = volumeOf(this.fieldOfViewZyx);
    const fields = image.length / voxels;
    if (image.length !== seed.length || !Number.isInteger(fields) || fields > this.maxBatch)
      throw bad(
        `it takes up to ${this.maxBatch} fields of view of ${voxels} voxels, not ${image.length} and ${seed.length} values`,
      );
    const { disposal } = this;
    const either = signal ? AbortSignal.any([disposal.signal, signal]) : disposal.signal;
    // The caller may change its arrays while the call waits for those before it.
    const [ownImage, ownSeed] = [image.slice(), seed.slice()];
    const made = this.last.then(() => this.run(ownImage, ownSeed, either));
    this.last = made.catch(() => {});
    return made;
  }

  dispose(): void {
    this.disposal.abort(abortError());
    this.threads.dispose();
  }

  private async run(
    image: Float32Array,
    seed: Float32Array,
    signal: AbortSignal,
  ): Promise<Float32Array> {
    signal.throwIfAborted();
    if (this.breakdown) throw this.breakdown.error;
    this.memory.start(image, seed);
    if (this.threads.count > 1) await this.workTogether(signal);
    else await this.workAlone(signal);
    signal.throwIfAborted();
    return this.memory.logits(seed.length);
  }

  private async workTogether(signal: AbortSignal): Promise<void> {
    const { threads, memory } = this;
    const stop = () => void threads.here.network_stop(memory.at);
    signal.addEventListener('abort', stop);
    try {
      const argumentsOf = (thread: number) => [memory.at, thread, ALL_UNITS];
      await Promise.race([threads.callWorkers('network_work', argumentsOf), this.disposed]);
    } catch (error) {
      this.breakdown = { error };
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  private async workAlone(signal: AbortSignal): Promise<void> {
    const { here } = this.threads;
    for (let isDone = false; !isDone; ) {
      const started = performance.now();
      isDone = here.network_work(this.memory.at, 0, this.unitsASlice) === 1;
      const factor = SLICE_MILLISECONDS / Math.max(performance.now() - started, 0.1);
      const units = Math.round(this.unitsASlice * Math.min(2, Math.max(0.25, factor)));
      this.unitsASlice = Math.min(ALL_UNITS, Math.max(1, units));
      await yieldToEvents();
      signal.throwIfAborted();
    }
  }
}

function checkOptions({ fieldOfViewZyx, maxBatch }: CpuNetworkOptions): void {
  const isSize = (size: number) => Number.isInteger(size) && size >= 1;
  if (!fieldOfViewZyx.every((size) => isSize(size) && size <= MOST_VOXELS_AN_AXIS))
    throw bad(`a field of view cannot be of ${fieldOfViewZyx.join(' × ')} voxels`);
  if (!isSize(maxBatch) || maxBatch > MOST_BATCH)
    throw bad(`a batch cannot have ${maxBatch} fields of view`);
}
