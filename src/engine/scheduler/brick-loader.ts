import type { BrickLru } from '../../core/brick-lru';
import { isAbort, isFloodlightError } from '../../core/errors';
import { addressKey, type BrickAddress } from './address';
import type { BrickCounts, BrickState } from './brick-state';
import { Flight } from './flight';
import { isZero } from './is-zero';
import { priorityOf, UNWANTED, urgencyOf } from './priority';
import type { Scheduler } from './scheduler';
import type { Want } from './view-wants';

/** Reads a brick as the bytes its pool holds; `onFetched` is told when only decoding is left. */
export type ReadBrick = (
  address: BrickAddress,
  signal: AbortSignal,
  onFetched: () => void,
) => Promise<ArrayBufferView<ArrayBuffer>>;

/** A brick that stays resident until it is released. */
export type Held<Slot> = Slot & { release(): void };

interface Failure {
  readonly address: BrickAddress;
  readonly error: unknown;
  readonly at: number;
  /** Whether a view has shown the brick since, or somebody has waited for it. */
  isMissed: boolean;
}

/** A brick that failed is asked for again after so long. */
const RETRY_MILLISECONDS = 10_000;
/** The key of the slot that all bricks share whose voxels are 0. */
const ZERO = 'zero';

/**
 * Brings bricks of one layer from their source to their pool, in the scheduler's order. Views `want` bricks and are told when
 * one has come; computations `acquire` them and wait. What nobody wants any more is aborted.
 */
export class BrickLoader<Slot extends object> {
  private readonly flights = new Map<string, Flight>();
  private readonly failures = new Map<string, Failure>();
  private readonly empties = new Set<string>();
  private wants: readonly Want[] = [];

  constructor(
    readonly pool: BrickLru<Slot>,
    private readonly read: ReadBrick,
    private readonly onArrival: () => void,
    private readonly scheduler: Scheduler,
    /** Bricks that were read of a source which was found changed since, and are to be read anew. */
    private readonly takeDoubtful: () => Iterable<BrickAddress> = () => [],
  ) {}

  stateOf(address: BrickAddress): BrickState {
    const key = addressKey(address);
    const flight = this.flights.get(key);
    if (flight) return flight.state;
    if (this.pool.has(key)) return 'resident';
    if (this.empties.has(key)) return 'empty';
    return this.failures.has(key) ? 'failed' : 'absent';
  }

  counts(): BrickCounts {
    const counts = { queued: 0, fetching: 0, decoding: 0, ready: 0 };
    for (const { state } of this.flights.values()) counts[state]++;
    return {
      ...counts,
      resident: this.pool.size,
      empty: this.empties.size,
      failed: this.failures.size,
    };
  }

  /** Bricks that could not be read; until they are, the views show what is coarser. */
  failed(): BrickAddress[] {
    return [...this.failures.values()].map(({ address }) => address);
  }

  /** What kept bricks from being read that views show or somebody waited for. */
  missed(): unknown[] {
    return [...this.failures.values()].flatMap(({ isMissed, error }) => (isMissed ? [error] : []));
  }

  /** What kept a brick from being read; undefined for one that did not fail. */
  failureOf(address: BrickAddress): unknown {
    return this.failures.get(addressKey(address))?.error;
  }

  /** Whether the brick is there. */
  has(address: BrickAddress): boolean {
    const key = addressKey(address);
    return this.empties.has(key) || this.pool.has(key);
  }

  /** Where the brick lies, now the most recently used; undefined when it is not there. */
  slotOf(address: BrickAddress): Slot | undefined {
    return this.pool.get(this.placeOf(addressKey(address)));
  }

  isSettled(address: BrickAddress): boolean {
    return this.has(address) || this.failures.has(addressKey(address));
  }

  /**
   * Replaces what views want, best first, no more than the pool holds; what only they wanted and do not any more is aborted
   * at once. What is there of it is the last to be evicted, the best of it at the very last.
   */
  want(wants: readonly Want[]): void {
    this.wants = wants;
    for (const flight of this.flights.values()) flight.wanted = UNWANTED;
    for (const { address, priority } of wants.toReversed()) {
      if (this.slotOf(address)) continue;
      const failure = this.failures.get(addressKey(address));
      if (failure && performance.now() - failure.at < RETRY_MILLISECONDS) {
        failure.isMissed ||= urgencyOf(priority) === 'seen';
        continue;
      }
      const flight = this.flightTo(address);
      flight.wanted = Math.min(flight.wanted, priority);
    }
    for (const flight of this.flights.values()) if (!flight.isWanted) this.cancel(flight);
    this.scheduler.reconsider();
  }

  /** Whether a view shows what is still to come. */
  get isAwaited(): boolean {
    for (const { wanted } of this.flights.values()) if (urgencyOf(wanted) === 'seen') return true;
    return false;
  }

  /** Asks at once for what failed, where views still want it. */
  retryFailed(): void {
    this.failures.clear();
    this.want(this.wants);
  }

  /** Waits until a brick is resident; it stays until `release` was called. Rejects as reading does, or as the signal says. */
  async acquire(
    address: BrickAddress,
    signal: AbortSignal,
    priority = priorityOf('frontier', 0),
  ): Promise<Held<Slot>> {
    signal.throwIfAborted();
    let held = this.hold(address);
    // Again, should it have been evicted before its waiter came to run.
    while (!held) {
      const flight = this.flightTo(address);
      const landed = flight.wait(priority, signal, () => {
        if (!flight.isWanted) this.cancel(flight);
      });
      this.scheduler.reconsider();
      await landed;
      held = this.hold(address);
    }
    return held;
  }

  /** The brick, kept until `release`, if it is resident now. */
  hold(address: BrickAddress): Held<Slot> | undefined {
    const place = this.placeOf(addressKey(address));
    const slot = this.pool.get(place);
    if (!slot) return undefined;
    this.pool.pin(place);
    return { ...slot, release: () => this.pool.unpin(place) };
  }

  dispose(): void {
    this.wants = [];
    for (const flight of this.flights.values()) this.cancel(flight);
  }

  private placeOf(key: string): string {
    return this.empties.has(key) ? ZERO : key;
  }

  private flightTo(address: BrickAddress): Flight {
    const key = addressKey(address);
    const known = this.flights.get(key);
    if (known) return known;
    const flight = new Flight(address, key, (started) => this.fetch(started));
    this.flights.set(key, flight);
    this.scheduler.add(flight);
    return flight;
  }

  private cancel(flight: Flight): void {
    this.flights.delete(flight.key);
    this.scheduler.withdraw(flight);
    flight.cancel();
  }

  private async fetch(flight: Flight): Promise<void> {
    const { address, key, signal } = flight;
    try {
      const data = await this.read(address, signal, () => {
        flight.state = 'decoding';
      });
      if (signal.aborted) return;
      flight.state = 'ready';
      this.place(key, data);
      this.failures.delete(key);
      this.flights.delete(key);
      flight.land();
    } catch (error) {
      if (signal.aborted) return;
      this.flights.delete(key);
      if (!isAbort(error)) {
        const isMissed = urgencyOf(flight.priority) !== 'ahead';
        this.failures.set(key, { address, error, at: performance.now(), isMissed });
        if (isFloodlightError(error, 'SOURCE_CHANGED')) this.forgetDoubtful();
      }
      flight.fail(error);
    }
    if (urgencyOf(flight.wanted) === 'seen') this.onArrival();
  }

  private forgetDoubtful(): void {
    const doubtful = [...this.takeDoubtful()];
    if (doubtful.length === 0) return;
    for (const address of doubtful) {
      const key = addressKey(address);
      this.empties.delete(key);
      this.pool.drop(key);
    }
    this.want(this.wants);
  }

  private place(key: string, data: ArrayBufferView<ArrayBuffer>): void {
    if (!isZero(data)) {
      this.pool.put(key, data);
      return;
    }
    if (!this.pool.has(ZERO)) {
      this.pool.put(ZERO, data);
      this.pool.pin(ZERO);
    }
    this.empties.add(key);
  }
}
