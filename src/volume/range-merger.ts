import { abortError } from '../core/errors';
import { ranked, rankOf } from '../core/rank';

/** Bytes of one file: from the offset on. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** Undefined where there is no such file; fewer bytes than asked for where the file ends before. */
export type FetchRange = (
  file: string,
  range: ByteRange,
  signal: AbortSignal,
) => Promise<Uint8Array<ArrayBuffer> | undefined>;

export interface MergeLimits {
  /** Bytes that nobody asked for and that are read all the same, between two ranges. */
  readonly gapBytes: number;
  /** Of what is read as one, unless one range alone is longer. */
  readonly mostBytes: number;
}

/**
 * A request of its own costs a round trip of one of eight connections: at 30 ms and 17 MB/s (a line of 140 Mbit/s) as long as
 * 64 KiB take. 2 MiB take 120 ms there: waiting for the answer is a fifth of the whole, and all eight connections have work.
 */
export const MERGE_LIMITS: MergeLimits = { gapBytes: 2 ** 16, mostBytes: 2 ** 21 };

/** Has work done when it is its turn; `work` may be called again where it failed. */
export type TakeTurn = <T>(
  file: string,
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
) => Promise<T>;

interface Wanted {
  readonly range: ByteRange;
  /** Leaves the queue, or ends the request. */
  readonly turn: AbortController;
  /** What it is fetched with, once that is on its way. */
  together: Together | undefined;
  take(bytes: Uint8Array<ArrayBuffer> | undefined): void;
  fail(error: unknown): void;
}

interface Together {
  readonly range: ByteRange;
  readonly leader: Wanted;
  readonly wanted: Set<Wanted>;
}

const endOf = ({ offset, length }: ByteRange): number => offset + length;

/**
 * The ranges of one file that go with `leader`: neighbours that are near each other, while all together are not too long. Each
 * range is added to the side that has the nearer one.
 */
function nearby(leader: Wanted, waiting: Iterable<Wanted>, limits: MergeLimits): Together {
  const sorted = [...waiting].sort((a, b) => a.range.offset - b.range.offset);
  let [before, after] = [sorted.indexOf(leader) - 1, sorted.indexOf(leader) + 1];
  let [from, to] = [leader.range.offset, endOf(leader.range)];
  const wanted = new Set([leader]);
  const tryToAdd = (candidate: Wanted | undefined): boolean => {
    if (!candidate) return false;
    const { offset } = candidate.range;
    const end = endOf(candidate.range);
    const gap = Math.max(offset - to, from - end);
    const [newFrom, newTo] = [Math.min(from, offset), Math.max(to, end)];
    const isLonger = newTo - newFrom > Math.max(limits.mostBytes, to - from);
    if (gap > limits.gapBytes || isLonger) return false;
    [from, to] = [newFrom, newTo];
    wanted.add(candidate);
    return true;
  };
  while (tryToAdd(sorted[after])) after++;
  while (tryToAdd(sorted[before])) before--;
  return { range: { offset: from, length: to - from }, leader, wanted };
}

/** Node has no timer shorter than a millisecond. */
const nextTurn: (work: () => void) => void =
  'setImmediate' in globalThis ? globalThis.setImmediate : (work) => setTimeout(work, 0);

const plainly: TakeTurn = (_, work, signal) => work(signal);

/**
 * Fetches ranges of files, those near each other as one: what is asked for within one turn, and whatever joins while it waits for
 * its own. Each caller gets the bytes of its own range and may leave: the last one's leaving aborts the request. A failure reaches
 * all of it.
 */
export class RangeMerger {
  private readonly waiting = new Map<string, Set<Wanted>>();

  constructor(
    private readonly fetchRange: FetchRange,
    private readonly limits: MergeLimits = MERGE_LIMITS,
    private readonly takeTurn: TakeTurn = plainly,
  ) {}

  /** Rejects as the fetching does, or with an AbortError once `signal` fires. */
  read(
    file: string,
    range: ByteRange,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (signal?.aborted) return Promise.reject(abortError());
    return new Promise((resolve, reject) => {
      const leave = () => {
        reject(abortError());
        this.drop(file, wanted);
      };
      const stay = () => signal?.removeEventListener('abort', leave);
      const wanted: Wanted = {
        range,
        turn: new AbortController(),
        together: undefined,
        take(bytes) {
          stay();
          resolve(bytes);
        },
        fail(error) {
          stay();
          reject(error);
        },
      };
      ranked(wanted.turn.signal, () => rankOf(signal));
      signal?.addEventListener('abort', leave, { once: true });
      this.waitingOf(file).add(wanted);
      // After this turn, in which its neighbours may be asked for too.
      nextTurn(() => void this.send(file, wanted));
    });
  }

  private waitingOf(file: string): Set<Wanted> {
    const known = this.waiting.get(file);
    if (known) return known;
    const made = new Set<Wanted>();
    this.waiting.set(file, made);
    return made;
  }

  /** Of one that is no longer wanted. */
  private drop(file: string, wanted: Wanted): void {
    this.noLongerWaits(file, wanted);
    const { together } = wanted;
    together?.wanted.delete(wanted);
    if (!together) wanted.turn.abort();
    else if (together.wanted.size === 0) together.leader.turn.abort();
  }

  private noLongerWaits(file: string, wanted: Wanted): void {
    const waiting = this.waiting.get(file);
    waiting?.delete(wanted);
    if (waiting?.size === 0) this.waiting.delete(file);
  }

  private async send(file: string, leader: Wanted): Promise<void> {
    if (leader.together || leader.turn.signal.aborted) return;
    try {
      const bytes = await this.takeTurn(
        file,
        (signal) => this.fetchRange(file, this.gather(file, leader).range, signal),
        leader.turn.signal,
      );
      const { range, wanted } = this.gather(file, leader);
      const isAlone = wanted.size === 1 && leader.range.length === range.length;
      for (const each of wanted) {
        const start = each.range.offset - range.offset;
        // Its own copy: whom bytes are given to may give them away.
        each.take(isAlone ? bytes : bytes?.slice(start, start + each.range.length));
      }
    } catch (error) {
      this.noLongerWaits(file, leader);
      for (const each of this.dependsOn(leader)) each.fail(error);
    }
  }

  /** Whom a failure of a turn reaches; what went with another while it waited for its turn is that one's to tell. */
  private dependsOn(leader: Wanted): Iterable<Wanted> {
    const { together } = leader;
    if (!together) return [leader];
    return together.leader === leader ? together.wanted : [];
  }

  /** What goes with one whose turn has come; for a second attempt the same. */
  private gather(file: string, leader: Wanted): Together {
    if (leader.together) return leader.together;
    const together = nearby(leader, this.waitingOf(file), this.limits);
    for (const each of together.wanted) {
      each.together = together;
      this.noLongerWaits(file, each);
      if (each !== leader) each.turn.abort();
    }
    return together;
  }
}
