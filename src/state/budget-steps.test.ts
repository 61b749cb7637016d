import { expect, it } from 'vitest';
import { LEAST_BUDGETS } from '../engine/protocol';
import { budgetSteps, stepOf } from './budget-steps';

const GIBIBYTE = 2 ** 30;
const NAMES = ['gpuBytes', 'memoryBytes', 'diskBytes'] as const;

it('begins with the least that there may be, and goes on by round values that are clearly more', () => {
  for (const of of NAMES) {
    const [least = Number.NaN, ...others] = budgetSteps(of);
    expect(least).toBe(LEAST_BUDGETS[of]);
    let below = least;
    for (const bytes of others) {
      expect(bytes).toBeGreaterThan(1.25 * below);
      expect(Number.isInteger((8 * bytes) / GIBIBYTE)).toBe(true);
      below = bytes;
    }
  }
  expect(budgetSteps('gpuBytes').slice(0, 3)).toEqual([256e6, 0.375 * GIBIBYTE, 0.5 * GIBIBYTE]);
  expect(budgetSteps('diskBytes').at(-1)).toBe(64 * GIBIBYTE);
});

it('finds the step that a budget has reached', () => {
  const steps = budgetSteps('gpuBytes');
  for (const [index, bytes] of steps.entries()) {
    expect(stepOf(steps, bytes)).toBe(index);
    expect(stepOf(steps, bytes + 1)).toBe(index);
  }
  expect(stepOf(steps, 0)).toBe(0);
});
