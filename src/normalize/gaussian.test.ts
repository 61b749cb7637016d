import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { volumeOf, type Zyx } from '../core/vec';
import { smooth } from './gaussian';
import { smoothReference } from './gaussian-reference';
import { variants } from './testing/kernels';
import { randomVoxels } from './testing/voxels';

const largest = { uint8: 255, uint16: 65_535, int16: 32_767, float32: 3 } as const;
const lowest = { uint8: 0, uint16: 0, int16: -32_768, float32: -2 } as const;

const shapes = fc.tuple(
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 40 }),
);
const sigmas = fc.tuple(
  fc.constantFrom(0, 0.4, 1),
  fc.constantFrom(0, 0.7, 2.5),
  fc.constantFrom(0, 1.3, 4),
);

describe.each(variants)('%s', (name, kernels) => {
  it.each(['uint8', 'uint16', 'int16', 'float32'] as const)(
    'of %s is the plain twin’s within 1e-6 of the range',
    (dtype) => {
      const range = largest[dtype] - lowest[dtype];
      fc.assert(
        fc.property(shapes, sigmas, (shapeZyx, sigmaZyx) => {
          const voxels = randomVoxels(
            dtype,
            volumeOf(shapeZyx),
            (random) => lowest[dtype] + Math.floor(random * 1.01) * range,
          );
          const expected = smoothReference(voxels, shapeZyx, sigmaZyx);
          const found = smooth(kernels, voxels, shapeZyx, { sigmaZyx });
          const errors = expected.map((value, at) => Math.abs(value - (found[at] ?? Number.NaN)));
          expect(Math.max(...errors)).toBeLessThan(1e-6 * range);
          const rounded = smooth(kernels, voxels, shapeZyx, { sigmaZyx, dtype: 'source' });
          const asSource = dtype === 'float32' ? found : found.map(roundToEven);
          expect([...rounded]).toEqual([...asSource]);
        }),
        { numRuns: 40, seed: 10 },
      );
    },
  );

  it('smooths a brick with its halo as it does the whole volume', () => {
    const shapeZyx: Zyx = [12, 14, 35];
    const sigmaZyx: Zyx = [0.5, 1, 1.5];
    const voxels = randomVoxels('uint8', volumeOf(shapeZyx), (random) => random * 255);
    const whole = smooth(kernels, voxels, shapeZyx, { sigmaZyx });
    const box = { originZyx: [3, 4, 6], shapeZyx: [5, 6, 21] } as const;
    const part = smooth(kernels, voxels, shapeZyx, { sigmaZyx, box });
    const expected: number[] = [];
    for (let z = 3; z < 8; z++)
      for (let y = 4; y < 10; y++)
        for (let x = 6; x < 27; x++) expected.push(whole[(z * 14 + y) * 35 + x] ?? Number.NaN);
    expect([...part]).toEqual(expected);
  });

  it('is the same to the last bit with and without SIMD', () => {
    const [, other] = variants.find(([each]) => each !== name) ?? [];
    if (!other) throw new Error('there is only one variant');
    const voxels = randomVoxels('float32', 7 * 9 * 37, (random) => random ** 4);
    const options = { sigmaZyx: [1, 2, 3] } as const;
    expect(smooth(kernels, voxels, [7, 9, 37], options)).toEqual(
      smooth(other, voxels, [7, 9, 37], options),
    );
  });

  it.each([
    { sigmaZyx: [129, 0, 0] },
    { sigmaZyx: [1, 1, 1], box: { originZyx: [0, 0, 1], shapeZyx: [2, 2, 2] } },
    { sigmaZyx: [1, 1, 1], box: { originZyx: [-1, 0, 0], shapeZyx: [2, 2, 2] } },
    { sigmaZyx: [1, 1, 1], box: { originZyx: [0, 0, 0], shapeZyx: [2, 0, 2] } },
  ] as const)('refuses %o', (options) => {
    expect(() => smooth(kernels, new Uint8Array(8), [2, 2, 2], options)).toThrow(
      expect.objectContaining({ code: 'BAD_PARAMETERS' }),
    );
  });
});

const roundToEven = (value: number): number => {
  const near = Math.round(value);
  return near - value === 0.5 && near % 2 !== 0 ? near - 1 : near;
};

it('has a plain twin that agrees with SciPy', () => {
  const voxels = Float32Array.from({ length: 24 }, (_, at) => (at * 37) % 101);
  // scipy.ndimage.gaussian_filter(…reshape(2, 3, 4), [0.5, 1, 2]), SciPy 1.17.1.
  const expected = [
    38.474120382, 39.065985468, 39.625281456, 39.824323264, 47.656042675, 46.333595472,
    44.349974555, 42.867111225, 54.032272027, 50.641436758, 45.834456211, 42.42576667, 49.996882064,
    49.709480629, 49.402147557, 49.257044082, 51.305848523, 51.052725941, 50.864517552,
    50.852973736, 48.299793784, 47.535289257, 46.585109146, 46.007821567,
  ];
  const found = smoothReference(voxels, [2, 3, 4], [0.5, 1, 2]);
  for (const [at, value] of found.entries()) expect(value).toBeCloseTo(expected[at] ?? 0, 8);
});
