import { type Budgets, LEAST_BUDGETS } from '../engine/protocol';

const GIBIBYTE = 2 ** 30;
const ROUND_GIBIBYTES = [0.25, 0.375, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];
const MOST_GIBIBYTES: Budgets = { gpuBytes: 8, memoryBytes: 8, diskBytes: 64 };
/** A round value nearer to the least one would look like the same. */
const CLEARLY_MORE = 1.25;

/** What a slider offers for a budget, in bytes: the least that there may be, and round values above it. */
export const budgetSteps = (of: keyof Budgets): readonly number[] => [
  LEAST_BUDGETS[of],
  ...ROUND_GIBIBYTES.filter((gibibytes) => gibibytes <= MOST_GIBIBYTES[of])
    .map((gibibytes) => gibibytes * GIBIBYTE)
    .filter((bytes) => bytes > CLEARLY_MORE * LEAST_BUDGETS[of]),
];

/** The place of the last step that a budget reaches; the first one's where it reaches none. */
export const stepOf = (steps: readonly number[], bytes: number): number =>
  Math.max(
    0,
    steps.findLastIndex((step) => step <= bytes),
  );
