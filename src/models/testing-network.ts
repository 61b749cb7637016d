import type { FfnLayers } from '../segment/network/network';
import { ffnLayerShapes, ffnTensors } from './ffn-layers';
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

/** Its tensors as google/ffn names them. */
export const tensorsOf = ({ depth, features, layers }: FfnLayers): WrittenTensor[] => {
  const values = layers.flatMap(({ weights, biases }) => [weights, biases]);
  return ffnTensors(depth, features).map((tensor, index) => ({
    ...tensor,
    bytes: new Uint8Array(Float32Array.from(values[index] ?? []).buffer),
  }));
};
