import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { betweenBeats, currentBeat, onBeats, untilBeat } from './beat';

beforeEach(() => void vi.useFakeTimers({ now: 1_000_130 }));
afterEach(() => void vi.useRealTimers());

it('begins at the same times for everybody', () => {
  const times: number[] = [];
  const [first, second] = [0, 70].map((late) => {
    vi.advanceTimersByTime(late);
    return onBeats(() => void times.push(Date.now()));
  });
  vi.advanceTimersByTime(1000);
  expect(times).toEqual([1_000_500, 1_000_500, 1_001_000, 1_001_000]);
  first?.();
  vi.advanceTimersByTime(500);
  second?.();
  vi.advanceTimersByTime(5000);
  expect(times.slice(4)).toEqual([1_001_500]);
});

it('has a middle, for what is to come after all else', () => {
  const times: number[] = [];
  const end = betweenBeats(() => void times.push(Date.now()));
  vi.advanceTimersByTime(1000);
  expect(times).toEqual([1_000_250, 1_000_750]);
  end();
  vi.advanceTimersByTime(1000);
  expect(times).toHaveLength(2);
});

it('is waited for no shorter than a rest', () => {
  expect([0, 370, 371, 900].map(untilBeat)).toEqual([370, 370, 870, 1370]);
  const beat = currentBeat();
  vi.advanceTimersByTime(369);
  expect(currentBeat()).toBe(beat);
  vi.advanceTimersByTime(1);
  expect(currentBeat()).toBe(beat + 1);
  expect(untilBeat(0)).toBe(0);
});
