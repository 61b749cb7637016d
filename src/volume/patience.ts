import { abortError, FloodlightError, isFloodlightError } from '../core/errors';
import { rankOf } from '../core/rank';
import { browserConnection, type Connection } from './connection';

export interface PatienceOptions {
  /** Requests to one host at a time; browsers open no more connections over HTTP/1. */
  readonly mostAtOnce?: number;
  /** An attempt that takes longer counts as failed. */
  readonly deadlineMilliseconds?: number;
  /** How long to wait before the second attempt; doubled for each one after. */
  readonly firstWaitMilliseconds?: number;
  readonly onRetry?: () => void;
  /** Told once when requests begin to wait for a network, and once when one has been answered after that. */
  readonly onOffline?: (isOffline: boolean) => void;
  readonly connection?: Connection;
  /** Waits; for tests. */
  readonly wait?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** Each so manieth place goes to what has waited longest. */
const FAIRNESS = 4;
const MOST_ATTEMPTS = 5;
/** A refused connection, a failed preflight and CORS look the same: what is hopeless should not take long to say so. */
const MOST_UNANSWERED = 3;
/** However long a server asks to be left alone. */
const MOST_WAIT_MILLISECONDS = 30_000;

const TRANSIENT: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** How long a Retry-After header asks to wait, given in seconds or as a date; undefined where it makes no sense. */
export function retryAfter(header: string | null, now = Date.now()): number | undefined {
  if (header === null) return undefined;
  const milliseconds = /^\d+$/.test(header.trim())
    ? Number(header) * 1000
    : Date.parse(header) - now;
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}

/** How many attempts a failure is worth in all; one where another would not help. */
function attemptsFor(error: unknown): number {
  if (isFloodlightError(error, 'HTTP_STATUS'))
    return TRANSIENT.has(error.fields.status) ? MOST_ATTEMPTS : 1;
  if (isFloodlightError(error, 'SOURCE_TIMEOUT')) return 2;
  return isFloodlightError(error, 'SOURCE_UNREACHABLE') ? MOST_UNANSWERED : 1;
}

/** Whether a failure may be for want of a network. */
const isUnanswered = (error: unknown): boolean =>
  isFloodlightError(error, 'SOURCE_UNREACHABLE') || isFloodlightError(error, 'SOURCE_TIMEOUT');

function waitPlainly(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      reject(abortError());
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', leave);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', leave, { once: true });
  });
}

/** A request that waits for its turn. */
interface Waiting {
  readonly signal: AbortSignal | undefined;
  go(): void;
}

/**
 * How requests to one host are made: a bounded number at a time, the most urgent first (`rankOf` their signal); those that fail of what may pass (status 429,
 * 5xx, broken connections, no answer in time) again, each time after a longer wait, and after no shorter one than the server
 * asked for. While this machine is offline requests wait for a network, however long.
 */
export class Patience {
  private running = 0;
  private isOffline = false;
  private readonly waiting: Waiting[] = [];
  private turns = 0;
  private readonly mostAtOnce: number;
  private readonly deadline: number;
  private readonly firstWait: number;

  constructor(private readonly options: PatienceOptions = {}) {
    this.mostAtOnce = options.mostAtOnce ?? 8;
    this.deadline = options.deadlineMilliseconds ?? 60_000;
    this.firstWait = options.firstWaitMilliseconds ?? 200;
  }

  /**
   * Makes a request of `url`; `attempt` is given the signal it has to heed. Rejects as the last attempt did, with
   * SOURCE_TIMEOUT after the deadline, or an AbortError once the caller's signal fires.
   */
  async request<T>(
    url: string,
    attempt: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const connection = this.options.connection ?? browserConnection;
    for (let attempts = 1; ; attempts++) {
      try {
        const answer = await this.inTurn(() => this.withinDeadline(url, attempt, signal), signal);
        this.noteOffline(false);
        return answer;
      } catch (error) {
        if (signal?.aborted) throw abortError();
        if (isUnanswered(error) && connection.isOffline()) {
          this.noteOffline(true);
          await connection.untilOnline(signal);
          attempts = 0;
        } else if (attempts >= attemptsFor(error)) throw error;
        else await this.pause(error, attempts, signal);
        this.options.onRetry?.();
      }
    }
  }

  private noteOffline(isOffline: boolean): void {
    if (isOffline === this.isOffline) return;
    this.isOffline = isOffline;
    this.options.onOffline?.(isOffline);
  }

  private pause(error: unknown, attempts: number, signal: AbortSignal | undefined): Promise<void> {
    const asked = isFloodlightError(error, 'HTTP_STATUS') ? error.fields.retryAfterMilliseconds : 0;
    // Not all at the same time: what failed together would fail together again.
    const own = this.firstWait * 2 ** (attempts - 1) * (0.75 + Math.random() / 2);
    const milliseconds = Math.min(MOST_WAIT_MILLISECONDS, Math.max(asked ?? 0, own));
    return (this.options.wait ?? waitPlainly)(milliseconds, signal);
  }

  private async withinDeadline<T>(
    url: string,
    attempt: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), this.deadline);
    try {
      return await attempt(signal ? AbortSignal.any([signal, late.signal]) : late.signal);
    } catch (error) {
      if (late.signal.aborted && !signal?.aborted)
        throw new FloodlightError('SOURCE_TIMEOUT', { url, seconds: this.deadline / 1000 }, error);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  private async inTurn<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    await this.enter(signal);
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private async enter(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) throw abortError();
    if (this.running < this.mostAtOnce) {
      this.running++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        this.waiting.splice(this.waiting.indexOf(waiting), 1);
        reject(abortError());
      };
      const waiting: Waiting = {
        signal,
        go() {
          signal?.removeEventListener('abort', leave);
          resolve();
        },
      };
      this.waiting.push(waiting);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  private leave(): void {
    const next = this.next();
    if (!next) {
      this.running--;
      return;
    }
    this.waiting.splice(this.waiting.indexOf(next), 1);
    next.go();
  }

  /** The most urgent that waits, of equals the one that came first; now and then the first of all, so that none starves. */
  private next(): Waiting | undefined {
    const [first, ...others] = this.waiting;
    if (!first || this.turns++ % FAIRNESS === 0) return first;
    let best = { waiting: first, rank: rankOf(first.signal) };
    for (const waiting of others) {
      const rank = rankOf(waiting.signal);
      if (rank < best.rank) best = { waiting, rank };
    }
    return best.waiting;
  }
}
