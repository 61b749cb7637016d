import { describe, expect, it } from 'vitest';
import { isFloodlightError } from '../core/errors';
import { type ArrayToDecode, type CodecMetadata, planDecode } from './plan';

const array: ArrayToDecode = { element: 'uint16', shape: [2, 3, 5], endian: 'little' };
const codec = (name: string, configuration?: Record<string, unknown>): CodecMetadata => ({
  name,
  configuration,
});

describe('planDecode', () => {
  it('undoes codecs from the last to the first, with sizes from the metadata alone', () => {
    const codecs = [
      codec('transpose', { order: [2, 0, 1] }),
      codec('bytes', { endian: 'big' }),
      codec('blosc', { cname: 'zstd' }),
      codec('crc32c'),
    ];
    expect(planDecode(codecs, array)).toEqual({
      steps: [
        { codec: 'crc32c' },
        { codec: 'blosc', mostBytes: 60 },
        { codec: 'swap', elementBytes: 2, count: 30 },
        { codec: 'transpose', elementBytes: 2, shape: [5, 2, 3], axes: [1, 2, 0] },
      ],
      decodedBytes: 60,
    });
  });

  it('knows the stored size where nothing is compressed', () => {
    expect(planDecode([codec('bytes'), codec('crc32c')], array)).toEqual({
      steps: [{ codec: 'crc32c' }],
      decodedBytes: 60,
      encodedBytes: 64,
    });
    expect(planDecode([], array)).toEqual({ steps: [], decodedBytes: 60, encodedBytes: 60 });
  });

  it('bounds what lies between two compressors', () => {
    expect(planDecode([codec('gzip'), codec('numcodecs.zstd')], array).steps).toEqual([
      { codec: 'zstd', mostBytes: 120 + 65536 },
      { codec: 'gzip', mostBytes: 60 },
    ]);
  });

  it('reads filters of version 2: types before and behind them, the last one’s byte order', () => {
    const floats: ArrayToDecode = { element: 'float32', shape: [4], endian: 'little' };
    const filters = [
      codec('fixedscaleoffset', { scale: 10, offset: 5, dtype: '<f4', astype: '>i2' }),
      codec('delta', { dtype: '>i2' }),
      codec('shuffle', { elementsize: 2 }),
    ];
    expect(planDecode(filters, floats).steps).toEqual([
      { codec: 'shuffle', elementBytes: 2, count: 4 },
      { codec: 'swap', elementBytes: 2, count: 4 },
      { codec: 'delta', element: 'int16', count: 4 },
      { codec: 'fixedscaleoffset', from: 'int16', to: 'float32', scale: 10, offset: 5, count: 4 },
    ]);
    const big = planDecode([codec('delta', { dtype: '>u2' })], { ...array, endian: 'big' });
    expect(big.steps.map((step) => step.codec)).toEqual(['swap', 'delta']);
  });

  it('reads scale_offset and cast_value of version 3', () => {
    const floats: ArrayToDecode = { element: 'float32', shape: [4], endian: 'little' };
    const codecs = [
      codec('scale_offset', { scale: 2 }),
      codec('cast_value', { data_type: 'uint8' }),
      codec('bytes'),
    ];
    const step = { codec: 'fixedscaleoffset', to: 'float32', offset: 0, count: 4 };
    expect(planDecode(codecs, floats)).toMatchObject({
      steps: [
        { ...step, from: 'uint8', scale: 1 },
        { ...step, from: 'float32', scale: 2 },
      ],
      decodedBytes: 16,
      encodedBytes: 4,
    });
  });

  it('transposes no more than 8 axes', () => {
    const codecs = [codec('transpose', { order: 'F' })];
    const of = (rank: number) => ({ ...array, shape: Array(rank).fill(2) });
    expect(planDecode(codecs, of(8)).steps.length).toBe(1);
    expect(() => planDecode(codecs, of(9))).toThrow('9 axes are more than 8');
  });

  it('leaves out what changes nothing', () => {
    const codecs = [
      codec('transpose', { order: 'C' }),
      codec('bitround', { keepbits: 3 }),
      codec('bytes', { endian: 'big' }),
    ];
    expect(planDecode(codecs, { ...array, element: 'uint8' }).steps).toEqual([]);
  });

  const bad: [string, CodecMetadata[], RegExp][] = [
    ['jpeg2k', [codec('jpeg2k')], /not supported/],
    ['toString', [codec('toString')], /not supported/],
    ['transpose', [codec('transpose', { order: [0, 1] })], /no order of 3 axes/],
    ['transpose', [codec('transpose', { order: [0, 1, 1] })], /no order of 3 axes/],
    ['transpose', [codec('transpose')], /order/],
    ['transpose', [codec('bytes'), codec('transpose', { order: 'F' })], /cannot follow/],
    ['bytes', [codec('bytes'), codec('bytes')], /cannot follow/],
    ['bytes', [codec('bytes', { endian: 'middle' })], /endian/],
    ['delta', [codec('delta', { dtype: '<u4' })], /uint32 of an array of uint16/],
    ['delta', [codec('delta', { dtype: '<u2', astype: '<i4' })], /not supported/],
    ['delta', [codec('delta', { dtype: '<U5' })], /<U5/],
    ['fixedscaleoffset', [codec('fixedscaleoffset', { scale: 0, offset: 1 })], /scale/],
    ['scale_offset', [codec('scale_offset', {})], /scaled uint16/],
    ['cast_value', [codec('cast_value', { data_type: 'int16' })], /int16 made uint16/],
    ['cast_value', [codec('cast_value', { data_type: 'uint8', scalar_map: {} })], /scalar_map/],
    ['shuffle', [codec('shuffle', { elementsize: 7 })], /do not fit/],
    ['shuffle', [codec('zstd'), codec('shuffle', { elementsize: 2 })], /do not fit/],
    ['crc32c', [codec('crc32c', { location: 'start' })], /location/],
  ];
  it.each(bad)('refuses %s: %j', (name, codecs, reason) => {
    let error: unknown;
    try {
      planDecode(codecs, array);
    } catch (thrown) {
      error = thrown;
    }
    expect(isFloodlightError(error, 'CODEC_FAILED') && error.fields).toEqual({
      codec: name,
      reason: expect.stringMatching(reason),
    });
  });
});
