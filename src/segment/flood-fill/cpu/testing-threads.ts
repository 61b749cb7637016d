import { afterAll, beforeAll } from 'vitest';
import { BitsVault } from '../../../core/bits-vault';
import { testThreads } from '../../cpu/testing';
import type { SegmentThreads } from '../../cpu/threads';
import type { FillFunction } from './context';

/** How many threads the tests fill on. */
export const THREAD_COUNTS = [1, 3] as const;
const threadsOf = new Map<number, SegmentThreads<FillFunction>>();
/** So many threads, which live as long as the tests of a file. */
export const threads = (count: number): SegmentThreads<FillFunction> => {
  const found = threadsOf.get(count);
  if (!found) throw new Error(`no ${count} threads`);
  return found;
};

beforeAll(async () => {
  for (const count of THREAD_COUNTS) threadsOf.set(count, await testThreads(count));
});
afterAll(() => {
  for (const some of threadsOf.values()) some.dispose();
});

/** The signal of what nobody cancels. */
export const never = () => new AbortController().signal;
/** Where the bits of the tests' fills lie. */
export const vault = new BitsVault();
