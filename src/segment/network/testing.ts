/** Networks and fields of view for tests: not part of what ships. */

import type { Zyx } from '../../core/vec';
import type { ConvLayer, FfnLayers } from './network';

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

/** A flood-filling network of random weights. */
export function randomNetwork(uniform: () => number, depth: number, features: number): FfnLayers {
  const layers = Array.from({ length: 2 * depth }, (_, index) =>
    randomLayer(uniform, [3, 3, 3], index === 0 ? 2 : features, features),
  );
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
