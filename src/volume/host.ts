import { abortError, FloodlightError, isFloodlightError } from '../core/errors';
import { rankOf } from '../core/rank';
import { browserConnection, type Connection } from './connection';
import { isRefusal } from './http-answer';
import { LoneRefusals } from './lone-refusals';

export interface HostOptions {
  /** Requests at a time; browsers open no more connections over HTTP/1. */
  readonly mostAtOnce?: number;
  /** Told once when requests begin to wait for a network, and once when one has been answered after that. */
  readonly onOffline?: (isOffline: boolean) => void;
  readonly connection?: Connection;
  /** Waits; for tests. */
  readonly wait?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** A host that is busy while requests wait for it. */
export interface BusyHost {
  /** With its port where that is not the usual one. */
  readonly host: string;
  /** When it is asked again, in milliseconds since 1970. */
  readonly until: number;
}

/** Each so manieth place goes to what has waited longest. */
const FAIRNESS = 4;
/** How long what is busy and does not say until when is left alone at first; doubled each time that it still is. */
const FIRST_REST_MILLISECONDS = 1000;
const MOST_OWN_REST_MILLISECONDS = 30_000;
/** Whoever asks to be left alone for longer is not waited for. */
export const MOST_REST_MILLISECONDS = 300_000;
/** Timers go no further than some weeks. */
const LONGEST_REST_MILLISECONDS = 86_400_000;
/** A host that has been busy so often in a row is given up: after some 30 s where it does not say how long it will be. */
const MOST_REFUSALS = 6;

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

/** So much of a wait, more or less: what failed together would fail together again. */
export const aboutSoLong = (milliseconds: number): number =>
  milliseconds * (0.75 + Math.random() / 2);

/** How long to leave alone what refused a request, having done so so many times in a row before: no less than it asks for. */
export function restAfterRefusal(
  { fields }: FloodlightError<'HTTP_STATUS'>,
  before: number,
): number {
  const own = Math.min(MOST_OWN_REST_MILLISECONDS, FIRST_REST_MILLISECONDS * 2 ** before);
  return Math.max(fields.retryAfterMilliseconds ?? 0, aboutSoLong(own));
}

/** A request that waits for its turn. */
interface Waiting {
  readonly url: string;
  readonly signal: AbortSignal | undefined;
  go(): void;
  fail(error: Error): void;
}

/** A time in which a host is left alone. */
interface Rest {
  readonly until: number;
  readonly status: number;
  isOver: boolean;
}

/** What is said to those that ask during a rest that is too long to wait. */
const refusalOf = (url: string, { status, until }: Rest): FloodlightError<'HTTP_STATUS'> =>
  new FloodlightError('HTTP_STATUS', { url, status, retryAfterMilliseconds: until - Date.now() });

/**
 * One host as all share it that ask it: a bounded number of requests at a time, the most urgent first (`rankOf` their signal). Once it
 * says that it is busy (`isRefusal`) nobody asks it before the time that it names, or for a while that is doubled as often as
 * it is still busy then. A file that it goes on to refuse while it answers others has to wait by itself (`refusesAlone`).
 */
export class Host {
  readonly wait: NonNullable<HostOptions['wait']>;
  private readonly mostAtOnce: number;
  private readonly connection: Connection;
  private readonly waiting: Waiting[] = [];
  private running = 0;
  private turns = 0;
  private isWithoutNetwork = false;
  /** The latest one. */
  private rest: Rest | undefined;
  /** How many rests there were: requests sent before the latest tell nothing new. */
  private round = 0;
  /** Of these, the last ones between which it answered nobody. */
  private refusals = 0;
  private readonly files = new LoneRefusals();

  constructor(
    private readonly name: string,
    private readonly options: HostOptions = {},
  ) {
    this.mostAtOnce = options.mostAtOnce ?? 8;
    this.connection = options.connection ?? browserConnection;
    this.wait = options.wait ?? waitPlainly;
  }

  /** While requests wait for a host that is busy. */
  get busy(): BusyHost | undefined {
    const isWanted = this.running > 0 || this.waiting.length > 0;
    if (!this.rest || !isWanted || (this.rest.isOver && this.refusals === 0)) return undefined;
    return { host: this.name, until: this.rest.until };
  }

  /** Whether another attempt would be in vain: it has been busy too often in a row, or asks for too long a rest. */
  get isGivenUp(): boolean {
    return this.refusals >= MOST_REFUSALS || this.closure !== undefined;
  }

  /** Whether the last refusal of a file was its own matter, which nobody but that file waits for. */
  refusesAlone(url: string): boolean {
    return this.files.isAlone(url);
  }

  get isOffline(): boolean {
    return this.connection.isOffline();
  }

  /** Resolves when there may be a network again; rejects with an AbortError once the signal fires. */
  async untilOnline(signal: AbortSignal | undefined): Promise<void> {
    this.noteNetwork(true);
    await this.connection.untilOnline(signal);
  }

  /**
   * Makes a request when it is its turn. Rejects as it does, with an AbortError where the signal fires before, or with
   * HTTP_STATUS while the host asks to be left alone for longer than anybody waits.
   */
  async inTurn<T>(
    url: string,
    work: () => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    await this.enter(url, signal);
    const { round } = this;
    try {
      const answer = await work();
      this.answered(url, round);
      this.noteNetwork(false);
      return answer;
    } catch (error) {
      if (isRefusal(error)) this.refused(error, url, round);
      else if (isFloodlightError(error, 'HTTP_STATUS')) this.answered(url, round);
      throw error;
    } finally {
      this.running--;
      this.fill();
    }
  }

  private noteNetwork(isWithout: boolean): void {
    if (isWithout === this.isWithoutNetwork) return;
    this.isWithoutNetwork = isWithout;
    this.options.onOffline?.(isWithout);
  }

  /** Who answers one and refuses another that was sent with it is not busy for all. */
  private answered(url: string, round: number): void {
    this.files.answered(url);
    if (this.round - round <= 1) this.refusals = 0;
  }

  private refused(error: FloodlightError<'HTTP_STATUS'>, url: string, round: number): void {
    if (this.files.refused(url)) return;
    const { status, retryAfterMilliseconds: asked = 0 } = error.fields;
    let milliseconds = asked;
    if (round === this.round) {
      milliseconds = restAfterRefusal(error, this.refusals);
      this.round++;
      this.refusals++;
    }
    milliseconds = Math.min(LONGEST_REST_MILLISECONDS, milliseconds);
    const rest: Rest = { until: Date.now() + milliseconds, status, isOver: false };
    if (this.rest && !this.rest.isOver && rest.until <= this.rest.until) return;
    this.rest = rest;
    void this.endAfter(rest, milliseconds);
    if (this.closure)
      for (const waiting of [...this.waiting]) waiting.fail(refusalOf(waiting.url, rest));
  }

  private async endAfter(rest: Rest, milliseconds: number): Promise<void> {
    await this.wait(milliseconds, undefined);
    rest.isOver = true;
    this.fill();
  }

  /** The rest that it has, where that is too long for anybody to wait. */
  private get closure(): Rest | undefined {
    const { rest } = this;
    if (!rest || rest.isOver) return undefined;
    return rest.until - Date.now() > MOST_REST_MILLISECONDS ? rest : undefined;
  }

  private get hasRoom(): boolean {
    return this.running < this.mostAtOnce && this.rest?.isOver !== false;
  }

  private async enter(url: string, signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) throw abortError();
    const { closure } = this;
    if (closure) throw refusalOf(url, closure);
    if (this.hasRoom) {
      this.running++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const leave = () => waiting.fail(abortError());
      const end = () => {
        signal?.removeEventListener('abort', leave);
        this.waiting.splice(this.waiting.indexOf(waiting), 1);
      };
      const waiting: Waiting = {
        url,
        signal,
        go() {
          end();
          resolve();
        },
        fail(error) {
          end();
          reject(error);
        },
      };
      this.waiting.push(waiting);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  /** Lets as many go as may. */
  private fill(): void {
    while (this.hasRoom) {
      const next = this.next();
      if (!next) return;
      this.running++;
      next.go();
    }
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
