import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { restAfter, restBeforeAnswer, restBeforeGrowth } from './drawing-pace';

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

it('gives pictures their share of the time', () => {
  expect(restAfter(20, 0.25)).toBe(60);
  expect(restBeforeAnswer(40)).toBe(40);
  expect(restBeforeGrowth(10)).toBe(40);
});

it('lets fast pictures follow what moves frame by frame', () => {
  expect(restBeforeAnswer(30)).toBe(0);
});

it('has slow growth come on a beat, and even the slowest be seen', () => {
  expect(restBeforeGrowth(30)).toBe(120);
  expect(restBeforeGrowth(40)).toBe(500);
  expect(restBeforeGrowth(70)).toBe(1000);
  expect(restBeforeGrowth(190)).toBe(2000);
  expect(restBeforeGrowth(600)).toBe(2000);
  expect(restBeforeGrowth(1100)).toBe(2500);
  expect(restBeforeAnswer(600)).toBe(600);
});
