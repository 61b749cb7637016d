import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mutate, Random } from '../codecs/testing/mutate';
import { FloodlightError, isFloodlightError } from '../core/errors';
import type { FfnModel } from '../segment/ffn/model';
import { readModel, writeModel } from './read-model';
import { readSafetensors, writeSafetensors } from './safetensors';
import { writeBundle } from './testing-bundle';
import { randomNetwork, tensorsOf } from './testing-network';

const fail = (reason: string) => new FloodlightError('BAD_MODEL', { model: 'it', reason });
const file = (bytes: Uint8Array) => [{ name: 'it.safetensors', bytes }];
const details = {
  name: 'Näme, with “quotes”',
  source: 'somewhere',
  licence: 'CC-BY 4.0',
  fieldOfViewZyx: [17, 33, 41],
  deltasZyx: [4, 8, 10],
  voxelSizeNm: [30.5, 8, 8],
  normalization: { mean: 141.25, deviation: 0.1 },
  padProbability: 0.5,
  moveThreshold: 0.6,
} as const;
const bundle = (depth = 2, features = 3) =>
  writeBundle('it', tensorsOf(randomNetwork(depth, features, 5)));

/** A file whose header is this text, before so many bytes of data. */
function withHeader(header: string, dataBytes: number, claimedBytes?: bigint): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, claimedBytes ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

describe('models as safetensors', () => {
  it('are the same as the checkpoints they were made of', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 5 }),
        async (depth, features) => {
          const model = await readModel(bundle(depth, features), details);
          expect(model).toMatchObject(details);
          expect(await readModel(file(writeModel(model)))).toEqual(model);
        },
      ),
      { numRuns: 15 },
    ));

  it('do not pass on what was assumed', async () => {
    const model = await readModel(bundle());
    expect(model).toMatchObject({ isAssumed: true, fieldOfViewZyx: [33, 33, 33] });
    const bytes = writeModel(model);
    expect(readSafetensors(bytes, fail).metadata).not.toHaveProperty('deltas_zyx');
    expect(await readModel(file(bytes))).toEqual(model);
    const said = await readModel(file(bytes), { deltasZyx: [8, 8, 8] });
    expect(said).not.toHaveProperty('isAssumed');
  });

  it('of other programs are read without metadata', async () => {
    const { tensors } = readSafetensors(writeModel(await readModel(bundle())), fail);
    const written = [...tensors].map(([name, { shape, read }]) => ({
      name,
      shape,
      values: read(),
    }));
    const model = await readModel(file(writeSafetensors(written.reverse(), {})));
    expect(model).toMatchObject({ name: 'it', depth: 2, features: 3, isAssumed: true });
  });

  it.each([
    ['no JSON', withHeader('{', 0)],
    ['no list', withHeader('[]', 0)],
    ['null', withHeader('null', 0)],
    ['metadata that are no strings', withHeader('{"__metadata__":{"a":1}}', 0)],
    ['a header beyond the end', withHeader('{}', 0, 1000n)],
    ['a header larger than memory', withHeader('{}', 0, 2n ** 63n)],
    [
      'offsets past the end',
      withHeader('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', 4),
    ],
    [
      'offsets that run back',
      withHeader('{"a":{"dtype":"F32","shape":[0],"data_offsets":[4,0]}}', 4),
    ],
    ['data of nobody', withHeader('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 8)],
    [
      'two tensors at one place',
      withHeader(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
        4,
      ),
    ],
    ['negative sizes', withHeader('{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', 4)],
    ['a deep header', withHeader('['.repeat(1e6), 0)],
  ])('with %s are refused', async (_, bytes) => {
    await expect(readModel(file(bytes))).rejects.toMatchObject({ code: 'BAD_MODEL' });
  });

  it.each([
    ['field_of_view_zyx', '33,33'],
    ['field_of_view_zyx', '32,33,33'],
    ['deltas_zyx', '0,8,8'],
    ['deltas_zyx', '17,8,8'],
    ['deltas_zyx', ',,'],
    ['image_deviation', '0'],
    ['pad_probability', '1'],
    ['voxel_size_nm_zyx', '8,8,1e999'],
    ['name', ''],
  ])('whose %s is “%s” are refused', async (key, value) => {
    const { metadata, tensors } = readSafetensors(
      writeModel(await readModel(bundle(), details)),
      fail,
    );
    const written = [...tensors].map(([name, { shape, read }]) => ({
      name,
      shape,
      values: read(),
    }));
    const bytes = writeSafetensors(written, { ...metadata, [key]: value });
    await expect(readModel(file(bytes))).rejects.toMatchObject({ code: 'BAD_MODEL' });
  });

  it('are refused wherever they are cut off, and whole or refused after other damages', async () => {
    const model = await readModel(bundle(1, 1), details);
    const bytes = writeModel(model);
    for (let length = 0; length < bytes.length; length++)
      await expect(readModel(file(bytes.subarray(0, length)))).rejects.toMatchObject({
        code: 'BAD_MODEL',
      });
    const random = new Random(3);
    const outcomes = new Set<string>();
    const shapeOf = ({ layers }: FfnModel) => layers.map(({ weights }) => weights.length);
    for (let times = 0; times < 5000; times++) {
      try {
        // There are no checksums: weights may differ, their number may not.
        const read = await readModel(file(mutate(bytes, bytes, random)));
        expect(shapeOf(read)).toEqual(shapeOf(model));
        outcomes.add('read');
      } catch (error) {
        if (!isFloodlightError(error)) throw error;
        outcomes.add(error.code);
      }
    }
    expect([...outcomes].sort()).toEqual(['BAD_MODEL', 'FOREIGN_MODEL', 'read']);
  }, 60_000);
});
