import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Kept } from './chunk-disk';
import {
  BUDGET,
  beginBrowser,
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
  type Tab,
  type Watched,
  watch,
} from './testing-tabs';

describe('the disk of several tabs', () => {
  it('gives each what any of them has kept', async () => {
    const [first, second] = await openTwoTabs();
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
    const [, second] = await openTwoTabs();
    second.disk.put('a', new Uint8Array(1), 60);
    await settle(5000);
    const kept = watch(second.disk.get('a'));
    await settle(100);
    expect(kept.value?.secondsLeft).toBeLessThanOrEqual(55);
    expect(kept.value?.secondsLeft).toBeGreaterThan(50);
  });

  it('keeps a part of a buffer without the rest', async () => {
    const [, second] = await openTwoTabs();
    second.disk.put('a', new Uint8Array(MEBIBYTE).fill(7).subarray(100, 110), HOUR);
    expect(browser.letters.at(-1)).toMatchObject({
      question: { bytes: new Uint8Array(10).fill(7) },
    });
    const posted = browser.letters.at(-1) as { question: { bytes: Uint8Array } };
    expect(posted.question.bytes.buffer.byteLength).toBe(10);
  });

  it('is cleared by any tab, at once or as soon as somebody has the files', async () => {
    const [first, second] = await openTwoTabs();
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
      beginBrowser();
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
