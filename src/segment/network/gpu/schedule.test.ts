import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Part, START, takeParts } from './schedule';

describe('the parts of a call', () => {
  it('are all planes of all steps in their order, each submission within its budget or of one plane', () => {
    const costs = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 8 });
    const planes = fc.oneof(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 65_000, max: 200_000 }),
    );
    fc.assert(
      fc.property(costs, planes, fc.integer({ min: 1, max: 10_000_000 }), (each, count, budget) => {
        // No more than a few hundred submissions.
        const generous = Math.max(budget, 10 * count);
        const parts: Part[] = [];
        for (let at = START; at.step < each.length; ) {
          const taken = takeParts(at, each, count, generous);
          const cost = taken.parts.reduce(
            (sum, { step, planes }) => sum + planes * (each[step] ?? 0),
            0,
          );
          expect(taken.cost).toBe(cost);
          const isOne = taken.parts.length === 1 && taken.parts[0]?.planes === 1;
          expect(cost <= generous || isOne).toBe(true);
          parts.push(...taken.parts);
          at = taken.next;
        }
        let [step, plane] = [0, 0];
        for (const part of parts) {
          expect([part.step, part.firstPlane]).toEqual([step, plane]);
          expect(part.planes).toBeLessThanOrEqual(65535);
          plane += part.planes;
          if (plane === count) [step, plane] = [step + 1, 0];
        }
        expect([step, plane]).toEqual([each.length, 0]);
      }),
      { numRuns: 200 },
    );
  });
});
