import { describe, expect, it } from 'vitest';
import { isFloodlightError } from '../core/errors';
import { parseArrayMetadata } from './array-metadata';

const url = 'http://host/a.zarr/0';
const supported = ['uint8', 'uint16', 'uint64', 'float32'] as const;
const v2 = {
  zarr_format: 2,
  shape: [10, 20, 30],
  chunks: [5, 6, 7],
  dtype: '<u2',
  order: 'C',
  compressor: { id: 'blosc' },
  filters: null,
  fill_value: null,
};
const v3 = {
  zarr_format: 3,
  node_type: 'array',
  shape: [10, 20, 30],
  data_type: 'float32',
  chunk_grid: { name: 'regular', configuration: { chunk_shape: [5, 6, 7] } },
  chunk_key_encoding: { name: 'default' },
  codecs: [{ name: 'bytes', configuration: { endian: 'little' } }],
  fill_value: 'NaN',
};
const sharded = (chunk_shape: number[]) => ({
  ...v3,
  codecs: [
    {
      name: 'sharding_indexed',
      configuration: {
        chunk_shape,
        codecs: [{ name: 'bytes' }],
        index_codecs: [{ name: 'bytes' }, { name: 'crc32c' }],
      },
    },
  ],
});
const grid = (chunk_shape: number[]) => ({ name: 'regular', configuration: { chunk_shape } });

describe('parseArrayMetadata', () => {
  it('reads both versions', () => {
    const read = (metadata: object, version: 2 | 3) => {
      const { document, ...parsed } = parseArrayMetadata(metadata, version, supported, url);
      return { ...parsed, document: document() };
    };
    expect(read(v2, 2)).toMatchObject({
      shape: [10, 20, 30],
      chunkShape: [5, 6, 7],
      dtype: 'uint16',
      fillBits: 0,
      document: { data_type: 'uint16', fill_value: 0 },
    });
    expect(read(v3, 3)).toMatchObject({
      chunkShape: [5, 6, 7],
      dtype: 'float32',
      fillBits: 0x7fc00000,
      document: { data_type: 'uint32', fill_value: 0x7fc00000 },
    });
    const shards = { ...sharded([5, 2, 15]), chunk_grid: grid([10, 10, 30]) };
    expect(read(shards, 3).chunkShape).toEqual([5, 2, 15]);
  });

  const bad: [string, object, 2 | 3, RegExp][] = [
    ['other JSON', { hello: 1 }, 2, /zarr_format/],
    ['an empty axis', { ...v2, shape: [0, 20, 30] }, 2, /shape\.0/],
    ['a negative axis', { ...v2, shape: [-5, 20, 30] }, 2, /shape\.0/],
    ['a fractional axis', { ...v2, shape: [1.5, 20, 30] }, 2, /shape\.0/],
    ['a huge axis', { ...v2, shape: [2 ** 32, 20, 30] }, 2, /larger than 8388608/],
    ['an unsafe axis', { ...v2, shape: [1e300, 20, 30] }, 2, /shape\.0/],
    ['chunks of another rank', { ...v2, chunks: [5, 5] }, 2, /2 axes, the array has 3/],
    ['empty chunks', { ...v2, chunks: [0, 5, 5] }, 2, /chunks\.0/],
    ['chunks above 1 GiB', { ...v2, chunks: [1024, 1024, 513] }, 2, /larger than 1024 MiB/],
    ['chunks beyond numbers', { ...v2, chunks: [1e15, 1e15, 1e15] }, 2, /larger than 1024 MiB/],
    ['an unknown codec', { ...v2, compressor: { id: 'jpeg2k' } }, 2, /jpeg2k/],
    ['an unknown filter', { ...v2, filters: [{ id: 'toString' }] }, 2, /toString/],
    ['an unknown codec of version 3', { ...v3, codecs: [{ name: 'sz3' }] }, 3, /sz3/],
    ['a fill value of another kind', { ...v3, fill_value: 'seven' }, 3, /fill_value/],
    ['a fractional fill value', { ...v2, fill_value: 0.5 }, 2, /fill_value/],
    ['an irregular grid', { ...v3, chunk_grid: { name: 'rectilinear' } }, 3, /chunk_grid/],
    ['shards that do not divide', sharded([2, 2, 2]), 3, /do not divide/],
    [
      'shards of too many chunks',
      { ...sharded([1, 1, 1]), chunk_grid: grid([256, 256, 256]) },
      3,
      /a shard holds/,
    ],
  ];
  it.each(bad)('refuses %s', (_, document, version, reason) => {
    let error: unknown;
    try {
      parseArrayMetadata(document, version, supported, url);
    } catch (thrown) {
      error = thrown;
    }
    expect(isFloodlightError(error, 'BAD_METADATA') && error.fields.reason).toMatch(reason);
  });

  it.each([
    ['<f8', 'float64'],
    ['|b1', 'bool'],
    ['<M8[ns]', '<M8[ns]'],
    [[['r', '|u1']], '[["r","|u1"]]'],
  ])('names the unsupported dtype %j', (stored, dtype) => {
    try {
      parseArrayMetadata({ ...v2, dtype: stored, fill_value: '' }, 2, supported, url);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'UNSUPPORTED_DTYPE', fields: { url, dtype, supported } });
    }
  });
});
