import { FloodlightError } from '../../core/errors';
import type { ConvLayer, FfnLayers } from './network';

const bad = (reason: string) => new FloodlightError('BAD_PARAMETERS', { what: 'Network', reason });

function checkLayer(
  { kernelZyx, inputs, outputs, weights, biases }: ConvLayer,
  name: string,
  expected: { readonly taps: readonly number[]; readonly inputs: number; readonly outputs: number },
): void {
  const [taps] = kernelZyx;
  if (!expected.taps.includes(taps) || kernelZyx.some((size) => size !== taps))
    throw bad(
      `${name} has ${kernelZyx.join(' × ')} taps where ${expected.taps.map((size) => `${size}³`).join(' or ')} belong`,
    );
  if (inputs !== expected.inputs || outputs !== expected.outputs)
    throw bad(
      `${name} leads from ${inputs} channels to ${outputs} where it is ${expected.inputs} to ${expected.outputs}`,
    );
  if (weights.length !== taps ** 3 * inputs * outputs || biases.length !== outputs)
    throw bad(`${name} has ${weights.length} weights and ${biases.length} biases`);
}

/** BAD_PARAMETERS unless layers are those of a flood-filling network: pairs of 3³ or 1³ taps, then 1³, and channels that fit. */
export function checkFfn({ depth, features, layers }: FfnLayers): void {
  if (!Number.isSafeInteger(depth) || depth < 1) throw bad(`it has a depth of ${depth}`);
  if (!Number.isSafeInteger(features) || features < 1) throw bad(`it has ${features} features`);
  if (layers.length !== 2 * depth + 1)
    throw bad(`it has ${layers.length} layers where a depth of ${depth} makes ${2 * depth + 1}`);
  layers.forEach((layer, index) => {
    const isLast = index === 2 * depth;
    checkLayer(layer, `layer ${index}`, {
      taps: isLast ? [1] : [3, 1],
      inputs: index === 0 ? 2 : features,
      outputs: isLast ? 1 : features,
    });
  });
}
