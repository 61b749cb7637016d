import type { Zyx } from '../core/vec';
import type { ConvLayer, FfnLayers } from '../segment/network/network';
import type { Fail } from './byte-reader';
import type { StoredTensors } from './tensors';

/** The scope that google/ffn's variables live in, all but bookkeeping. */
const SCOPE = 'seed_update';
const MOST_DEPTH = 256;
const MOST_FEATURES = 1024;
const KERNEL: Zyx = [3, 3, 3];
const LAST_KERNEL: Zyx = [1, 1, 1];

/** Errors of files that are damaged, and of models of another kind. */
export interface ModelFailures {
  readonly bad: Fail;
  readonly foreign: Fail;
}

interface LayerShape extends Pick<ConvLayer, 'kernelZyx' | 'inputs' | 'outputs'> {
  readonly name: string;
}

/** What the layers of a flood-filling network are called and how large they are, in the order they run. */
export function ffnLayerShapes(depth: number, features: number): LayerShape[] {
  const pairs = Array.from({ length: depth }, (_, pair): LayerShape[] => [
    {
      name: `conv${pair}_a`,
      kernelZyx: KERNEL,
      inputs: pair === 0 ? 2 : features,
      outputs: features,
    },
    { name: `conv${pair}_b`, kernelZyx: KERNEL, inputs: features, outputs: features },
  ]);
  const last = { name: 'conv_lom', kernelZyx: LAST_KERNEL, inputs: features, outputs: 1 };
  return [...pairs.flat(), last];
}

/** The names of a layer's two tensors. */
const tensorNames = (layer: string) => ({
  weights: `${SCOPE}/${layer}/weights`,
  biases: `${SCOPE}/${layer}/biases`,
});

/** All tensors of such a network, weights before biases, with their shapes. */
export const ffnTensors = (depth: number, features: number) =>
  ffnLayerShapes(depth, features).flatMap(({ name, kernelZyx, inputs, outputs }) => {
    const { weights, biases } = tensorNames(name);
    return [
      { name: weights, shape: [...kernelZyx, inputs, outputs] },
      { name: biases, shape: [outputs] },
    ];
  });

/** How many pairs of convolutions there are, one after the other from the first on. */
function depthOf(tensors: StoredTensors): number {
  let depth = 0;
  while (depth <= MOST_DEPTH && tensors.has(tensorNames(`conv${depth}_a`).weights)) depth++;
  return depth;
}

/**
 * How large the network is that tensors of google/ffn's `convstack_3d` make, by their names, types and shapes; others among
 * them, of optimizers and bookkeeping, are left alone. Throws `foreign` naming what is missing or of another shape.
 */
export function ffnSizeOf(
  tensors: StoredTensors,
  { foreign }: ModelFailures,
): Pick<FfnLayers, 'depth' | 'features'> {
  const depth = depthOf(tensors);
  const first = tensorNames('conv0_a').weights;
  if (depth === 0) throw foreign(`it lacks ${first}`);
  if (depth > MOST_DEPTH) throw foreign(`it has more than ${MOST_DEPTH} pairs of convolutions`);
  const features = tensors.get(first)?.shape.at(-1) ?? 0;
  if (features < 1 || features > MOST_FEATURES)
    throw foreign(`it has ${features} features, where 1 to ${MOST_FEATURES} can be`);
  const stray = [...tensors.keys()].find((name) => isBeyond(name, depth));
  if (stray) throw foreign(`it has ${stray}, but lacks ${tensorNames(`conv${depth}_a`).weights}`);
  for (const { name, shape } of ffnTensors(depth, features)) {
    const tensor = tensors.get(name);
    if (!tensor) throw foreign(`it lacks ${name}`);
    if (tensor.dtype !== 'float32') throw foreign(`${name} is ${tensor.dtype}, not float32`);
    if (tensor.shape.join() !== shape.join())
      throw foreign(`${name} is ${tensor.shape.join(' × ')}, not ${shape.join(' × ')}`);
  }
  return { depth, features };
}

/** The network itself. Throws as `ffnSizeOf` does, and `bad` where values are damaged. */
export function ffnLayersOf(tensors: StoredTensors, failures: ModelFailures): FfnLayers {
  const { depth, features } = ffnSizeOf(tensors, failures);
  const read = (name: string): Float32Array => {
    const values = tensors.get(name)?.read();
    if (!values?.every(Number.isFinite))
      throw failures.bad(`${name} has values that are no numbers`);
    return values;
  };
  const layers = ffnLayerShapes(depth, features).map(({ name, ...layer }): ConvLayer => {
    const { weights, biases } = tensorNames(name);
    return { ...layer, weights: read(weights), biases: read(biases) };
  });
  return { depth, features, layers };
}

/** Whether a name is that of weights past a pair that is missing. */
function isBeyond(name: string, depth: number): boolean {
  const [, pair] = /^seed_update\/conv(\d+)_[ab]\/(?:weights|biases)$/.exec(name) ?? [];
  return pair !== undefined && Number(pair) >= depth;
}
