import type { ModelDetails } from '../segment/ffn/model';

/** Networks that are known by their digest. */
const known: Readonly<Record<string, Partial<ModelDetails>>> = {
  '0fe5a823dc8ac106': {
    name: 'FIB-25',
    source: 'google/ffn, models/fib25/model.ckpt-27465036',
    licence: 'Apache-2.0',
    fieldOfViewZyx: [33, 33, 33],
    deltasZyx: [8, 8, 8],
    voxelSizeNm: [10, 10, 10],
    normalization: { mean: 128, deviation: 33 },
    padProbability: 0.05,
    moveThreshold: 0.9,
  },
};

/** What is known of a network by its weights. */
export const knownDetails = (id: string): Partial<ModelDetails> => known[id] ?? {};
