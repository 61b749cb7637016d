import { expect, it } from 'vitest';
import { Gate } from './gate';

const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

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
