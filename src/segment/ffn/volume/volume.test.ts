import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Box, boxEnd, contains, intersect, isEmpty } from '../../../core/box';
import { edgeWithin, subvolumeBytes, subvolumesOf } from './plan';
import { groupsOf, samePairs } from './reconcile';

const size = fc.integer({ min: 1, max: 60 });

describe('subvolumesOf', () => {
  it('covers a box by boxes of one size that overlap enough, and no more of them than that takes', () => {
    fc.assert(
      fc.property(
        fc.record({
          originZyx: fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)),
          shapeZyx: fc.tuple(size, size, size),
          edge: fc.integer({ min: 2, max: 25 }),
          overlapShare: fc.double({ min: 0, max: 0.9, noNaN: true }),
        }),
        ({ originZyx, shapeZyx, edge, overlapShare }) => {
          const overlap = Math.floor(edge * overlapShare);
          const box: Box = { originZyx, shapeZyx };
          const parts = subvolumesOf(box, edge, overlap);
          for (const axis of [0, 1, 2] as const) {
            const starts = [...new Set(parts.map((part) => part.originZyx[axis]))];
            const length = Math.min(edge, shapeZyx[axis]);
            expect(parts.every((part) => part.shapeZyx[axis] === length)).toBe(true);
            expect(starts[0]).toBe(originZyx[axis]);
            expect((starts.at(-1) ?? 0) + length).toBe(boxEnd(box)[axis]);
            for (const [i, start] of starts.slice(1).entries())
              expect((starts[i] ?? 0) + length - start).toBeGreaterThanOrEqual(overlap);
            const least = Math.ceil((shapeZyx[axis] - overlap) / (edge - overlap));
            expect(starts.length).toBe(Math.max(1, shapeZyx[axis] <= edge ? 1 : least));
          }
          expect(parts.every((part) => !isEmpty(intersect(part, box)))).toBe(true);
          expect(parts.some((part) => contains(part, originZyx))).toBe(true);
        },
      ),
    );
  });

  it('refuses what would not get on', () => {
    const box: Box = { originZyx: [0, 0, 0], shapeZyx: [9, 9, 9] };
    for (const [edge, overlap] of [
      [8, 8],
      [8, -1],
      [7.5, 2],
    ] as const)
      expect(() => subvolumesOf(box, edge, overlap)).toThrow(
        expect.objectContaining({ code: 'BAD_PARAMETERS' }),
      );
  });
});

describe('edgeWithin', () => {
  it('takes the largest usual edge that the budget has room for, or the one that is wanted', () => {
    const large = [999, 999, 999] as const;
    const bytesOf = (edge: number) => subvolumeBytes([edge, edge, edge]);
    expect(edgeWithin(large, undefined, 2 ** 28)).toBe(256);
    expect(edgeWithin(large, undefined, bytesOf(256) - 1)).toBe(192);
    expect(edgeWithin(large, undefined, bytesOf(128))).toBe(128);
    expect(edgeWithin(large, 100, bytesOf(100))).toBe(100);
    // No volume takes more than it has.
    expect(edgeWithin([20, 30, 40], 1024, subvolumeBytes([20, 30, 40]))).toBe(1024);
    for (const wanted of [undefined, 1024])
      expect(() => edgeWithin(large, wanted, bytesOf(128) - 1)).toThrow(
        expect.objectContaining({ code: 'BUDGET_EXCEEDED' }),
      );
  });
});

describe('reconciliation', () => {
  const labels = fc.array(fc.nat(4), { minLength: 1, maxLength: 40 });
  it('pairs labels that share more than half of their union, voxel by voxel', () => {
    fc.assert(
      fc.property(labels, labels, (first, second) => {
        const length = Math.min(first.length, second.length);
        const [a, b] = [first.slice(0, length), second.slice(0, length)];
        const expected = [1, 2, 3, 4].flatMap((one) =>
          [1, 2, 3, 4].flatMap((other) => {
            const both = a.filter((id, i) => id === one && b[i] === other).length;
            const either = a.filter((id, i) => id === one || b[i] === other).length;
            return both > either / 2 ? [[one, other]] : [];
          }),
        );
        const found = samePairs(Uint32Array.from(a), Uint32Array.from(b));
        expect(found.toSorted((one, two) => one[0] - two[0])).toEqual(expected);
        // Each has one partner at most.
        expect(new Set(found.map(([one]) => one)).size).toBe(found.length);
        expect(new Set(found.map(([, other]) => other)).size).toBe(found.length);
      }),
    );
  });

  it('groups what is connected by pairs, in whatever order they come', () => {
    const pairs = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 })),
    );
    fc.assert(
      fc.property(pairs, (all) => {
        const groups = groupsOf(all);
        const reach = (id: number) => {
          const reached = new Set([id]);
          for (let before = 0; before !== reached.size; ) {
            before = reached.size;
            for (const [a, b] of all) if (reached.has(a) || reached.has(b)) reached.add(a).add(b);
          }
          return [...reached].sort((a, b) => a - b);
        };
        const ids = [...new Set(all.flat())];
        const expected = ids.map(reach).filter((group) => group.length > 1);
        const unique = [...new Map(expected.map((group) => [group[0], group])).values()];
        expect(groups).toEqual(unique.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0)));
      }),
    );
  });
});
