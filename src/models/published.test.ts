import { describe, expect, it } from 'vitest';
import { hasData } from '../volume/testing/data';
import { readModel } from './read-model';
import { publishedFiles, publishedModel } from './testing';

describe.skipIf(!hasData('ffn-fib25'))("google/ffn's checkpoint for FIB-25", () => {
  it('is read with all of its weights, and known by them', async () => {
    const { layers, ...model } = await publishedModel();
    expect(model).toEqual({
      id: '0fe5a823dc8ac106',
      name: 'FIB-25',
      source: 'google/ffn, models/fib25/model.ckpt-27465036',
      licence: 'Apache-2.0',
      depth: 12,
      features: 32,
      fieldOfViewZyx: [33, 33, 33],
      deltasZyx: [8, 8, 8],
      voxelSizeNm: [10, 10, 10],
      normalization: { mean: 128, deviation: 33 },
      padProbability: 0.05,
      moveThreshold: 0.9,
    });
    expect(layers.map(({ inputs, outputs }) => `${inputs} ${outputs}`)).toEqual([
      '2 32',
      ...Array.from({ length: 23 }, () => '32 32'),
      '32 1',
    ]);
    // As NumPy reads the file at the offsets of its index.
    expect([...(layers[0]?.weights.subarray(0, 3) ?? [])].map((value) => value.toFixed(6))).toEqual(
      ['0.052633', '0.050980', '-0.068838'],
    );
    expect(layers.at(-1)?.biases[0]).toBeCloseTo(0.314614, 6);
  });

  it('is not read without its data, or with data cut off', async () => {
    const [index, data] = await publishedFiles();
    if (!index || !data) throw new Error('it has two files');
    await expect(readModel([index])).rejects.toMatchObject({
      code: 'BAD_MODEL',
      fields: { reason: 'model.ckpt-27465036.data-00000-of-00001 is not among its files' },
    });
    await expect(
      readModel([index, { ...data, bytes: data.bytes.subarray(0, 1_000_000) }]),
    ).rejects.toMatchObject({ code: 'BAD_MODEL' });
  });
});
