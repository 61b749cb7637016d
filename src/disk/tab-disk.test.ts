import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Kept } from './chunk-disk';
import { TabDisk } from './tab-disk';
import { FakeBrowser } from './testing/fake-browser';

const MEBIBYTE = 2 ** 20;
const BUDGET = 64 * MEBIBYTE;
/** What a chunk of a key is: nobody ever has another. */
const chunkOf = (key: number): Uint8Array<ArrayBuffer> | null =>
  key % 5 === 4 ? null : new Uint8Array(4096 * (1 + (key % 3))).fill(key + 1);
/** A wait for who has the files, and one for an answer. */
const LONGEST_MILLISECONDS = 1500;
const HOUR = 3600;

interface Tab {
  readonly id: string;
  readonly disk: TabDisk;
  /** What it was told of others' budgets. */
  readonly budgets: number[];
}

let browser: FakeBrowser;
beforeEach(() => {
  vi.useFakeTimers({ now: 1e12 });
  browser = new FakeBrowser();
});
afterEach(() => vi.useRealTimers());

function openTab(): Tab {
  const surroundings = browser.open();
  const disk = new TabDisk(surroundings);
  const budgets: number[] = [];
  disk.onBudget = (bytes) => budgets.push(bytes);
  return { id: surroundings.id, disk, budgets };
}
/** Lets time go by, and all that is on its way arrive. */
async function settle(milliseconds = 1000): Promise<void> {
  for (let passed = 0; passed <= milliseconds; passed += 50) {
    while (browser.deliver()) await vi.advanceTimersByTimeAsync(0);
    await vi.advanceTimersByTimeAsync(50);
  }
}
interface Watched<T> {
  isDone: boolean;
  value: T | undefined;
}
/** What came of a promise so far. */
function watch<T>(promise: Promise<T>): Watched<T> {
  const watched: Watched<T> = { isDone: false, value: undefined };
  void promise.then((value) => Object.assign(watched, { isDone: true, value }));
  return watched;
}
async function read({ disk }: Tab, key: number) {
  const kept = watch(disk.get(`${key}`));
  await settle(100);
  return kept.value?.bytes;
}
const put = ({ disk }: Tab, key: number) => disk.put(`${key}`, chunkOf(key), HOUR);

/** Two tabs that know each other; the first has the files. */
async function two(): Promise<[Tab, Tab]> {
  const first = openTab();
  await settle();
  const second = openTab();
  first.disk.suggestBudgetBytes(BUDGET);
  second.disk.suggestBudgetBytes(BUDGET);
  await settle();
  return [first, second];
}

describe('the disk of several tabs', () => {
  it('gives each what any of them has kept', async () => {
    const [first, second] = await two();
    put(first, 1);
    put(second, 2);
    put(second, 4);
    await settle();
    for (const tab of [first, second, openTab()]) {
      for (const key of [1, 2, 4]) expect(await read(tab, key)).toEqual(chunkOf(key));
      expect(await read(tab, 3)).toBeUndefined();
    }
    second.disk.dropAll('2');
    expect(await read(first, 2)).toBeUndefined();
    expect(await read(first, 1)).toEqual(chunkOf(1));
  });

  it('says how long something will be believed', async () => {
    const [, second] = await two();
    second.disk.put('a', new Uint8Array(1), 60);
    await settle(5000);
    const kept = watch(second.disk.get('a'));
    await settle(100);
    expect(kept.value?.secondsLeft).toBeLessThanOrEqual(55);
    expect(kept.value?.secondsLeft).toBeGreaterThan(50);
  });

  it('keeps a part of a buffer without the rest', async () => {
    const [, second] = await two();
    second.disk.put('a', new Uint8Array(MEBIBYTE).fill(7).subarray(100, 110), HOUR);
    expect(browser.letters.at(-1)).toMatchObject({
      question: { bytes: new Uint8Array(10).fill(7) },
    });
    const posted = browser.letters.at(-1) as { question: { bytes: Uint8Array } };
    expect(posted.question.bytes.buffer.byteLength).toBe(10);
  });

  it('goes on with the next tab, which has what was kept', async () => {
    const [first, second] = await two();
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
    const [first, second] = await two();
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
    const [first, second] = await two();
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
    const [first, second] = await two();
    browser.freeze(first.id);
    for (let key = 0; key < 20; key++) second.disk.put(`${key}`, new Uint8Array(MEBIBYTE), HOUR);
    browser.freeze(first.id, false);
    await settle();
    const kept: boolean[] = [];
    for (let key = 0; key < 20; key++) kept.push((await read(first, key)) !== undefined);
    expect(kept.filter(Boolean).length).toBe(8);
  });

  it('believes the later one where two tabs say that they have the files', async () => {
    const [first, second] = await two();
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
    const [first, second] = await two();
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

  it('is cleared by any tab, at once or as soon as somebody has the files', async () => {
    const [first, second] = await two();
    put(first, 1);
    await settle();
    expect(second.disk.usedBytes).toBe(browser.disk.usedBytes);
    const cleared = watch(second.disk.clear());
    await settle();
    expect(cleared.isDone).toBe(true);
    expect([first.disk.usedBytes, second.disk.usedBytes, browser.disk.usedBytes]).toEqual([
      0, 0, 0,
    ]);
    put(first, 1);
    browser.freeze(first.id);
    const waits = watch(second.disk.clear());
    await settle(LONGEST_MILLISECONDS);
    expect(waits.isDone).toBe(true);
    browser.end(first.id);
    await settle();
    expect(await read(second, 1)).toBeUndefined();
    expect(browser.disk.usedBytes).toBe(0);
  });
});

describe('the budget of several tabs', () => {
  it('is what one of them began with, until a user says something else in any', async () => {
    const [first, second] = await two();
    const third = openTab();
    third.disk.suggestBudgetBytes(5);
    await settle();
    expect(third.disk.budgetBytes).toBe(BUDGET);
    expect(third.budgets).toEqual([BUDGET]);
    second.disk.setBudgetBytes(20 * MEBIBYTE);
    await settle();
    for (const tab of [first, third]) {
      expect(tab.disk.budgetBytes).toBe(20 * MEBIBYTE);
      expect(tab.budgets.at(-1)).toBe(20 * MEBIBYTE);
    }
    expect(second.budgets).toEqual([]);
    for (let key = 0; key < 30; key++) second.disk.put(`${key}`, new Uint8Array(MEBIBYTE), HOUR);
    await settle();
    expect(browser.disk.usedBytes).toBeLessThanOrEqual(20 * MEBIBYTE);
    browser.end(first.id);
    browser.end(second.id);
    await settle();
    expect(third.disk.budgetBytes).toBe(20 * MEBIBYTE);
  });

  it('is told to a tab that opens later and has the files', async () => {
    browser.isBroken = true;
    const first = openTab();
    first.disk.setBudgetBytes(20 * MEBIBYTE);
    await settle();
    browser.isBroken = false;
    const second = openTab();
    second.disk.suggestBudgetBytes(BUDGET);
    await settle();
    expect(second.budgets).toEqual([20 * MEBIBYTE]);
    put(second, 1);
    await settle();
    expect(await read(first, 1)).toEqual(chunkOf(1));
  });

  it('leaves the cache what the labels of all tabs do not take, until their tab is gone', async () => {
    const [first, second] = await two();
    for (let at = 0; at < 60; at += 5) {
      for (let key = at; key < at + 5; key++)
        second.disk.put(`${key}`, new Uint8Array(MEBIBYTE), HOUR);
      await settle(100);
    }
    expect(browser.disk.usedBytes).toBeGreaterThan(50 * MEBIBYTE);
    second.disk.setSpilledBytes(20 * MEBIBYTE);
    first.disk.setSpilledBytes(20 * MEBIBYTE);
    await settle();
    expect(browser.disk.usedBytes).toBeLessThanOrEqual(BUDGET - 40 * MEBIBYTE);
    const used = browser.disk.usedBytes + 40 * MEBIBYTE;
    expect([first.disk.usedBytes, second.disk.usedBytes]).toEqual([used, used]);
    browser.end(first.id);
    await settle();
    expect(second.disk.usedBytes).toBe(browser.disk.usedBytes + 20 * MEBIBYTE);
  });
});

type Step =
  | { readonly tab: number; readonly get: number }
  | { readonly tab: number; readonly put: number }
  | { readonly tab: number; readonly budget: number }
  | { readonly tab: number; readonly spilled: number }
  | { readonly tab: number; readonly does: 'clear' | 'end' | 'freeze' | 'thaw' }
  | { readonly opens: true }
  | { readonly deliver: readonly number[] }
  | { readonly wait: number };

const tab = fc.nat(5);
const key = fc.nat(12);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 20, arbitrary: fc.record({ tab, get: key }) },
  { weight: 20, arbitrary: fc.record({ tab, put: key }) },
  { weight: 3, arbitrary: fc.record({ tab, budget: fc.constantFrom(0, 1, 48, 64) }) },
  { weight: 3, arbitrary: fc.record({ tab, spilled: fc.constantFrom(0, 5, 20) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      tab,
      does: fc.constantFrom('clear' as const, 'end' as const, 'freeze' as const, 'thaw' as const),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ opens: true as const }) },
  { weight: 30, arbitrary: fc.record({ deliver: fc.array(fc.nat(20), { maxLength: 12 }) }) },
  { weight: 10, arbitrary: fc.record({ wait: fc.nat(1200) }) },
);

it('whatever tabs do and messages meet: nothing hangs, nothing is mixed up, and all agree in the end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 120 }), async (steps) => {
      vi.setSystemTime(1e12);
      browser = new FakeBrowser();
      const tabs = [openTab()];
      const spilled = new Map<string, number>();
      const words: { readonly by: Tab; readonly bytes: number }[] = [];
      let asked: { by: Tab; key: number; at: number; got: Watched<Kept | undefined> }[] = [];
      const check = () => {
        asked = asked.filter(({ by, key, at, got }) => {
          if (!tabs.includes(by)) return false;
          if (Date.now() - at > LONGEST_MILLISECONDS) expect(got.isDone).toBe(true);
          if (got.value) expect(got.value.bytes).toEqual(chunkOf(key));
          return !got.isDone;
        });
      };
      for (const each of steps) {
        const by = 'tab' in each ? tabs[each.tab % Math.max(tabs.length, 1)] : undefined;
        const canAct = by && !browser.isFrozen(by.id);
        if ('wait' in each) await vi.advanceTimersByTimeAsync(each.wait);
        else if ('deliver' in each) for (const choice of each.deliver) browser.deliver(choice);
        else if ('opens' in each) {
          const opened = openTab();
          opened.disk.suggestBudgetBytes(BUDGET);
          tabs.push(opened);
        } else if (!by) continue;
        else if ('does' in each && each.does === 'end') {
          browser.end(by.id);
          spilled.delete(by.id);
          tabs.splice(tabs.indexOf(by), 1);
        } else if ('does' in each && each.does !== 'clear') {
          browser.freeze(by.id, each.does === 'freeze');
        } else if (!canAct) continue;
        else if ('get' in each)
          asked.push({ by, key: each.get, at: Date.now(), got: watch(by.disk.get(`${each.get}`)) });
        else if ('put' in each) put(by, each.put);
        else if ('spilled' in each) {
          by.disk.setSpilledBytes(each.spilled * MEBIBYTE);
          spilled.set(by.id, each.spilled * MEBIBYTE);
        } else if ('budget' in each) {
          by.disk.setBudgetBytes(each.budget * MEBIBYTE);
          words.push({ by, bytes: each.budget * MEBIBYTE });
          await vi.advanceTimersByTimeAsync(1);
        } else void by.disk.clear();
        await vi.advanceTimersByTimeAsync(0);
        check();
      }
      for (const { id } of tabs) browser.freeze(id, false);
      await settle(2500);
      check();
      const [first] = tabs;
      if (!first) return;
      const { budgetBytes = 0 } = first.disk;
      const last = words.findLast(({ by }) => tabs.includes(by));
      const newer = last ? words.slice(words.indexOf(last)) : words;
      if (last) expect(newer.map(({ bytes }) => bytes)).toContain(budgetBytes);
      const labels = [...spilled.values()].reduce((sum, bytes) => sum + bytes, 0);
      expect(browser.disk.usedBytes).toBeLessThanOrEqual(Math.max(0, budgetBytes - labels));
      for (const { disk } of tabs) {
        expect(disk.budgetBytes ?? 0).toBe(budgetBytes);
        expect(disk.usedBytes).toBe(browser.disk.usedBytes + labels);
      }
      if (budgetBytes - labels < 20 * MEBIBYTE) return;
      for (const writer of tabs.slice(0, 3)) {
        put(writer, 20);
        await settle(100);
        for (const reader of tabs) expect(await read(reader, 20)).toEqual(chunkOf(20));
        void writer.disk.clear();
        await settle(100);
        for (const reader of tabs) expect(await read(reader, 20)).toBeUndefined();
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);
