import { gunzipSync } from 'node:zlib';
import Blosc from 'numcodecs/blosc';
import Zstd from 'numcodecs/zstd';
import { describe, expect, it } from 'vitest';
import type { Encoding } from './job';
import { testCoder } from './testing/coder';
import { crc32c } from './testing/crc32c';
import { sampleBytes } from './testing/oracle';

const raw = sampleBytes(50_000);
const encode = (encoding: Encoding) => testCoder.encode({ ...encoding, bytes: raw.slice() });

describe('encode', () => {
  it.each([1, 3, 9, 19])('makes zstd of level %i that numcodecs reads', async (level) => {
    const encoded = await encode({ codec: 'zstd', level, checksum: level === 9 });
    expect(encoded.length).toBeLessThan(raw.length);
    const decoded = await Zstd.fromConfig({ id: 'zstd' }).decode(encoded);
    expect(Buffer.compare(decoded, raw)).toBe(0);
  });

  it.each([
    [1, 'byte', 5],
    [2, 'byte', 1],
    [4, 'bit', 5],
    [8, 'none', 9],
  ] as const)(
    'makes blosc that numcodecs reads (%i, %s, %i)',
    async (elementBytes, shuffle, level) => {
      const encoded = await encode({ codec: 'blosc', elementBytes, shuffle, level });
      const decoded = await Blosc.fromConfig({ id: 'blosc' }).decode(encoded);
      expect(Buffer.compare(decoded, raw)).toBe(0);
    },
  );

  it.each([0, 1, 6, 9])('makes gzip of level %i, the same bytes twice', async (level) => {
    const encoded = await encode({ codec: 'gzip', level });
    expect(Buffer.compare(gunzipSync(encoded), raw)).toBe(0);
    expect(await encode({ codec: 'gzip', level })).toEqual(encoded);
  });

  it('appends a crc32c', async () => {
    const encoded = await encode({ codec: 'crc32c' });
    expect(encoded.length).toBe(raw.length + 4);
    expect(new DataView(encoded.buffer).getUint32(raw.length, true)).toBe(crc32c(raw));
  });

  it.each([
    { codec: 'zstd', level: 23, checksum: false },
    { codec: 'zstd', level: 0, checksum: false },
    { codec: 'gzip', level: 1.5 },
    { codec: 'blosc', level: 10, elementBytes: 1, shuffle: 'byte' },
  ] as const)('refuses levels that there are not: %j', async (encoding) => {
    await expect(encode(encoding)).rejects.toMatchObject({
      code: 'CODEC_FAILED',
      fields: { codec: encoding.codec, reason: expect.stringMatching(/^level /) },
    });
  });
});
