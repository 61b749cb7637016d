import { expect, it } from 'vitest';
import { valueBounds } from './value-bounds';

const histogram = { low: 100, high: 4000, counts: [] };

it('is all of uint8, whatever the volume holds', () => {
  expect(valueBounds('uint8', histogram, [5000])).toEqual({ low: 0, high: 255, step: 1 });
});

it('covers the histogram and what is chosen outside of it', () => {
  expect(valueBounds('uint16', histogram, [50, 900])).toEqual({ low: 50, high: 4000, step: 1 });
  expect(valueBounds('int16', null, [-20, 30])).toEqual({ low: -20, high: 30, step: 1 });
});

it('never has an empty range', () => {
  expect(valueBounds('uint16', null, [7, 7])).toEqual({ low: 7, high: 8, step: 1 });
  expect(valueBounds('float32', null, [0.5, 0.5])).toEqual({ low: 0.5, high: 1.5, step: 1 / 256 });
});
