import { abortError } from '../../core/errors';
import { ranked } from '../../core/rank';
import type { BrickAddress } from './address';
import type { BrickState } from './brick-state';
import { UNWANTED } from './priority';
import type { Task } from './scheduler';

/** A caller that waits for a brick. */
interface Waiter {
  readonly priority: number;
  resolve(): void;
  reject(reason: unknown): void;
}

/** A brick between being wanted and being there: who wants it, how urgently, how far it is. */
export class Flight implements Task {
  state: Extract<BrickState, 'queued' | 'fetching' | 'decoding' | 'ready'> = 'queued';
  /** How urgently views want it. */
  wanted = UNWANTED;
  private readonly abort = new AbortController();
  private readonly waiters = new Set<Waiter>();

  constructor(
    readonly address: BrickAddress,
    readonly key: string,
    private readonly run: (flight: Flight) => Promise<void>,
  ) {
    ranked(this.abort.signal, () => this.priority);
  }

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** As urgent as to whom it is most urgent. */
  get priority(): number {
    let priority = this.wanted;
    for (const waiter of this.waiters) priority = Math.min(priority, waiter.priority);
    return priority;
  }

  get isWanted(): boolean {
    return this.wanted !== UNWANTED || this.waiters.size > 0;
  }

  start(): Promise<void> {
    this.state = 'fetching';
    return this.run(this);
  }

  /** Waits until it lands; rejects as it fails, or with the signal's reason, after `onLeave` was told. */
  wait(priority: number, signal: AbortSignal, onLeave: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.waiters.delete(waiter);
        reject(signal.reason);
        onLeave();
      };
      const stay = () => signal.removeEventListener('abort', leave);
      const waiter: Waiter = {
        priority,
        resolve: () => {
          stay();
          resolve();
        },
        reject: (reason) => {
          stay();
          reject(reason);
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.waiters.add(waiter);
    });
  }

  land(): void {
    for (const waiter of this.waiters) waiter.resolve();
  }

  fail(reason: unknown): void {
    for (const waiter of this.waiters) waiter.reject(reason);
  }

  cancel(): void {
    const reason = abortError();
    this.abort.abort(reason);
    this.fail(reason);
  }
}
