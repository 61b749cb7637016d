import { expect, it } from 'vitest';
import { xxh32 } from './xxh32';

const text = (value: string) => new TextEncoder().encode(value);

/** The first two from the reference implementation's own sanity checks, the others as its `xxhsum -H0` prints them. */
it.each([
  ['', 0, 0x02cc5d05],
  ['', 0x9e3779b1, 0x36b78ae7],
  ['a', 0, 0x550d7456],
  ['abc', 0, 0x32d153ff],
  ['Nobody inspects the spammish repetition', 0, 0xe2293b2f],
])('of “%s” with seed %i', (value, seed, hash) => {
  expect(xxh32(text(value), seed)).toBe(hash);
});

it('does not depend on where the bytes lie', () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, index) => (index * 31) % 251);
  const moved = new Uint8Array(1003);
  moved.set(bytes, 3);
  expect(xxh32(moved.subarray(3))).toBe(xxh32(bytes));
});
