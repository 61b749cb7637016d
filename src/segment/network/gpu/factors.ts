import type { ConvLayer } from '../network';
import { quadsOf } from './quads';
import { IN, OF_TAPS } from './winograd';

/**
 * What the weights of a layer of 3³ taps become along y and x, in the order in which winograd_multiply.wgsl reads them: by product
 * (y, x), group of `tileQuads` quads of outputs, quad of inputs, tap z, input, output of the group. Zeros where inputs and outputs end.
 */
export function packFactors({ inputs, outputs, weights }: ConvLayer, tileQuads: number) {
  const inQuads = quadsOf(inputs);
  const perGroup = 4 * tileQuads;
  const groups = Math.ceil(outputs / perGroup);
  const perProduct = groups * inQuads * 3 * 4 * perGroup;
  const packed = new Float32Array(IN * IN * perProduct);
  for (let z = 0; z < 3; z++)
    for (let i = 0; i < inputs; i++)
      for (let o = 0; o < outputs; o++) {
        const [group, quad] = [Math.floor(o / perGroup), i >> 2];
        const at = (((group * inQuads + quad) * 3 + z) * 4 + (i % 4)) * perGroup + (o % perGroup);
        const weight = (y: number, x: number) =>
          weights[(((z * 3 + y) * 3 + x) * inputs + i) * outputs + o] ?? 0;
        const rows = [0, 1, 2].map((y) =>
          OF_TAPS.map(([a, b, c]) => a * weight(y, 0) + b * weight(y, 1) + c * weight(y, 2)),
        );
        OF_TAPS.forEach((ofTaps, productY) => {
          for (let productX = 0; productX < IN; productX++) {
            let factor = 0;
            for (const [y, row] of rows.entries())
              factor += (ofTaps[y] ?? 0) * (row[productX] ?? 0);
            packed[(productY * IN + productX) * perProduct + at] = factor;
          }
        });
      }
  return packed;
}
