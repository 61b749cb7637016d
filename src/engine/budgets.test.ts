import { expect, it } from 'vitest';
import { defaultBudgets, LEAST_BUDGETS } from './budgets';

const GIB = 2 ** 30;

it.each([
  [8, 400 * GIB, { gpuBytes: GIB, memoryBytes: GIB, diskBytes: 8 * GIB }],
  [4, 10 * GIB, { gpuBytes: GIB / 2, memoryBytes: GIB / 2, diskBytes: 2.5 * GIB }],
  [0.25, 0, LEAST_BUDGETS],
  [undefined, undefined, { gpuBytes: GIB, memoryBytes: GIB, diskBytes: 0 }],
])('of a machine of %s GiB with %s bytes of disk', (deviceMemory, quotaBytes, budgets) => {
  expect(defaultBudgets({ deviceMemory, quotaBytes })).toEqual(budgets);
});

it('may be as small as 256 MB each', () => {
  expect(LEAST_BUDGETS.gpuBytes).toBeLessThanOrEqual(256e6);
  expect(LEAST_BUDGETS.memoryBytes).toBeLessThanOrEqual(256e6);
});
