import { afterEach, expect, it, vi } from 'vitest';
import { Gate } from './gate';

const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

afterEach(() => vi.useRealTimers());

it('lets through while open, and holds while closed', async () => {
  const gate = new Gate();
  const { signal } = new AbortController();
  await gate.pass(signal);
  gate.close();
  gate.close();
  let passed = 0;
  const waiting = [gate.pass(signal), gate.pass(signal)].map((each) => each.then(() => passed++));
  await turn();
  expect([passed, gate.isClosed]).toEqual([0, true]);
  gate.open();
  await Promise.all(waiting);
  expect([passed, gate.isClosed]).toEqual([2, false]);
  await gate.pass(signal);
});

it('lets go of whoever is told to stop', async () => {
  const gate = new Gate();
  gate.close();
  const abort = new AbortController();
  const waiting = gate.pass(abort.signal);
  abort.abort();
  await waiting;
  expect(gate.isClosed).toBe(true);
});

it('has stopwatches that stand while it is closed', () => {
  vi.useFakeTimers();
  const gate = new Gate();
  vi.advanceTimersByTime(5);
  const first = gate.stopwatch();
  vi.advanceTimersByTime(10);
  gate.close();
  vi.advanceTimersByTime(100);
  gate.close();
  const second = gate.stopwatch();
  expect([first(), second()]).toEqual([10, 0]);
  gate.open();
  vi.advanceTimersByTime(3);
  gate.open();
  expect([first(), second()]).toEqual([13, 3]);
  gate.close();
  vi.advanceTimersByTime(1000);
  expect([first(), second()]).toEqual([13, 3]);
});
