import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImageArray, ImageDtype } from '../core/dtype';
import { dtypeOf } from './kernels';
import { Percentiles } from './percentiles';
import { percentilesReference } from './reference';
import { variants } from './testing/kernels';
import { anyVoxels, randomVoxels } from './testing/voxels';
import { type CountValues, countPlainly, countWith } from './value-counts';

const fractions = [0, 0.01, 0.5, 0.99, 1];

/** The percentiles of bricks that come twice where they have to. */
function percentilesOf(
  bricks: readonly ImageArray[],
  dtype: ImageDtype,
  count: CountValues,
  stride = 1,
): number[] | undefined {
  const percentiles = new Percentiles(dtype, fractions, stride, count);
  for (const brick of bricks) percentiles.add(brick);
  if (percentiles.refine()) for (const brick of bricks) percentiles.add(brick);
  return percentiles.values();
}

const ways = [
  ['plain', countPlainly] as const,
  ...variants.map(([name, kernels]) => [name, countWith(kernels)] as const),
];

describe.each(ways)('%s', (_, count) => {
  it('gives the voxels at the ranks', () => {
    fc.assert(
      fc.property(anyVoxels(200), (voxels) => {
        const found = percentilesOf([voxels], dtypeOf(voxels), count)?.map((value) => value + 0);
        expect(found).toEqual(percentilesReference(voxels, fractions)?.map((value) => value + 0));
      }),
      { numRuns: 60, seed: 10 },
    );
  });

  it.each(['uint8', 'int16', 'float32'] as const)('samples %s across bricks', (dtype) => {
    const all = randomVoxels(dtype, 5000, (random) => (random - 0.25) * 200);
    const bricks = [0, 1, 2, 40, 41, 3000].map((begin, at, begins) =>
      all.slice(begin, begins[at + 1]),
    );
    const sampled = all.filter((__, at) => at % 7 === 0) as ImageArray;
    expect(percentilesOf(bricks, dtype, count, 7)).toEqual(
      percentilesReference(sampled, fractions),
    );
  });

  it('tells neighbouring floats apart', () => {
    const voxels = new Float32Array([1, 1 + 2 ** -23, 1 + 2 ** -22, -1e-40, -1e30]);
    expect(percentilesOf([voxels], 'float32', count)).toEqual(
      percentilesReference(voxels, fractions),
    );
  });
});
