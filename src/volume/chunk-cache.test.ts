import { describe, expect, it, vi } from 'vitest';
import type { VoxelArray } from '../core/dtype';
import { isAbort } from '../core/errors';
import { ChunkCache } from './chunk-cache';

/** A load that is settled by hand and tells whether it was aborted. */
function deferredLoad() {
  let settle: { resolve(chunk: VoxelArray): void; reject(error: Error): void } | undefined;
  const signals: AbortSignal[] = [];
  const load = vi.fn(
    (signal: AbortSignal) =>
      new Promise<VoxelArray>((resolve, reject) => {
        signals.push(signal);
        settle = { resolve, reject };
      }),
  );
  return { load, signals, settle: () => settle };
}

const bytes = (length: number) => async () => new Uint8Array(length);

describe('ChunkCache', () => {
  it('shares one load among all that wait, and the chunk afterwards', async () => {
    const cache = new ChunkCache(100);
    const { load, settle } = deferredLoad();
    const both = [cache.get('a', load), cache.get('a', load, new AbortController().signal)];
    const chunk = new Uint8Array(10);
    settle()?.resolve(chunk);
    expect(await Promise.all(both)).toEqual([chunk, chunk]);
    expect(await cache.get('a', load)).toBe(chunk);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('drops the least recently used beyond its bytes', async () => {
    const cache = new ChunkCache(100);
    const reload = vi.fn(bytes(40));
    await cache.get('a', bytes(40));
    await cache.get('b', bytes(40));
    await cache.get('a', reload);
    await cache.get('c', bytes(40));
    expect(cache.bytes).toBe(80);
    await cache.get('a', reload);
    expect(reload).not.toHaveBeenCalled();
    await cache.get('b', reload);
    expect(reload).toHaveBeenCalledTimes(1);
  });

  it('does not keep what is larger than all it may hold', async () => {
    const cache = new ChunkCache(100);
    expect((await cache.get('a', bytes(101))).length).toBe(101);
    expect(cache.bytes).toBe(0);
  });

  it('lets one leave without the others, and aborts the load once all have left', async () => {
    const cache = new ChunkCache(100);
    const { load, signals, settle } = deferredLoad();
    const [first, second, third] = [0, 1, 2].map(() => new AbortController());
    const one = cache.get('a', load, first?.signal);
    const two = cache.get('a', load, second?.signal);
    first?.abort();
    await expect(one).rejects.toSatisfy(isAbort);
    expect(signals[0]?.aborted).toBe(false);
    second?.abort();
    await expect(two).rejects.toSatisfy(isAbort);
    expect(signals[0]?.aborted).toBe(true);
    const again = cache.get('a', load, third?.signal);
    expect(load).toHaveBeenCalledTimes(2);
    settle()?.resolve(new Uint8Array(1));
    expect((await again).length).toBe(1);
  });

  it('never aborts what someone without a signal waits for', async () => {
    const cache = new ChunkCache(100);
    const { load, signals, settle } = deferredLoad();
    const controller = new AbortController();
    const steady = cache.get('a', load);
    const leaving = cache.get('a', load, controller.signal);
    controller.abort();
    await expect(leaving).rejects.toSatisfy(isAbort);
    expect(signals[0]?.aborted).toBe(false);
    settle()?.resolve(new Uint8Array(3));
    expect((await steady).length).toBe(3);
  });

  it('tells all of a failure and tries again the next time', async () => {
    const cache = new ChunkCache(100);
    const { load, settle } = deferredLoad();
    const both = [cache.get('a', load), cache.get('a', load, new AbortController().signal)];
    settle()?.reject(new Error('broken'));
    const results = await Promise.allSettled(both);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect((await cache.get('a', bytes(5))).length).toBe(5);
  });

  it('loads nothing for a signal that has fired before', async () => {
    const load = vi.fn(bytes(1));
    await expect(new ChunkCache(100).get('a', load, AbortSignal.abort())).rejects.toSatisfy(
      isAbort,
    );
    expect(load).not.toHaveBeenCalled();
  });
});
