import { abortError, FloodlightError, isFloodlightError } from '../core/errors';
import { aboutSoLong, type Host, MOST_REST_MILLISECONDS, restAfterRefusal } from './host';
import { isRefusal, isTransient } from './http-answer';

export interface PatienceOptions {
  /** An attempt that takes longer counts as failed. */
  readonly deadlineMilliseconds?: number;
  readonly onRetry?: () => void;
}

const MOST_ATTEMPTS = 5;
/** Where a host answers others meanwhile, as those do that limit requests a second; one that answers nobody is given up sooner. */
const MOST_REFUSED = 20;
/** A refused connection, a failed preflight and CORS look the same: what is hopeless should not take long to say so. */
const MOST_UNANSWERED = 3;
/** Before the second attempt; doubled for each one after. */
const FIRST_WAIT_MILLISECONDS = 200;

/** How many attempts a failure is worth in all; one where another would not help. */
function attemptsFor(error: unknown): number {
  if (isRefusal(error)) return MOST_REFUSED;
  if (isFloodlightError(error, 'HTTP_STATUS'))
    return isTransient(error.fields.status) ? MOST_ATTEMPTS : 1;
  if (isFloodlightError(error, 'SOURCE_TIMEOUT')) return 2;
  return isFloodlightError(error, 'SOURCE_UNREACHABLE') ? MOST_UNANSWERED : 1;
}

/** Whether a failure may be for want of a network. */
const isUnanswered = (error: unknown): boolean =>
  isFloodlightError(error, 'SOURCE_UNREACHABLE') || isFloodlightError(error, 'SOURCE_TIMEOUT');

/**
 * How one source asks its host, in turn with all others that do: what fails of what may pass (status 429, 5xx, broken connections, no
 * answer in time) again, each time after a longer wait, and while the host is busy no sooner than it is asked again (`Host`). A file
 * that is refused alone, while others are answered, is given up as one of any such status.
 * While this machine is offline requests wait for a network, however long.
 */
export class Patience {
  private readonly deadline: number;

  constructor(
    private readonly host: Host,
    private readonly options: PatienceOptions = {},
  ) {
    this.deadline = options.deadlineMilliseconds ?? 60_000;
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
    const { host } = this;
    let refusedAlone = 0;
    for (let attempts = 1; ; attempts++) {
      try {
        return await host.inTurn(url, () => this.withinDeadline(url, attempt, signal), signal);
      } catch (error) {
        if (signal?.aborted) throw abortError();
        if (isUnanswered(error) && host.isOffline) {
          await host.untilOnline(signal);
          attempts = 0;
        } else if (attempts >= attemptsFor(error)) throw error;
        else if (!isRefusal(error))
          await host.wait(aboutSoLong(FIRST_WAIT_MILLISECONDS * 2 ** (attempts - 1)), signal);
        else if (host.refusesAlone(url)) {
          const milliseconds = restAfterRefusal(error, refusedAlone++);
          if (refusedAlone >= MOST_ATTEMPTS || milliseconds > MOST_REST_MILLISECONDS) throw error;
          await host.wait(milliseconds, signal);
        } else if (host.isGivenUp) throw error;
        this.options.onRetry?.();
      }
    }
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
}
