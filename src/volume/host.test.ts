import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FloodlightError, isAbort } from '../core/errors';
import { Host } from './host';
import { Patience } from './patience';

const START = Date.parse('2026-11-28T10:00:00Z');

beforeEach(() => {
  vi.useFakeTimers({ now: START });
  // Waits neither longer nor shorter than meant.
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const refusal = (status: number, seconds?: number) => {
  const asked = seconds === undefined ? {} : { retryAfterMilliseconds: seconds * 1000 };
  return new FloodlightError('HTTP_STATUS', { url: 'u', status, ...asked });
};

/** A host that answers as `answer` says, which is given the seconds since the start; requests are noted by these. */
function setUp(answer: (seconds: number, url: string) => Error | undefined) {
  const host = new Host('host:8080');
  const patience = new Patience(host);
  const asked: number[] = [];
  const byUrl = new Map<string, number[]>();
  const askedAt = (url: string) => byUrl.get(url) ?? [];
  const ask = (url = 'u', signal?: AbortSignal) =>
    patience
      .request(
        url,
        async () => {
          const seconds = (Date.now() - START) / 1000;
          asked.push(seconds);
          byUrl.set(url, [...askedAt(url), seconds]);
          await new Promise((resolve) => setTimeout(resolve, 10));
          const error = answer(seconds, url);
          if (error) throw error;
          return 'there';
        },
        signal,
      )
      .catch((error: Error) => error);
  const goOn = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);
  return { host, asked, askedAt, ask, goOn };
}

/** How many requests were made before so many seconds. */
const before = (asked: readonly number[], seconds: number) =>
  asked.filter((at) => at < seconds).length;

describe('a host that says that it is busy', () => {
  it('is asked by nobody before the time it names, and then by as many as ever', async () => {
    const { asked, ask, goOn } = setUp((at) => (at < 45 ? refusal(429, 45) : undefined));
    const all = Array.from({ length: 20 }, () => ask());
    await goOn(1);
    const late = [ask(), ask()];
    await goOn(44);
    expect(asked).toEqual(Array(8).fill(0));
    await goOn(1);
    expect(asked.length).toBe(8 + 22);
    expect(await Promise.all([...all, ...late])).toEqual(Array(22).fill('there'));
  });

  it('and names no time is left alone for longer each time, until it answers', async () => {
    const { asked, ask, goOn } = setUp((at) => (at < 10 ? refusal(503) : undefined));
    const all = Array.from({ length: 64 }, () => ask());
    await goOn(60);
    expect(await Promise.all(all)).toEqual(Array(64).fill('there'));
    expect([1, 3, 7, 15].map((seconds) => before(asked, seconds))).toEqual([8, 16, 24, 32]);
    // What it answers anew counts anew.
    asked.length = 0;
    void ask();
    await goOn(1);
    expect(asked.length).toBe(1);
  });

  it('for ever is given up, soon by all', async () => {
    const { asked, ask, goOn } = setUp(() => refusal(429));
    const first = ask();
    await goOn(30);
    const late = ask();
    await goOn(2);
    expect(await first).toMatchObject({ code: 'HTTP_STATUS', fields: { status: 429 } });
    expect(await late).toMatchObject({ code: 'HTTP_STATUS', fields: { status: 429 } });
    expect(asked.length).toBe(7);
  });

  it.each([
    ['one file', 1, undefined, 2.2],
    ['three files', 3, undefined, 4.4],
    ['one file that says until when', 1, 9, 18.2],
  ])('for %s alone answers all others, but for a while at first', async (_, count, named, most) => {
    const { askedAt, ask, goOn } = setUp((_, url) =>
      url.startsWith('bad') ? refusal(503, named) : undefined,
    );
    const bad = Array.from({ length: count }, (_, index) => ask(`bad${index}`));
    let late = 0;
    const good = async (tenth: number) => {
      expect(await ask(`good${tenth}`)).toBe('there');
      late = Math.max(late, Date.now() > START + tenth * 100 + 50 ? tenth : 0);
    };
    const all: Promise<void>[] = [];
    for (let tenth = 0; tenth < 600; tenth++) {
      all.push(good(tenth));
      await goOn(0.1);
    }
    await Promise.all(all);
    expect(late / 10).toBeLessThan(most);
    for (const one of bad) expect(await one).toMatchObject({ fields: { status: 503 } });
    const times = askedAt('bad0');
    expect(times.length).toBeLessThanOrEqual(8);
    for (const [index, at] of times.slice(1).entries())
      expect(at - (times[index] ?? 0)).toBeGreaterThan(named ?? 1);
  });

  it.each([3, 6, 30])('beyond %i requests a second answers all in the end', async (most) => {
    const answers = new Map<number, number>();
    const { ask, goOn } = setUp((at) => {
      const second = Math.floor(at);
      const answered = answers.get(second) ?? 0;
      answers.set(second, answered + 1);
      return answered < most ? undefined : refusal(503);
    });
    const all = Array.from({ length: 64 }, (_, index) => ask(`file${index}`));
    await goOn(64);
    expect(await Promise.all(all)).toEqual(Array(64).fill('there'));
  });

  it('lets go at once of requests that are given up meanwhile', async () => {
    const { asked, ask, goOn } = setUp(() => refusal(429, 20));
    const abort = new AbortController();
    const left = [ask('a', abort.signal), ask('b', abort.signal)];
    await goOn(1);
    const later = ask('c', abort.signal);
    abort.abort();
    for (const each of [...left, later]) expect(await each).toSatisfy(isAbort);
    await goOn(60);
    expect(asked.length).toBe(2);
  });

  it.each([
    ['five minutes', 300, 'there'],
    ['longer', 301, { fields: { url: 'v', status: 503, retryAfterMilliseconds: 301_000 - 10 } }],
    ['years', 1e12, { fields: { url: 'v', retryAfterMilliseconds: 86_400_000 - 10 } }],
  ])('is waited for up to five minutes: %s', async (_, seconds, expected) => {
    const { asked, ask, goOn } = setUp((at) => (at < 300 ? refusal(503, seconds) : undefined));
    const first = ask();
    const waiting = Array.from({ length: 8 }, () => ask('v'));
    await goOn(0.02);
    const late = ask('v');
    const isWaitedFor = expected === 'there';
    if (isWaitedFor) await goOn(301);
    else await goOn(0.01);
    const answers = await Promise.all([...waiting, late]);
    for (const answer of answers.slice(0, 7))
      if (isWaitedFor) expect(answer).toBe('there');
      else expect(answer).toMatchObject({ code: 'HTTP_STATUS' });
    for (const answer of [answers[7], answers[8]])
      if (isWaitedFor) expect(answer).toBe('there');
      else expect(answer).toMatchObject({ fields: { url: 'v' } });
    if (!isWaitedFor) expect(asked.length).toBe(8);
    await first;
  });

  it('is told of while requests wait for it, with when it is asked again', async () => {
    const { host, ask, goOn } = setUp((at) => (at < 5 ? refusal(429, 5) : undefined));
    const abort = new AbortController();
    const read = ask('u', abort.signal);
    expect(host.busy).toBeUndefined();
    await goOn(1);
    expect(host.busy).toEqual({ host: 'host:8080', until: START + 5010 });
    abort.abort();
    await read;
    expect(host.busy).toBeUndefined();
    const again = ask();
    expect(host.busy?.host).toBe('host:8080');
    await goOn(5);
    expect(await again).toBe('there');
    expect(host.busy).toBeUndefined();
  });
});
