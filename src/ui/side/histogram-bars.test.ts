import { expect, it } from 'vitest';
import { histogramBars } from './histogram-bars';

it('places bins by their values and scales by the tallest inner one', () => {
  const histogram = { low: 0, high: 8, counts: [100, 5, 10, 40] };
  expect(histogramBars(histogram, { low: 0, high: 16 })).toEqual([
    { x: 0, width: 0.125, height: 1, value: 1 },
    { x: 0.125, width: 0.125, height: 0.5, value: 3 },
    { x: 0.25, width: 0.125, height: 1, value: 5 },
    { x: 0.375, width: 0.125, height: 1, value: 7 },
  ]);
});

it('has no bars while nothing is known', () => {
  expect(histogramBars(null, { low: 0, high: 255 })).toEqual([]);
});
