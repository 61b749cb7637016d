import { brickKey } from '../core/brick';
import type { BrickLru } from '../core/brick-lru';
import { isAbort } from '../core/errors';
import type { Zyx } from '../core/vec';

/** One brick of one level. */
export interface BrickAddress {
  readonly level: number;
  readonly brickZyx: Zyx;
}

export const addressKey = ({ level, brickZyx }: BrickAddress): string =>
  `${level}/${brickKey(brickZyx)}`;

/** Reads a brick as the bytes its pool holds. */
export type ReadBrick = (
  address: BrickAddress,
  signal: AbortSignal,
) => Promise<ArrayBufferView<ArrayBuffer>>;

/** A brick that stays resident until it is released. */
export type Held<Slot> = Slot & { release(): void };

interface Flight {
  readonly abort: AbortController;
  readonly done: Promise<unknown>;
  /** Callers that wait; views only want and do not wait. */
  waiting: number;
}

/** Bricks that views load at once; more would only queue up in the network. */
const MOST_WANTED_AT_ONCE = 12;
/** A brick that failed is asked for again after so long. */
const RETRY_MILLISECONDS = 10_000;

/**
 * Brings bricks of one layer from their source to their pool. Views `want` bricks, best first, and are told when one has
 * come; computations `acquire` them and wait. What is no longer wanted is aborted.
 */
export class BrickLoader<Slot extends object> {
  private readonly flights = new Map<string, Flight>();
  private readonly failures = new Map<string, { address: BrickAddress; at: number }>();
  private wanted: readonly BrickAddress[] = [];

  constructor(
    readonly pool: BrickLru<Slot>,
    private readonly read: ReadBrick,
    private readonly onArrival: () => void,
    private readonly onFailure: (address: BrickAddress, error: unknown) => void,
  ) {}

  get inFlight(): number {
    return this.flights.size;
  }

  /** Bricks that could not be read; until they are, the views show what is coarser. */
  failed(): BrickAddress[] {
    return [...this.failures.values()].map(({ address }) => address);
  }

  isSettled(address: BrickAddress): boolean {
    const key = addressKey(address);
    return this.pool.has(key) || this.failures.has(key);
  }

  /** Replaces what the views want: best first. */
  want(addresses: readonly BrickAddress[]): void {
    this.wanted = addresses.filter((address) => !this.pool.has(addressKey(address)));
    const keys = new Set(this.wanted.map(addressKey));
    for (const [key, flight] of this.flights)
      if (flight.waiting === 0 && !keys.has(key)) flight.abort.abort();
    this.startWanted();
  }

  /** Asks at once for what failed, where views still want it. */
  retryFailed(): void {
    this.failures.clear();
    this.startWanted();
  }

  /** Waits until a brick is resident; it stays until `release` was called. */
  async acquire(address: BrickAddress, signal: AbortSignal): Promise<Held<Slot>> {
    signal.throwIfAborted();
    const key = addressKey(address);
    let slot = this.pool.get(key);
    // Again, should it have been evicted before its waiter came to run.
    while (!slot) {
      await this.wait(this.flights.get(key) ?? this.start(address), signal);
      slot = this.pool.get(key);
    }
    return this.pinned(key, slot);
  }

  /** The brick, kept until `release`, if it is resident now. */
  hold(address: BrickAddress): Held<Slot> | undefined {
    const key = addressKey(address);
    const slot = this.pool.get(key);
    return slot && this.pinned(key, slot);
  }

  private pinned(key: string, slot: Slot): Held<Slot> {
    this.pool.pin(key);
    return { ...slot, release: () => this.pool.unpin(key) };
  }

  private async wait(flight: Flight, signal: AbortSignal): Promise<void> {
    flight.waiting++;
    try {
      await unlessAborted(flight.done, signal);
    } finally {
      flight.waiting--;
      if (flight.waiting === 0 && signal.aborted) flight.abort.abort();
    }
  }

  dispose(): void {
    this.wanted = [];
    for (const flight of this.flights.values()) flight.abort.abort();
    this.flights.clear();
  }

  private startWanted(): void {
    for (const address of this.wanted) {
      if (this.flights.size >= MOST_WANTED_AT_ONCE) return;
      const key = addressKey(address);
      if (this.flights.has(key) || this.pool.has(key)) continue;
      const failure = this.failures.get(key);
      if (failure && performance.now() - failure.at < RETRY_MILLISECONDS) continue;
      this.start(address).done.catch(() => {});
    }
  }

  private start(address: BrickAddress): Flight {
    const key = addressKey(address);
    const abort = new AbortController();
    const flight: Flight = { abort, done: this.fetch(address, key, abort.signal), waiting: 0 };
    this.flights.set(key, flight);
    return flight;
  }

  private async fetch(address: BrickAddress, key: string, signal: AbortSignal): Promise<void> {
    try {
      const data = await this.read(address, signal);
      signal.throwIfAborted();
      this.failures.delete(key);
      this.pool.put(key, data);
    } catch (error) {
      if (!isAbort(error)) {
        this.failures.set(key, { address, at: performance.now() });
        this.onFailure(address, error);
      }
      throw error;
    } finally {
      this.flights.delete(key);
      if (!signal.aborted) {
        this.startWanted();
        this.onArrival();
      }
    }
  }
}

/** The promise, or a rejection with the signal's reason as soon as that is aborted. */
async function unlessAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
