import { volumeOf, type Zyx } from '../../core/vec';
import type { ConvLayer, FfnLayers } from './network';
import { type Activation, planFfn } from './plan';

/** Channels last: (z, y, x, channel). */
export type Channels = Float64Array;

/** The plain twin of the kernels: one convolution, zero outside, in doubles. */
export function convolve(input: Channels, shapeZyx: Zyx, layer: ConvLayer): Channels {
  const [depth, height, width] = shapeZyx;
  const { kernelZyx, inputs, outputs, weights, biases } = layer;
  const [kz, ky, kx] = kernelZyx;
  const result = new Float64Array(volumeOf(shapeZyx) * outputs);
  for (let z = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const to = ((z * height + y) * width + x) * outputs;
        result.set(biases, to);
        for (let tap = 0; tap < kz * ky * kx; tap++) {
          const fromZ = z + Math.floor(tap / (ky * kx)) - (kz >> 1);
          const fromY = y + (Math.floor(tap / kx) % ky) - (ky >> 1);
          const fromX = x + (tap % kx) - (kx >> 1);
          if (fromZ < 0 || fromY < 0 || fromX < 0) continue;
          if (fromZ >= depth || fromY >= height || fromX >= width) continue;
          const from = ((fromZ * height + fromY) * width + fromX) * inputs;
          for (let i = 0; i < inputs; i++) {
            const value = input[from + i] ?? 0;
            const row = (tap * inputs + i) * outputs;
            for (let o = 0; o < outputs; o++)
              result[to + o] = (result[to + o] ?? 0) + value * (weights[row + o] ?? 0);
          }
        }
      }
  return result;
}

const relu = (values: Channels): Channels => values.map((value) => Math.max(value, 0));

/** The plain twin of a whole network, for one field of view: its logits, with the seed's. */
export function applyFfn(
  network: FfnLayers,
  shapeZyx: Zyx,
  image: Float32Array,
  seed: Float32Array,
): Float64Array {
  const activations: Record<Activation, Channels> = {
    input: Float64Array.from({ length: 2 * image.length }, (_, index) => {
      const values = index % 2 === 0 ? image : seed;
      return values[index >> 1] ?? 0;
    }),
    stream: new Float64Array(),
    inner: new Float64Array(),
    logits: Float64Array.from(seed),
  };
  for (const { layer, from, to, reluBefore, reluAfter, adds } of planFfn(network.depth)) {
    const conv = network.layers[layer];
    if (!conv) throw new RangeError(`a network of depth ${network.depth} lacks layer ${layer}`);
    const input = reluBefore ? relu(activations[from]) : activations[from];
    const plain = convolve(input, shapeZyx, conv);
    const result = reluAfter ? relu(plain) : plain;
    const before = activations[to];
    activations[to] = adds ? result.map((value, index) => value + (before[index] ?? 0)) : result;
  }
  return activations.logits;
}
