import { float16Bits } from '../../../core/float16';
import type { ConvLayer, Precision } from '../network';
import { quadsOf } from './quads';

const asStored = (values: Float32Array<ArrayBuffer>, precision: Precision) =>
  precision === 'f32' ? values : Uint16Array.from(values, float16Bits);

/**
 * The weights of a layer in the order in which convolve.wgsl reads them: by group of `tileQuads` quads of outputs, tap z, tap y, quad
 * of inputs, tap x, input, output of the group. Zeros where inputs and outputs end.
 */
export function packWeights(
  { kernelZyx: [kz, ky, kx], inputs, outputs, weights }: ConvLayer,
  tileQuads: number,
  precision: Precision,
) {
  const inQuads = quadsOf(inputs);
  const perGroup = 4 * tileQuads;
  const groups = Math.ceil(outputs / perGroup);
  const packed = new Float32Array(groups * kz * ky * inQuads * kx * 4 * perGroup);
  let to = 0;
  for (let group = 0; group < groups; group++)
    for (let tap = 0; tap < kz * ky; tap++)
      for (let quad = 0; quad < inQuads; quad++)
        for (let x = 0; x < kx; x++)
          for (let i = 4 * quad; i < 4 * quad + 4; i++)
            for (let o = group * perGroup; o < (group + 1) * perGroup; o++) {
              const isThere = i < inputs && o < outputs;
              packed[to++] = isThere
                ? (weights[((tap * kx + x) * inputs + i) * outputs + o] ?? 0)
                : 0;
            }
  return asStored(packed, precision);
}

/** Biases in f32, filled up to whole groups. */
export function packBiases({ outputs, biases }: ConvLayer, tileQuads: number) {
  const packed = new Float32Array(Math.ceil(outputs / (4 * tileQuads)) * 4 * tileQuads);
  packed.set(biases);
  return packed;
}

/** The weights of a layer of one tap and one output, as logits.wgsl reads them. */
export function packLogitWeights({ inputs, weights }: ConvLayer, precision: Precision) {
  const packed = new Float32Array(4 * quadsOf(inputs));
  packed.set(weights);
  return asStored(packed, precision);
}
