import { expect, it } from 'vitest';
import { limitOfPosition, NO_LIMIT, positionOfLimit } from './limit-scale';

it('goes through every digit of every decade and ends in no limit', () => {
  const limits = Array.from({ length: NO_LIMIT + 1 }, (_, at) => limitOfPosition(at));
  expect(limits.slice(0, 11)).toEqual([
    1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 10_000, 20_000,
  ]);
  expect(limits.slice(-2)).toEqual([1e9, null]);
});

it('finds the position of each of its limits again, and the nearest of others', () => {
  for (let at = 0; at <= NO_LIMIT; at++) expect(positionOfLimit(limitOfPosition(at))).toBe(at);
  expect(positionOfLimit(1)).toBe(0);
  expect(positionOfLimit(5e12)).toBe(NO_LIMIT - 1);
});
