import { expect, test } from 'vitest';
import { type Contender, measureCase } from './suite';

const contender = (name: string, answer: string, log: string[]): Contender => ({
  name,
  run: async () => ({ time: log.push(name) }),
  answer: async () => answer,
});

const caseOf = (...contenders: Contender[]) => ({
  name: 'a case',
  source: null,
  prepare: async () => contenders,
});

test('contenders take turns, after one warm-up each', async () => {
  const log: string[] = [];
  const series = await measureCase(
    caseOf(contender('a', '1', log), contender('b', '1', log)),
    3,
    '',
  );
  expect(log.join('')).toBe('ababbaab');
  expect(series).toEqual([
    { contender: 'a', metric: 'time', values: [3, 6, 7] },
    { contender: 'b', metric: 'time', values: [4, 5, 8] },
  ]);
});

test('a case may have fewer runs, and with one alone no warm-up', async () => {
  for (const [mostRuns, expected] of [
    [2, 'aaa'],
    [1, 'a'],
  ] as const) {
    const log: string[] = [];
    const [series] = await measureCase({ ...caseOf(contender('a', '1', log)), mostRuns }, 7, '');
    expect(log.join('')).toBe(expected);
    expect(series?.values.length).toBe(mostRuns);
  }
});

test('different answers are an error', async () => {
  const log: string[] = [];
  const run = measureCase(caseOf(contender('a', '1', log), contender('b', '2', log)), 3, '');
  await expect(run).rejects.toThrow('a: 1; b: 2');
  expect(log.join('')).toBe('ab');
});
