import { describe, expect, it, vi } from 'vitest';
import type { BitsArray } from '../core/dtype';
import { isAbort } from '../core/errors';
import { ChunkCache } from './chunk-cache';

/** A load that is settled by hand and tells whether it was aborted. */
function deferredLoad() {
  let settle: { resolve(chunk: BitsArray): void; reject(error: Error): void } | undefined;
  const signals: AbortSignal[] = [];
  const load = vi.fn(
    (signal: AbortSignal) =>
      new Promise<BitsArray>((resolve, reject) => {
        signals.push(signal);
        settle = { resolve, reject };
      }),
  );
  return { load, signals, settle: () => settle };
}

const bytes = (length: number) => async () => new Uint8Array(length);
const same = (chunk: BitsArray) => chunk;
const lengthOf = ({ length }: BitsArray) => length;

describe('ChunkCache', () => {
  it('shares one load among all that wait, and the chunk afterwards', async () => {
    const cache = new ChunkCache(100);
    const { load, settle } = deferredLoad();
    const both = [
      cache.read('a', load, same),
      cache.read('a', load, same, new AbortController().signal),
    ];
    const chunk = new Uint8Array(10);
    settle()?.resolve(chunk);
    expect(await Promise.all(both)).toEqual([chunk, chunk]);
    expect(await cache.read('a', load, same)).toBe(chunk);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('tells each reader once when only decoding is left, at once where that is so already', async () => {
    const cache = new ChunkCache(100);
    let land = (_chunk: BitsArray) => {};
    let fetched = () => {};
    const load = (_: AbortSignal, onFetched: () => void) => {
      fetched = onFetched;
      return new Promise<BitsArray>((resolve) => {
        land = resolve;
      });
    };
    const [first, late, held] = [vi.fn(), vi.fn(), vi.fn()];
    const one = cache.read('a', load, same, undefined, first);
    expect(first).not.toHaveBeenCalled();
    fetched();
    expect(first).toHaveBeenCalledTimes(1);
    const two = cache.read('a', load, same, undefined, late);
    expect(late).toHaveBeenCalledTimes(1);
    land(new Uint8Array(3));
    await Promise.all([one, two]);
    await cache.read('a', load, same, undefined, held);
    expect([first, late, held].map(({ mock }) => mock.calls.length)).toEqual([1, 1, 1]);
  });

  it('drops the least recently used beyond its bytes', async () => {
    const cache = new ChunkCache(100);
    const reload = vi.fn(bytes(40));
    await cache.read('a', bytes(40), lengthOf);
    await cache.read('b', bytes(40), lengthOf);
    await cache.read('a', reload, lengthOf);
    await cache.read('c', bytes(40), lengthOf);
    expect(cache.bytes).toBe(80);
    await cache.read('a', reload, lengthOf);
    expect(reload).not.toHaveBeenCalled();
    await cache.read('b', reload, lengthOf);
    expect(reload).toHaveBeenCalledTimes(1);
  });

  it('does not keep what is larger than all it may hold', async () => {
    const cache = new ChunkCache(100);
    expect(await cache.read('a', bytes(101), lengthOf)).toBe(101);
    expect(cache.bytes).toBe(0);
  });

  it('drops chunks only when all have read them', async () => {
    const events: string[] = [];
    const cache = new ChunkCache(15, (chunk) => events.push(`drop ${chunk[0]}`));
    const { load, signals, settle } = deferredLoad();
    const note = (name: string) => (chunk: BitsArray) => events.push(`${name} reads ${chunk[0]}`);
    const both = [cache.read('a', load, note('x')), cache.read('a', load, note('y'))];
    settle()?.resolve(new Uint8Array(20).fill(1));
    await Promise.all(both);
    await cache.read('b', async () => new Uint8Array(10).fill(2), note('x'));
    await cache.read('c', async () => new Uint8Array(10).fill(3), note('x'));
    const leaving = new AbortController();
    const left = cache.read('d', load, note('x'), leaving.signal);
    leaving.abort();
    await expect(left).rejects.toSatisfy(isAbort);
    expect(signals[1]?.aborted).toBe(true);
    settle()?.resolve(new Uint8Array(1).fill(4));
    await Promise.resolve();
    expect(events).toEqual([
      ...['x reads 1', 'y reads 1', 'drop 1', 'x reads 2', 'x reads 3', 'drop 2', 'drop 4'],
    ]);
  });

  it('drops none that somebody has for good', async () => {
    const dropped: unknown[] = [];
    const cache = new ChunkCache(15, (chunk) => dropped.push(chunk));
    const chunk = await cache.share('a', bytes(10));
    expect(await cache.share('a', bytes(10))).toBe(chunk);
    expect(await cache.read('a', bytes(10), same)).toBe(chunk);
    const other = await cache.read('b', bytes(10), same);
    await cache.share('c', bytes(10));
    cache.forget('c');
    expect(dropped).toEqual([other]);
    expect(cache.bytes).toBe(0);
  });

  it('passes on what reading throws', async () => {
    const cache = new ChunkCache(100);
    const fail = () => {
      throw new Error('unreadable');
    };
    await expect(cache.read('a', bytes(1), fail)).rejects.toThrow('unreadable');
    await expect(cache.read('a', bytes(1), fail)).rejects.toThrow('unreadable');
    expect(await cache.read('a', bytes(1), lengthOf)).toBe(1);
  });

  it('lets one leave without the others, and aborts the load once all have left', async () => {
    const cache = new ChunkCache(100);
    const { load, signals, settle } = deferredLoad();
    const [first, second, third] = [0, 1, 2].map(() => new AbortController());
    const one = cache.read('a', load, lengthOf, first?.signal);
    const two = cache.read('a', load, lengthOf, second?.signal);
    first?.abort();
    await expect(one).rejects.toSatisfy(isAbort);
    expect(signals[0]?.aborted).toBe(false);
    second?.abort();
    await expect(two).rejects.toSatisfy(isAbort);
    expect(signals[0]?.aborted).toBe(true);
    const again = cache.read('a', load, lengthOf, third?.signal);
    expect(load).toHaveBeenCalledTimes(2);
    settle()?.resolve(new Uint8Array(1));
    expect(await again).toBe(1);
  });

  it('never aborts what someone without a signal waits for', async () => {
    const cache = new ChunkCache(100);
    const { load, signals, settle } = deferredLoad();
    const controller = new AbortController();
    const steady = cache.read('a', load, lengthOf);
    const leaving = cache.read('a', load, lengthOf, controller.signal);
    controller.abort();
    await expect(leaving).rejects.toSatisfy(isAbort);
    expect(signals[0]?.aborted).toBe(false);
    settle()?.resolve(new Uint8Array(3));
    expect(await steady).toBe(3);
  });

  it('tells all of a failure and tries again the next time', async () => {
    const cache = new ChunkCache(100);
    const { load, settle } = deferredLoad();
    const both = [
      cache.read('a', load, same),
      cache.read('a', load, same, new AbortController().signal),
    ];
    settle()?.reject(new Error('broken'));
    const results = await Promise.allSettled(both);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await cache.read('a', bytes(5), lengthOf)).toBe(5);
  });

  it('loads nothing for a signal that has fired before', async () => {
    const load = vi.fn(bytes(1));
    const read = new ChunkCache(100).read('a', load, lengthOf, AbortSignal.abort());
    await expect(read).rejects.toSatisfy(isAbort);
    expect(load).not.toHaveBeenCalled();
  });
});
