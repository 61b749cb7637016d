import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Part, START, takeParts } from './schedule';

describe('the parts of a call', () => {
  it('are all units of all steps in their order, each submission within its budget or of one unit', () => {
    const units = fc.oneof(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 65_000, max: 200_000 }),
    );
    const work = fc.record({ units, cost: fc.integer({ min: 1, max: 1000 }) });
    const works = fc.array(work, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(works, fc.integer({ min: 1, max: 10_000_000 }), (steps, budget) => {
        // No more than a few hundred submissions.
        const generous = Math.max(budget, ...steps.map((step) => 10 * step.units));
        const parts: Part[] = [];
        for (let at = START; at.step < steps.length; ) {
          const taken = takeParts(at, steps, generous);
          const cost = taken.parts.reduce(
            (sum, { step, units }) => sum + units * (steps[step]?.cost ?? 0),
            0,
          );
          expect(taken.cost).toBe(cost);
          const isOne = taken.parts.length === 1 && taken.parts[0]?.units === 1;
          expect(cost <= generous || isOne).toBe(true);
          parts.push(...taken.parts);
          at = taken.next;
        }
        let [step, unit] = [0, 0];
        for (const part of parts) {
          expect([part.step, part.first]).toEqual([step, unit]);
          expect(part.units).toBeLessThanOrEqual(65535);
          unit += part.units;
          if (unit === steps[step]?.units) [step, unit] = [step + 1, 0];
        }
        expect([step, unit]).toEqual([steps.length, 0]);
      }),
      { numRuns: 200 },
    );
  });
});
