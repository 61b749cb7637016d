/** Networks and fields of view for tests: not part of what ships. */

import { volumeOf, type Zyx } from '../../core/vec';
import type { ConvLayer, FfnLayers, Network } from './network';
import { applyFfn } from './reference';

/** A generator of normally distributed numbers (Box and Muller) out of one of uniform numbers in [0, 1). */
export const normal = (uniform: () => number) => (): number =>
  Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

/** A layer whose outputs are about as large as its inputs. */
export function randomLayer(
  uniform: () => number,
  kernelZyx: Zyx,
  inputs: number,
  outputs: number,
): ConvLayer {
  const gauss = normal(uniform);
  const taps = kernelZyx[0] * kernelZyx[1] * kernelZyx[2];
  const scale = Math.sqrt(2 / (taps * inputs));
  return {
    kernelZyx,
    inputs,
    outputs,
    weights: Float32Array.from({ length: taps * inputs * outputs }, () => scale * gauss()),
    biases: Float32Array.from({ length: outputs }, () => 0.1 * gauss()),
  };
}

/** A flood-filling network of random weights. Its layers but the last have so many taps along an axis, over and over. */
export function randomNetwork(
  uniform: () => number,
  depth: number,
  features: number,
  tapsOf: readonly (1 | 3)[] = [3],
): FfnLayers {
  const layers = Array.from({ length: 2 * depth }, (_, index) => {
    const taps = tapsOf[index % tapsOf.length] ?? 3;
    return randomLayer(uniform, [taps, taps, taps], index === 0 ? 2 : features, features);
  });
  return { depth, features, layers: [...layers, randomLayer(uniform, [1, 1, 1], features, 1)] };
}

export const randomValues = (uniform: () => number, length: number) =>
  Float32Array.from({ length }, normal(uniform));

/** ‖actual − expected‖ / ‖expected‖. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [difference, norm] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const value = expected[i] ?? 0;
    difference += ((actual[i] ?? Number.NaN) - value) ** 2;
    norm += value ** 2;
  }
  return Math.sqrt(difference / norm);
}

/** Applies a network to so many random fields of view, and compares with the plain twin one by one: the largest relative error. */
export async function errorAgainstTwin(
  network: Network,
  layers: FfnLayers,
  fields: number,
  uniform: () => number,
): Promise<number> {
  const { fieldOfViewZyx } = network;
  const voxels = volumeOf(fieldOfViewZyx);
  const image = randomValues(uniform, fields * voxels);
  const seed = randomValues(uniform, fields * voxels);
  const logits = await network.apply(image, seed);
  if (logits.length !== fields * voxels) return Number.POSITIVE_INFINITY;
  const errors = Array.from({ length: fields }, (_, field) => {
    const of = (values: Float32Array) => values.subarray(field * voxels, (field + 1) * voxels);
    return relativeError(of(logits), applyFfn(layers, fieldOfViewZyx, of(image), of(seed)));
  });
  // NaN stays NaN.
  return Math.max(...errors);
}
