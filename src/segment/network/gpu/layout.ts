import { volumeOf, type Zyx } from '../../../core/vec';
import type { Precision } from '../network';

export const BYTES_PER_VALUE: Readonly<Record<Precision, number>> = { f32: 4, f16: 2 };

/** Channels come in fours, the last filled up with zeros. */
export const quadsOf = (channels: number): number => Math.ceil(channels / 4);

/** Voxels of so many fields of view, each with its border of one. */
export const paddedVoxels = ([depth, height, width]: Zyx, fields: number): number =>
  fields * volumeOf([depth + 2, height + 2, width + 2]);

/** Bytes of each buffer that a network with a batch of so many fields of view needs, weights left out. */
export function activationBytes(
  shapeZyx: Zyx,
  fields: number,
  features: number,
  precision: Precision,
) {
  const quad = 4 * BYTES_PER_VALUE[precision];
  const plain = 4 * fields * volumeOf(shapeZyx);
  const padded = quad * paddedVoxels(shapeZyx, fields);
  const stack = padded * quadsOf(features);
  return { image: plain, seed: plain, logits: plain, input: padded, stream: stack, inner: stack };
}
