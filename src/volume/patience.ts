import { abortError, FloodlightError, isFloodlightError } from '../core/errors';

export interface PatienceOptions {
  /** Requests to one host at a time; browsers open no more connections over HTTP/1. */
  readonly mostAtOnce?: number;
  /** An attempt that takes longer counts as failed. */
  readonly deadlineMilliseconds?: number;
  /** How long to wait before the second attempt; doubled for each one after. */
  readonly firstWaitMilliseconds?: number;
  readonly onRetry?: () => void;
  /** Waits; for tests. */
  readonly wait?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
}

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

/**
 * How requests to one host are made: a bounded number at a time, in order; those that fail of what may pass (status 429,
 * 5xx, broken connections, no answer in time) again, each time after a longer wait, and after no shorter one than the server
 * asked for.
 */
export class Patience {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
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
    for (let attempts = 1; ; attempts++) {
      try {
        return await this.inTurn(() => this.withinDeadline(url, attempt, signal), signal);
      } catch (error) {
        if (signal?.aborted) throw abortError();
        if (attempts >= attemptsFor(error)) throw error;
        await this.pause(error, attempts, signal);
        this.options.onRetry?.();
      }
    }
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
        this.waiting.splice(this.waiting.indexOf(go), 1);
        reject(abortError());
      };
      const go = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      this.waiting.push(go);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.running--;
  }
}
