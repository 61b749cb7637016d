import { afterEach, beforeEach, vi } from 'vitest';
import { TabDisk } from './tab-disk';
import { FakeBrowser } from './testing/fake-browser';

/** In bytes. */
export const MEBIBYTE = 2 ** 20;
/** What the tabs' disk may take, unless a test says something else. */
export const BUDGET = 64 * MEBIBYTE;
/** What a chunk of a key is: nobody ever has another. */
export const chunkOf = (key: number): Uint8Array<ArrayBuffer> | null =>
  key % 5 === 4 ? null : new Uint8Array(4096 * (1 + (key % 3))).fill(key + 1);
/** A wait for who has the files, and one for an answer. */
export const LONGEST_MILLISECONDS = 1500;
/** How long things are believed, in seconds. */
export const HOUR = 3600;

/** A tab of the browser that was begun last. */
export interface Tab {
  readonly id: string;
  readonly disk: TabDisk;
  /** What it was told of others' budgets. */
  readonly budgets: number[];
}

/** The browser of the test that runs: each has one of its own. */
export let browser: FakeBrowser;
/** Begins another browser. */
export function beginBrowser(): void {
  browser = new FakeBrowser();
}
beforeEach(() => {
  vi.useFakeTimers({ now: 1e12 });
  beginBrowser();
});
afterEach(() => vi.useRealTimers());

/** Opens one more tab. */
export function openTab(): Tab {
  const surroundings = browser.open();
  const disk = new TabDisk(surroundings);
  const budgets: number[] = [];
  disk.onBudget = (bytes) => budgets.push(bytes);
  return { id: surroundings.id, disk, budgets };
}

/** Lets time go by, and all that is on its way arrive. */
export async function settle(milliseconds = 1000): Promise<void> {
  for (let passed = 0; passed <= milliseconds; passed += 50) {
    while (browser.deliver()) await vi.advanceTimersByTimeAsync(0);
    await vi.advanceTimersByTimeAsync(50);
  }
}

/** A promise as it is now. */
export interface Watched<T> {
  isDone: boolean;
  value: T | undefined;
}

/** What came of a promise so far. */
export function watch<T>(promise: Promise<T>): Watched<T> {
  const watched: Watched<T> = { isDone: false, value: undefined };
  void promise.then((value) => Object.assign(watched, { isDone: true, value }));
  return watched;
}

/** What a tab is given for a key. */
export async function read({ disk }: Tab, key: number) {
  const kept = watch(disk.get(`${key}`));
  await settle(100);
  return kept.value?.bytes;
}

/** Keeps the chunk of a key. */
export const put = ({ disk }: Tab, key: number) => disk.put(`${key}`, chunkOf(key), HOUR);

/** Two tabs that know each other; the first has the files. */
export async function openTwoTabs(): Promise<[Tab, Tab]> {
  const first = openTab();
  await settle();
  const second = openTab();
  first.disk.suggestBudgetBytes(BUDGET);
  second.disk.suggestBudgetBytes(BUDGET);
  await settle();
  return [first, second];
}
