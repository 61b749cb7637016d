import { expect, test } from 'vitest';
import { formatTable, median, summarize } from './report';

test('the median', () => {
  expect(median([10, 9, 100])).toBe(10);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNaN();
});

test('a series is summarised', () => {
  const series = { contender: 'plain-js', metric: 'time', values: [3, 1, 2] };
  expect(summarize(series, { suite: 's', case: 'c', unit: 'ms' })).toEqual({
    ...{ suite: 's', case: 'c', contender: 'plain-js', metric: 'time', unit: 'ms' },
    ...{ median: 2, min: 1, max: 3, runs: 3 },
  });
});

test('a table has text to the left and numbers to the right', () => {
  const rows = [
    ['name', 'n'],
    ['a', '100'],
  ];
  expect(formatTable(rows, 1)).toBe('name    n\na     100');
});
