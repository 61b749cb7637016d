import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImageArray } from '../core/dtype';
import { statisticsReference } from './reference';
import {
  combine,
  noStatistics,
  type Statistics,
  standardDeviation,
  statisticsOf,
} from './statistics';
import { variants } from './testing/kernels';
import { randomVoxels, voxelsOf } from './testing/voxels';

/** Fails unless both are the same within 1e-9 of the values' range. */
function expectSame(found: Statistics, expected: Statistics): void {
  const { count, skipped, minimum, maximum } = expected;
  expect(found).toMatchObject({ count, skipped, minimum, maximum });
  const scale = count > 0 ? Math.max(Math.abs(minimum), Math.abs(maximum)) : 0;
  expect(Math.abs(found.mean - expected.mean)).toBeLessThanOrEqual(1e-9 * scale);
  expect(Math.abs(found.squares - expected.squares)).toBeLessThanOrEqual(
    1e-9 * (expected.squares + scale ** 2 * count * 1e-6),
  );
}

const floats = fc
  .array(
    fc.oneof(
      fc.float({ min: -1000, max: 1000 }),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY),
    ),
    { maxLength: 70 },
  )
  .map((values): ImageArray => Float32Array.from(values));
const anyBrick = fc.oneof(voxelsOf('uint8'), voxelsOf('uint16'), voxelsOf('int16'), floats);

describe.each(variants)('%s', (name, kernels) => {
  it('has the numbers of the plain sums', () => {
    fc.assert(
      fc.property(anyBrick, (voxels) =>
        expectSame(statisticsOf(kernels, voxels), statisticsReference(voxels)),
      ),
      { numRuns: 300, seed: 10 },
    );
  });

  it.each(['uint8', 'uint16', 'int16'] as const)(
    'sums the largest %s without overflow',
    (dtype) => {
      const lowest = dtype === 'int16' ? -(2 ** 15) : 0;
      for (const extreme of [lowest, lowest + 2 ** (dtype === 'uint8' ? 8 : 16) - 1]) {
        const voxels = randomVoxels(dtype, 300_001, () => extreme);
        expect(statisticsOf(kernels, voxels)).toMatchObject({ mean: extreme, squares: 0 });
      }
    },
  );

  it('knows the spread of values that are far from zero', () => {
    const voxels = randomVoxels('float32', 100_000, (_, at) => 1e6 + (at % 2));
    expect(standardDeviation(statisticsOf(kernels, voxels))).toBe(0.5);
  });

  it('combines bricks to what they are together', () => {
    fc.assert(
      fc.property(fc.array(voxelsOf('uint16', 20), { maxLength: 5 }), (bricks) => {
        const together = Uint16Array.from(bricks.flatMap((brick) => [...brick]));
        const combined = bricks
          .map((brick) => statisticsOf(kernels, brick))
          .reduce(combine, noStatistics);
        expectSame(combined, statisticsReference(together));
      }),
      { numRuns: 100, seed: 10 },
    );
  });

  it('is the same to the last bit with and without SIMD', () => {
    const [, other] = variants.find(([each]) => each !== name) ?? [];
    if (!other) throw new Error('there is only one variant');
    const voxels = randomVoxels('float32', 10_003, (random, at) =>
      at % 97 === 0 ? Number.NaN : (random - 0.3) ** 5,
    );
    expect(statisticsOf(kernels, voxels)).toEqual(statisticsOf(other, voxels));
  });
});
