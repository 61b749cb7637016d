import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImageDtype } from '../core/dtype';
import type { Zyx } from '../core/vec';
import { type ClaheOptions, clahe } from './clahe';
import { claheReference } from './clahe-reference';
import { variants } from './testing/kernels';
import { randomVoxels } from './testing/voxels';

type IntegerDtype = Exclude<ImageDtype, 'float32'>;

const ranges: Readonly<Record<IntegerDtype, readonly [number, number]>> = {
  uint8: [0, 255],
  uint16: [100, 60_000],
  int16: [-2000, 1500],
};

/** Slices with a bright gradient, noise, and some values outside of the range. */
function slices(dtype: IntegerDtype, shapeZyx: Zyx) {
  const [low, high] = ranges[dtype];
  const voxels = randomVoxels(dtype, shapeZyx[0] * shapeZyx[1] * shapeZyx[2], (random, at) =>
    Math.min(high + 20, low - 20 + (random ** 3 * 0.7 + (at % 29) / 90) * (high - low)),
  );
  if (voxels instanceof Float32Array) throw new Error('float32 is no integer');
  return voxels;
}

const side = fc.integer({ min: 1, max: 40 });
const tiles = fc.integer({ min: 1, max: 9 });

describe.each(variants)('%s', (_, kernels) => {
  it.each(['uint8', 'uint16', 'int16'] as const)('of %s is what the plain twin says', (dtype) => {
    fc.assert(
      fc.property(
        fc.tuple(fc.integer({ min: 1, max: 3 }), side, side),
        fc.tuple(tiles, tiles),
        fc.constantFrom(0.001, 0.01, 0.1, 1),
        (shapeZyx, tilesYx, limit) => {
          const voxels = slices(dtype, shapeZyx);
          const options: ClaheOptions = { range: ranges[dtype], tilesYx, limit };
          const expected = claheReference(voxels, shapeZyx, options);
          expect([...clahe(kernels, voxels, shapeZyx, options)]).toEqual(expected);
        },
      ),
      { numRuns: 25, seed: 10 },
    );
  });

  it('equalizes: a narrow range of values becomes a wide one', () => {
    const voxels = randomVoxels('uint8', 64 * 64, (random) => 100 + random * 20) as Uint8Array;
    const result = clahe(kernels, voxels, [1, 64, 64], { range: [0, 255], limit: 1 });
    expect(Math.max(...result) - Math.min(...result)).toBeGreaterThan(230);
    const limited = clahe(kernels, voxels, [1, 64, 64], { range: [0, 255] });
    expect(Math.max(...limited) - Math.min(...limited)).toBeLessThan(120);
  });

  it('treats each slice alone', () => {
    const voxels = slices('uint8', [3, 20, 30]) as Uint8Array;
    const together = clahe(kernels, voxels, [3, 20, 30], { range: [0, 255] });
    const last = clahe(kernels, voxels.slice(1200), [1, 20, 30], { range: [0, 255] });
    expect(together.slice(1200)).toEqual(last);
  });

  it.each([
    { range: [0, 0] },
    { range: [0, 300] },
    { range: [0, 255], limit: 0 },
    { range: [0, 255], limit: Number.NaN },
    { range: [0, 255], tilesYx: [0, 1] },
  ] as const)('refuses %o', (options: ClaheOptions) => {
    expect(() => clahe(kernels, new Uint8Array(8), [2, 2, 2], options)).toThrow(
      expect.objectContaining({ code: 'BAD_PARAMETERS' }),
    );
  });
});
