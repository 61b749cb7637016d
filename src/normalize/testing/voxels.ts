import fc from 'fast-check';
import { allocate, type ImageArray, type ImageDtype } from '../../core/dtype';
import { randomNumbers } from '../../core/testing/random';

const elements: Readonly<Record<ImageDtype, fc.Arbitrary<number>>> = {
  uint8: fc.integer({ min: 0, max: 2 ** 8 - 1 }),
  uint16: fc.integer({ min: 0, max: 2 ** 16 - 1 }),
  int16: fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }),
  float32: fc.float(),
};

/** Voxels of a dtype, NaN and infinities among those of float32. */
export const voxelsOf = (dtype: ImageDtype, maxLength = 70): fc.Arbitrary<ImageArray> =>
  fc.array(elements[dtype], { maxLength, size: 'max' }).map((values) => {
    const voxels = allocate(dtype, values.length);
    voxels.set(values);
    return voxels;
  });

/** Voxels of all image dtypes. */
export const anyVoxels = (maxLength?: number): fc.Arbitrary<ImageArray> =>
  fc.oneof(
    ...(['uint8', 'uint16', 'int16', 'float32'] as const).map((dtype) =>
      voxelsOf(dtype, maxLength),
    ),
  );

/** `length` voxels, each `valueAt(a random number, its index)`. */
export function randomVoxels(
  dtype: ImageDtype,
  length: number,
  valueAt: (random: number, index: number) => number,
): ImageArray {
  const random = randomNumbers(length);
  const voxels = allocate(dtype, length);
  for (let at = 0; at < length; at++) voxels[at] = valueAt(random(), at);
  return voxels;
}
