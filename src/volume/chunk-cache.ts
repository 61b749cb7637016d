import type { VoxelArray } from '../core/dtype';
import { abortError } from '../core/errors';

export type LoadChunk = (signal: AbortSignal) => Promise<VoxelArray>;

interface Flight {
  readonly promise: Promise<VoxelArray>;
  readonly controller: AbortController;
  waiters: number;
}

/**
 * Decoded chunks, least recently used dropped first once they exceed `limitBytes`. Requests for a chunk under way share
 * it; it is aborted only when all that wait for it have left. Failures are not kept: the next request tries again.
 */
export class ChunkCache {
  private heldBytes = 0;
  /** Insertion order is order of use: the first is the least recently used. */
  private readonly chunks = new Map<string, VoxelArray>();
  private readonly flights = new Map<string, Flight>();

  constructor(private readonly limitBytes: number) {}

  get bytes(): number {
    return this.heldBytes;
  }

  /** The chunk of this key, loaded if it is not held; rejects as `load` does, or with an AbortError once `signal` fires. */
  get(key: string, load: LoadChunk, signal?: AbortSignal): Promise<VoxelArray> {
    if (signal?.aborted) return Promise.reject(abortError());
    const held = this.chunks.get(key);
    if (held) {
      this.chunks.delete(key);
      this.chunks.set(key, held);
      return Promise.resolve(held);
    }
    const flight = this.flights.get(key) ?? this.start(key, load);
    return this.join(key, flight, signal);
  }

  private start(key: string, load: LoadChunk): Flight {
    const controller = new AbortController();
    const promise = load(controller.signal);
    const flight: Flight = { promise, controller, waiters: 0 };
    this.flights.set(key, flight);
    promise.then(
      (chunk) => {
        // A flight that all have left was replaced, or is wanted no more.
        if (this.flights.get(key) !== flight) return;
        this.flights.delete(key);
        this.hold(key, chunk);
      },
      () => {
        if (this.flights.get(key) === flight) this.flights.delete(key);
      },
    );
    return flight;
  }

  private join(key: string, flight: Flight, signal: AbortSignal | undefined): Promise<VoxelArray> {
    flight.waiters++;
    if (!signal) return flight.promise;
    return new Promise((resolve, reject) => {
      const leave = () => {
        reject(abortError());
        flight.waiters--;
        if (flight.waiters > 0) return;
        if (this.flights.get(key) === flight) this.flights.delete(key);
        flight.controller.abort();
      };
      signal.addEventListener('abort', leave, { once: true });
      flight.promise
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', leave));
    });
  }

  private hold(key: string, chunk: VoxelArray): void {
    this.chunks.set(key, chunk);
    this.heldBytes += chunk.byteLength;
    for (const [oldest, { byteLength }] of this.chunks) {
      if (this.heldBytes <= this.limitBytes) return;
      this.chunks.delete(oldest);
      this.heldBytes -= byteLength;
    }
  }
}
