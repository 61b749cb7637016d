import type { FfnLayers } from '../segment/network/network';
import { ffnLayerShapes, tensorNames } from './ffn-layers';
import type { WrittenTensor } from './testing-bundle';

/** A network of weights without order, the same for each seed. */
export function randomNetwork(depth: number, features: number, seed: number): FfnLayers {
  let state = seed;
  const next = () => Math.fround(Math.sin(++state * 1e4) / 2);
  const values = (length: number) => Float32Array.from({ length }, next);
  const layers = ffnLayerShapes(depth, features).map(({ name: _, ...shape }) => {
    const [kz, ky, kx] = shape.kernelZyx;
    return {
      ...shape,
      weights: values(kz * ky * kx * shape.inputs * shape.outputs),
      biases: values(shape.outputs),
    };
  });
  return { depth, features, layers };
}

const bytesOf = (values: Float32Array) => new Uint8Array(Float32Array.from(values).buffer);

/** Its tensors as google/ffn names them. */
export const tensorsOf = ({ depth, features, layers }: FfnLayers): WrittenTensor[] =>
  ffnLayerShapes(depth, features).flatMap(({ name, kernelZyx, inputs, outputs }, index) => {
    const { weights, biases } = tensorNames(name);
    const layer = layers[index];
    if (!layer) throw new RangeError(`there is no layer ${index}`);
    return [
      {
        name: weights,
        shape: [...kernelZyx, inputs, outputs],
        bytes: bytesOf(layer.weights),
      },
      { name: biases, shape: [outputs], bytes: bytesOf(layer.biases) },
    ];
  });
