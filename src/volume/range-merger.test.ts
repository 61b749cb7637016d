import { describe, expect, it } from 'vitest';
import { FloodlightError, isAbort } from '../core/errors';
import { Host } from './host';
import { Patience } from './patience';
import { type ByteRange, type MergeLimits, RangeMerger, type TakeTurn } from './range-merger';

const file = Uint8Array.from({ length: 1000 }, (_, at) => at % 251);
const part = (offset: number, length: number) => ({ offset, length });

interface Request extends ByteRange {
  readonly signal: AbortSignal;
  answer(): void;
  fail(error: unknown): void;
}

/** A merger of ranges near each other by 10 bytes and no longer than 100 together, whose requests are answered by hand. */
function setUp(limits: MergeLimits = { gapBytes: 10, mostBytes: 100 }, takeTurn?: TakeTurn) {
  const requests: Request[] = [];
  const merger = new RangeMerger(
    (_, { offset, length }, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new DOMException('gone', 'AbortError')));
        requests.push({
          ...part(offset, length),
          signal,
          answer: () => resolve(file.slice(offset, offset + length)),
          fail: reject,
        });
      }),
    limits,
    takeTurn,
  );
  const read = (offset: number, length: number, signal?: AbortSignal) =>
    merger.read('a', part(offset, length), signal);
  const asked = () => requests.map(({ offset, length }) => [offset, length]);
  return { merger, requests, read, asked };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

describe('ranges of one file', () => {
  it('asked for in one turn and near each other are fetched as one, and each caller gets its own bytes', async () => {
    const { read, requests, asked } = setUp();
    const reads = [read(40, 10), read(0, 10), read(20, 15), read(20, 15), read(500, 5)];
    await turn();
    expect(asked()).toEqual([
      [0, 50],
      [500, 5],
    ]);
    for (const request of requests) request.answer();
    const bytes = await Promise.all(reads);
    expect(bytes).toEqual([
      file.slice(40, 50),
      file.slice(0, 10),
      file.slice(20, 35),
      file.slice(20, 35),
      file.slice(500, 505),
    ]);
    // Whom bytes are given to may give them away.
    expect(new Set(bytes.map((each) => each?.buffer)).size).toBe(5);
  });

  it.each<[string, MergeLimits, number[][]]>([
    ['as far apart as may be', { gapBytes: 10, mostBytes: 100 }, [[0, 30]]],
    [
      'farther apart',
      { gapBytes: 9, mostBytes: 100 },
      [
        [0, 10],
        [20, 10],
      ],
    ],
    ['as long as may be', { gapBytes: 10, mostBytes: 30 }, [[0, 30]]],
    [
      'longer together',
      { gapBytes: 10, mostBytes: 29 },
      [
        [0, 10],
        [20, 10],
      ],
    ],
  ])('%s', async (_, limits, expected) => {
    const { read, asked } = setUp(limits);
    void read(0, 10);
    void read(20, 10);
    await turn();
    expect(asked()).toEqual(expected);
  });

  it('longer than may be are fetched alone, and with what lies within them', async () => {
    const { read, asked } = setUp();
    void read(0, 300);
    void read(290, 20);
    void read(100, 20);
    await turn();
    expect(asked()).toEqual([
      [0, 300],
      [290, 20],
    ]);
  });

  it('of another file go their own way, and so does what is asked for later', async () => {
    const { merger, read, asked } = setUp();
    void read(0, 10);
    void merger.read('b', part(10, 10), undefined);
    await turn();
    void read(10, 10);
    await turn();
    expect(asked()).toEqual([
      [0, 10],
      [10, 10],
      [10, 10],
    ]);
  });

  it('join what still waits for its turn', async () => {
    const patience = new Patience(new Host('host', { mostAtOnce: 1 }));
    const { read, requests, asked } = setUp(undefined, (url, work, signal) =>
      patience.request(url, work, signal),
    );
    const first = read(500, 10);
    await turn();
    const waiting = read(0, 10);
    await turn();
    const late = read(10, 10);
    await turn();
    expect(asked()).toEqual([[500, 10]]);
    requests[0]?.answer();
    await first;
    await turn();
    expect(asked()).toEqual([
      [500, 10],
      [0, 20],
    ]);
    requests[1]?.answer();
    expect(await waiting).toEqual(file.slice(0, 10));
    expect(await late).toEqual(file.slice(10, 20));
    // No turn is left behind.
    const next = read(700, 10);
    await turn();
    requests[2]?.answer();
    expect(await next).toEqual(file.slice(700, 710));
  });
});

describe('a request for several', () => {
  it('goes on when one leaves, even the first, and is aborted when the last does', async () => {
    const { read, requests } = setUp();
    const aborts = [new AbortController(), new AbortController(), new AbortController()];
    const reads = aborts.map(({ signal }, at) => read(at * 10, 10, signal));
    await turn();
    aborts[0]?.abort();
    await expect(reads[0]).rejects.toSatisfy(isAbort);
    aborts[2]?.abort();
    await expect(reads[2]).rejects.toSatisfy(isAbort);
    expect(requests[0]?.signal.aborted).toBe(false);
    aborts[1]?.abort();
    await expect(reads[1]).rejects.toSatisfy(isAbort);
    expect(requests.map(({ signal }) => signal.aborted)).toEqual([true]);
  });

  it('is not made for those that left before', async () => {
    const { read, asked } = setUp();
    const abort = new AbortController();
    const left = read(0, 10, abort.signal);
    void read(30, 10);
    abort.abort();
    await expect(left).rejects.toSatisfy(isAbort);
    await expect(read(0, 1, AbortSignal.abort())).rejects.toSatisfy(isAbort);
    await turn();
    expect(asked()).toEqual([[30, 10]]);
  });

  it('that fails fails for all', async () => {
    const { read, requests } = setUp();
    const reads = [read(0, 10), read(10, 10)];
    await turn();
    const failure = new FloodlightError('HTTP_STATUS', { url: 'u', status: 403 });
    requests[0]?.fail(failure);
    for (const each of reads) await expect(each).rejects.toBe(failure);
  });

  it('is made again as it was', async () => {
    const patience = new Patience(new Host('host', { wait: async () => {} }));
    const { read, requests, asked } = setUp(undefined, (url, work, signal) =>
      patience.request(url, work, signal),
    );
    const reads = [read(0, 10), read(10, 10)];
    await turn();
    requests[0]?.fail(new FloodlightError('HTTP_STATUS', { url: 'u', status: 503 }));
    await turn();
    requests[1]?.answer();
    expect(await Promise.all(reads)).toEqual([file.slice(0, 10), file.slice(10, 20)]);
    expect(asked()).toEqual([
      [0, 20],
      [0, 20],
    ]);
  });

  it('of a file that ends before gives what there is, and nothing where there is no file', async () => {
    const { read, requests } = setUp();
    const reads = [read(980, 10), read(990, 20), read(1010, 10)];
    await turn();
    requests[0]?.answer();
    expect((await Promise.all(reads)).map((bytes) => bytes?.length)).toEqual([10, 10, 0]);
    const absent = new RangeMerger(async () => undefined);
    expect(
      await Promise.all([
        absent.read('a', part(0, 1), undefined),
        absent.read('a', part(1, 1), undefined),
      ]),
    ).toEqual([undefined, undefined]);
  });
});
