import fc from 'fast-check';
import { allocate, type ImageArray, type ImageDtype } from '../../core/dtype';

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

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

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
