import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../../../core/testing/random';
import { randomLayer } from '../testing';
import { packFactors } from './factors';
import { fitBatch } from './fit-batch';
import { activationBytes } from './layout';
import { TILINGS_OF_GPUS } from './tiling';
import { packBiases, packWeights } from './weights';
import { OF_TAPS } from './winograd';

describe('packed weights', () => {
  it('hold each weight once, where the kernel looks for it, and zeros else', () => {
    const layer = randomLayer(randomNumbers(1), [3, 3, 3], 6, 13);
    const [tileQuads, inQuads, perGroup] = [2, 2, 8];
    const packed = packWeights(layer, tileQuads, 'f32');
    expect(packed.length).toBe(2 * perGroup * 27 * inQuads * 4);
    let sum = 0;
    for (let tap = 0; tap < 27; tap++)
      for (let i = 0; i < 6; i++)
        for (let o = 0; o < 13; o++) {
          const [group, quad] = [Math.floor(o / perGroup), i >> 2];
          const [row, x] = [Math.floor(tap / 3), tap % 3];
          const at =
            ((((group * 9 + row) * inQuads + quad) * 3 + x) * 4 + (i % 4)) * perGroup +
            (o % perGroup);
          expect(packed[at]).toBe(layer.weights[(tap * 6 + i) * 13 + o]);
          sum += Math.abs(packed[at] ?? 0);
        }
    expect([...packed].reduce((all, value) => all + Math.abs(value), 0)).toBeCloseTo(sum, 6);
    expect([...packBiases(layer, tileQuads)]).toEqual([...layer.biases, 0, 0, 0]);
  });
});

describe('factors of Winograd’s algorithm', () => {
  it('are each the weights of a pair of taps along z, once, where the kernel looks for it, and zeros else', () => {
    const layer = randomLayer(randomNumbers(2), [3, 3, 3], 6, 13);
    const [tileQuads, inQuads, perGroup, groups] = [2, 2, 8, 2];
    const packed = packFactors(layer, tileQuads);
    const seen = new Set<number>();
    for (let product = 0; product < 64; product++)
      for (let z = 0; z < 3; z++)
        for (let i = 0; i < 6; i++)
          for (let o = 0; o < 13; o++) {
            let factor = 0;
            for (let tap = 0; tap < 9; tap++)
              factor +=
                (OF_TAPS[product >> 3]?.[Math.floor(tap / 3)] ?? 0) *
                (OF_TAPS[product & 7]?.[tap % 3] ?? 0) *
                (layer.weights[((z * 9 + tap) * 6 + i) * 13 + o] ?? 0);
            const [group, quad] = [Math.floor(o / perGroup), i >> 2];
            const at =
              ((((product * groups + group) * inQuads + quad) * 3 + z) * 4 + (i % 4)) * perGroup +
              (o % perGroup);
            if (Math.abs((packed[at] ?? 0) - factor) > 1e-6) expect(packed[at]).toBe(factor);
            seen.add(at);
          }
    expect(packed.length).toBe(64 * groups * inQuads * 3 * 4 * perGroup);
    expect([...packed].every((value, at) => value === 0 || seen.has(at))).toBe(true);
  });
});

describe('the batch of a network', () => {
  const setup = {
    fieldOfViewZyx: [33, 33, 33],
    features: 32,
    precision: 'f32',
    tiling: TILINGS_OF_GPUS[0],
  } as const;
  const bytes = (fields: number) => {
    const each = Object.values(activationBytes(setup, fields));
    return { all: each.reduce((sum, size) => sum + size, 0), largest: Math.max(...each) };
  };
  const fit = (freeBytes: number, bindingBytes: number) =>
    fitBatch(setup, 64, { freeBytes, bindingBytes });

  it('is as large as memory and bindings allow', () => {
    expect(fit(2 ** 40, 2 ** 40)).toBe(64);
    expect(fit(bytes(5).all, 2 ** 40)).toBe(5);
    expect(fit(bytes(5).all - 1, 2 ** 40)).toBe(4);
    expect(fit(2 ** 40, bytes(3).largest)).toBe(3);
  });

  it('is none where not one field of view fits', () => {
    expect(() => fit(bytes(1).all - 1, 2 ** 40)).toThrow(/smaller field of view/);
    expect(() => fit(2 ** 40, bytes(1).largest - 1)).toThrow(
      expect.objectContaining({ code: 'BUDGET_EXCEEDED' }),
    );
  });
});
