import { describe, expect, it, vi } from 'vitest';
import {
  browser,
  chunkOf,
  HOUR,
  LONGEST_MILLISECONDS,
  MEBIBYTE,
  openTab,
  openTwoTabs,
  put,
  read,
  settle,
  watch,
} from './testing-tabs';

describe('the disk of several tabs', () => {
  it('goes on with the next tab, which has what was kept', async () => {
    const [first, second] = await openTwoTabs();
    put(first, 1);
    put(second, 2);
    await settle();
    browser.end(first.id);
    await settle();
    expect(await read(second, 1)).toEqual(chunkOf(1));
    expect(await read(second, 2)).toEqual(chunkOf(2));
    const third = openTab();
    await settle();
    expect(await read(third, 2)).toEqual(chunkOf(2));
    expect(second.disk.usedBytes).toBe(browser.disk.usedBytes);
    expect(third.disk.usedBytes).toBe(browser.disk.usedBytes);
  });

  it('waits no longer for a tab that ends before it answers', async () => {
    const [first, second] = await openTwoTabs();
    put(first, 1);
    const third = openTab();
    await settle();
    const asked = [watch(second.disk.get('1')), watch(third.disk.get('1'))];
    await vi.advanceTimersByTimeAsync(0);
    browser.end(first.id);
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toEqual([
      { isDone: true, value: undefined },
      { isDone: true, value: undefined },
    ]);
    // Nor is it mistaken for the one that has the files by what it had posted before.
    put(first, 3);
    await settle();
    expect(await read(third, 1)).toEqual(chunkOf(1));
  });

  it('asks a tab that does not answer no more, until it does', async () => {
    const [first, second] = await openTwoTabs();
    put(first, 1);
    await settle();
    browser.freeze(first.id);
    const asked = [watch(second.disk.get('1')), watch(second.disk.get('2'))];
    await vi.advanceTimersByTimeAsync(LONGEST_MILLISECONDS);
    expect(asked.map(({ isDone, value }) => [isDone, value])).toEqual([
      [true, undefined],
      [true, undefined],
    ]);
    const next = watch(second.disk.get('1'));
    await vi.advanceTimersByTimeAsync(0);
    expect(next).toEqual({ isDone: true, value: undefined });
    // Its late answers say that it is there.
    browser.freeze(first.id, false);
    await settle();
    expect(await read(second, 1)).toEqual(chunkOf(1));
  });

  it('posts no more than a tab that is slow can take', async () => {
    const [first, second] = await openTwoTabs();
    browser.freeze(first.id);
    for (let key = 0; key < 20; key++) second.disk.put(`${key}`, new Uint8Array(MEBIBYTE), HOUR);
    browser.freeze(first.id, false);
    await settle();
    const kept: boolean[] = [];
    for (let key = 0; key < 20; key++) kept.push((await read(first, key)) !== undefined);
    expect(kept.filter(Boolean).length).toBe(8);
  });

  it('believes the later one where two tabs say that they have the files', async () => {
    const [first, second] = await openTwoTabs();
    put(first, 1);
    await settle();
    const liar = browser.open();
    const channel = liar.notices(() => {});
    const claim = { kind: 'state', from: liar.id, cacheBytes: 5, budget: undefined } as const;
    channel.post({ ...claim, term: 1, spilled: new Map() });
    while (browser.deliver()) await vi.advanceTimersByTimeAsync(0);
    expect(await read(second, 1)).toEqual(chunkOf(1));
    channel.post({ ...claim, term: 1e15, spilled: new Map() });
    await settle();
    const asked = watch(second.disk.get('1'));
    await vi.advanceTimersByTimeAsync(LONGEST_MILLISECONDS);
    expect(asked).toEqual({ isDone: true, value: undefined });
    expect(await read(first, 1)).toEqual(chunkOf(1));
    // Once that one and the first are gone, the next has its turn.
    browser.end(liar.id);
    browser.end(first.id);
    await settle();
    expect(await read(second, 1)).toEqual(chunkOf(1));
  });

  it('goes to the next where the files fail, and does without where they cannot be opened', async () => {
    const [first, second] = await openTwoTabs();
    put(first, 1);
    await settle();
    const codes: string[] = [];
    first.disk.onTrouble = ({ code }) => codes.push(code);
    browser.closeFiles(first.id);
    expect(await read(second, 1)).toBeUndefined();
    await settle();
    expect(codes).toEqual(['DISK_FAILED']);
    expect(await read(second, 1)).toEqual(chunkOf(1));
    expect(await read(first, 1)).toEqual(chunkOf(1));
    browser.isBroken = true;
    browser.end(second.id);
    await settle();
    expect(await read(first, 1)).toBeUndefined();
    expect(first.disk.usedBytes).toBe(0);
  });
});
