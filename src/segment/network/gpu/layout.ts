import { volumeOf, type Zyx } from '../../../core/vec';
import type { Precision } from '../network';
import { quadsOf } from './quads';
import type { NetworkSetup } from './setup';
import { scratchBytes } from './winograd';

export const BYTES_PER_VALUE: Readonly<Record<Precision, number>> = { f32: 4, f16: 2 };

/** Voxels of so many fields of view, each with its border of one. */
export const paddedVoxels = ([depth, height, width]: Zyx, fields: number): number =>
  fields * volumeOf([depth + 2, height + 2, width + 2]);

/** Bytes of each buffer that a network with a batch of so many fields of view needs, weights left out; 0: it has none. */
export function activationBytes(
  { fieldOfViewZyx: shapeZyx, features, precision, tiling }: NetworkSetup,
  fields: number,
) {
  const quad = 4 * BYTES_PER_VALUE[precision];
  const plain = 4 * fields * volumeOf(shapeZyx);
  const padded = quad * paddedVoxels(shapeZyx, fields);
  const stack = padded * quadsOf(features);
  const between =
    tiling.kernel === 'winograd'
      ? scratchBytes(shapeZyx, fields, quadsOf(features))
      : { spread: 0, products: 0 };
  return {
    image: plain,
    seed: plain,
    logits: plain,
    input: padded,
    stream: stack,
    inner: stack,
    ...between,
  };
}
