import type { BitsArray } from '../core/dtype';
import { abortError } from '../core/errors';
import { ranked, rankOf } from '../core/rank';

/** Loads a chunk; `onFetched` is told when it only has to be decoded. */
export type LoadChunk = (signal: AbortSignal, onFetched: () => void) => Promise<BitsArray>;

interface Reader {
  read(chunk: BitsArray): void;
  fail(error: unknown): void;
  onFetched(): void;
  rank(): number;
}

interface Flight {
  readonly controller: AbortController;
  readonly readers: Set<Reader>;
  isFetched: boolean;
}

/**
 * Decoded chunks, least recently used dropped first once they exceed `limitBytes`. Requests for a chunk under way share
 * it; it is aborted only when all that wait for it have left. Failures are not kept: the next request tries again.
 */
export class ChunkCache {
  private heldBytes = 0;
  /** Insertion order is order of use: the first is the least recently used. */
  private readonly chunks = new Map<string, BitsArray>();
  private readonly flights = new Map<string, Flight>();
  /** Chunks that somebody has for good. */
  private readonly shared = new WeakSet<BitsArray>();

  /** `onDrop` is given chunks that nobody has or reads any more. */
  constructor(
    private limitBytes: number,
    private readonly onDrop: (chunk: BitsArray) => void = () => {},
  ) {}

  /** Chunks that were held when they were asked for, and chunks that made room for others, so far. */
  hits = 0;
  evictions = 0;

  /** Changes what held chunks may take; those over it go at once. */
  setLimit(limitBytes: number): void {
    this.limitBytes = limitBytes;
    this.trim();
  }

  get bytes(): number {
    return this.heldBytes;
  }

  /**
   * What `read` makes of the chunk of this key, loaded if it is not held; the chunk itself is lent to `read` alone. Rejects as
   * `load` and `read` do, or with an AbortError once `signal` fires. `onFetched` is told when it only has to be decoded.
   */
  async read<T>(
    key: string,
    load: LoadChunk,
    read: (chunk: BitsArray) => T,
    signal?: AbortSignal,
    onFetched = () => {},
  ): Promise<T> {
    if (signal?.aborted) throw abortError();
    const held = this.chunks.get(key);
    if (!held) {
      const flight = this.flights.get(key) ?? this.start(key, load);
      if (flight.isFetched) onFetched();
      return this.join(key, flight, read, signal, onFetched);
    }
    onFetched();
    this.hits++;
    this.chunks.delete(key);
    this.chunks.set(key, held);
    return read(held);
  }

  /** The chunk of this key itself, as `read` finds it: nobody may change it. */
  share(
    key: string,
    load: LoadChunk,
    signal?: AbortSignal,
    onFetched?: () => void,
  ): Promise<BitsArray> {
    const keep = (chunk: BitsArray) => {
      this.shared.add(chunk);
      return chunk;
    };
    return this.read(key, load, keep, signal, onFetched);
  }

  /** Lets go of the chunk of this key, if it is held; one under way goes on. */
  forget(key: string): void {
    const held = this.chunks.get(key);
    if (!held) return;
    this.chunks.delete(key);
    this.heldBytes -= held.byteLength;
    this.drop(held);
  }

  private start(key: string, load: LoadChunk): Flight {
    const flight: Flight = {
      controller: new AbortController(),
      readers: new Set(),
      isFetched: false,
    };
    this.flights.set(key, flight);
    // As urgent as to whom it is most urgent.
    ranked(flight.controller.signal, () =>
      Math.min(...[...flight.readers].map((reader) => reader.rank())),
    );
    /** Whether it was wanted to the end: one that all have left may have been replaced. */
    const land = () => this.flights.get(key) === flight && this.flights.delete(key);
    const onFetched = () => {
      flight.isFetched = true;
      for (const reader of flight.readers) reader.onFetched();
    };
    load(flight.controller.signal, onFetched).then(
      (chunk) => {
        for (const reader of flight.readers) reader.read(chunk);
        if (land()) this.hold(key, chunk);
        else this.drop(chunk);
      },
      (error) => {
        land();
        for (const reader of flight.readers) reader.fail(error);
      },
    );
    return flight;
  }

  private join<T>(
    key: string,
    { readers, controller }: Flight,
    read: (chunk: BitsArray) => T,
    signal: AbortSignal | undefined,
    onFetched: () => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = () => {
        readers.delete(reader);
        signal?.removeEventListener('abort', leave);
      };
      const reader: Reader = {
        onFetched,
        rank: () => rankOf(signal),
        read(chunk) {
          end();
          try {
            resolve(read(chunk));
          } catch (error) {
            reject(error);
          }
        },
        fail(error) {
          end();
          reject(error);
        },
      };
      const leave = () => {
        reader.fail(abortError());
        if (readers.size > 0) return;
        if (this.flights.get(key)?.readers === readers) this.flights.delete(key);
        controller.abort();
      };
      readers.add(reader);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  private hold(key: string, chunk: BitsArray): void {
    this.chunks.set(key, chunk);
    this.heldBytes += chunk.byteLength;
    this.trim();
  }

  private trim(): void {
    for (const [oldest, dropped] of this.chunks) {
      if (this.heldBytes <= this.limitBytes) return;
      this.chunks.delete(oldest);
      this.heldBytes -= dropped.byteLength;
      this.evictions++;
      this.drop(dropped);
    }
  }

  private drop(chunk: BitsArray): void {
    if (!this.shared.has(chunk)) this.onDrop(chunk);
  }
}
