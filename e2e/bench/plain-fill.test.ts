import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Connectivity } from '../../src/engine/protocol';
import { floodFillReference } from '../../src/segment/flood-fill/reference';
import { maskOf, plainFill } from './plain-fill';

const connectivity = fc.constantFrom<Connectivity>(6, 18, 26);
const size = fc.integer({ min: 1, max: 9 });

test('the plain fill equals the reference', () => {
  fc.assert(
    fc.property(
      fc.tuple(size, size, size),
      connectivity,
      fc.infiniteStream(fc.integer({ min: 0, max: 9 })),
      fc.tuple(fc.nat(8), fc.nat(8), fc.nat(8)),
      fc.integer({ min: 2, max: 8 }),
      (shape, neighbours, stream, [z, y, x], high) => {
        const values = Uint8Array.from({ length: shape[0] * shape[1] * shape[2] }, () =>
          Number(stream.next().value),
        );
        const seed = [z % shape[0], y % shape[1], x % shape[2]] as const;
        const range = { low: 1, high };
        const plain = plainFill(values, shape, seed, range, neighbours);
        const reference = floodFillReference(values, shape, seed, range, neighbours);
        expect(plain.voxels).toBe(reference.voxels);
        expect(maskOf(plain)).toEqual(reference.mask);
      },
    ),
    { numRuns: 500 },
  );
});
