import { expect, it } from 'vitest';
import { SpareBuffers } from './spare-buffers';

it('hands out what it was given, by length, and keeps no more than 64 MiB', () => {
  const spare = new SpareBuffers();
  const [small, large] = [new ArrayBuffer(8), new ArrayBuffer(40 * 2 ** 20)];
  for (const buffer of [small, large, new ArrayBuffer(large.byteLength)]) spare.give(buffer);
  expect(spare.take(9)).toBeUndefined();
  expect(spare.take(8)).toBe(small);
  expect(spare.take(8)).toBeUndefined();
  expect(spare.take(large.byteLength)).toBe(large);
  expect(spare.take(large.byteLength)).toBeUndefined();
  spare.give(large);
  expect(spare.take(large.byteLength)).toBe(large);
});
