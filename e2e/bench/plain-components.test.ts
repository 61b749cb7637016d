import { expect, test } from 'vitest';
import { randomNumbers } from '../../src/core/testing/random';
import { componentsReference } from '../../src/segment/components/reference';
import { plainComponents } from './plain-components';

const shapeZyx = [5, 6, 37] as const;

test.each([6, 18, 26] as const)('finds the components of the plain twin at %i', (connectivity) => {
  const next = randomNumbers(connectivity);
  const labels = Uint32Array.from({ length: 5 * 6 * 37 }, () => Math.floor(next() * 4));
  for (const request of [
    { shapeZyx, connectivity, dtype: 'uint32' },
    { shapeZyx, connectivity, dtype: 'uint16', range: { low: 1, high: 1 } },
  ] as const) {
    const voxels = request.range ? Uint16Array.from(labels) : labels;
    const ids = new Uint32Array(voxels.length);
    const { count, ids: expected } = componentsReference(request, voxels);
    expect(plainComponents(request, voxels, ids)).toBe(count);
    expect(ids).toEqual(expected);
  }
});
