import { FloodlightError, isFloodlightError } from '../../../core/errors';
import { volumeOf, type Zyx } from '../../../core/vec';
import type { SegmentThreads } from '../../cpu/threads';
import type { FfnLayers } from '../network';
import type { NetworkFunction } from './threads';

/** What the module aligns its blocks to. */
const LINE_BYTES = 64;

/** A network in WebAssembly's memory: where it lies, and what goes in and out. */
export class NetworkMemory {
  readonly at: number;
  private readonly voxels: number;

  /** Takes the threads' arena. BUDGET_EXCEEDED where the network does not fit there. */
  constructor(
    private readonly threads: SegmentThreads<NetworkFunction>,
    { features, depth }: FfnLayers,
    fieldOfViewZyx: Zyx,
    maxBatch: number,
  ) {
    const { here, count } = threads;
    const shape = [...fieldOfViewZyx, features, depth, maxBatch, count];
    const block = this.reserve(here.network_bytes(...shape) + LINE_BYTES);
    this.at = Math.ceil(block / LINE_BYTES) * LINE_BYTES;
    this.voxels = volumeOf(fieldOfViewZyx);
    here.network_begin(this.at, ...shape);
  }

  /** Packs a layer's weights. */
  pack({ layers }: FfnLayers, index: number): void {
    const { here } = this.threads;
    const layer = layers[index];
    if (!layer) throw new RangeError(`there is no layer ${index}`);
    const { kernelZyx, weights, biases } = layer;
    const staged = this.floats(here.network_staging(this.at), weights.length + biases.length);
    staged.set(weights);
    staged.set(biases, weights.length);
    here.network_pack(this.at, index, kernelZyx[0]);
  }

  /** Begins a call: copies fields of view in. */
  start(image: Float32Array, seed: Float32Array): void {
    const { here } = this.threads;
    this.floats(here.network_image(this.at), image.length).set(image);
    this.floats(here.network_logits(this.at), seed.length).set(seed);
    here.network_start(this.at, image.length / this.voxels);
  }

  /** A copy of so many logits. */
  logits(length: number): Float32Array {
    return this.floats(this.threads.here.network_logits(this.at), length).slice();
  }

  private floats(at: number, length: number): Float32Array {
    const { buffer, byteOffset } = this.threads.arena.bytes(
      at,
      length * Float32Array.BYTES_PER_ELEMENT,
    );
    return new Float32Array(buffer, byteOffset, length);
  }

  private reserve(bytes: number): number {
    try {
      const [block] = this.threads.arena.layout([bytes]);
      return block;
    } catch (error) {
      if (!isFloodlightError(error, 'BUDGET_EXCEEDED')) throw error;
      const what = 'A network of this field of view';
      const advice = 'Use a smaller field of view or fewer at a time';
      throw new FloodlightError('BUDGET_EXCEEDED', { ...error.fields, what, advice }, error);
    }
  }
}
