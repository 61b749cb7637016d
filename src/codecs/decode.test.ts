import { describe, expect, it } from 'vitest';
import { isFloodlightError } from '../core/errors';
import type { Compressor, DecodePlan, DecodeStep } from './job';
import { planDecode } from './plan';
import { testCoder } from './testing/coder';
import { bloscOf, encoders, sampleBytes } from './testing/oracle';

const BYTES = 30_000;
const raw = sampleBytes(BYTES);
const compressors: Compressor[] = ['blosc', 'zstd', 'lz4', 'gzip', 'zlib'];

const decode = async (plan: DecodePlan, bytes: Uint8Array) =>
  testCoder.decode({ ...plan, bytes: bytes.slice() });

const decompress = (codec: Compressor, bytes: Uint8Array, decodedBytes = BYTES) =>
  decode({ steps: [{ codec, mostBytes: decodedBytes }], decodedBytes }, bytes);

/** What a failed decoding tells. */
async function failure(decoded: Promise<unknown>): Promise<unknown> {
  const error = await decoded.then(
    () => 'none',
    (reason: unknown) => reason,
  );
  return isFloodlightError(error, 'CODEC_FAILED') ? error.fields : error;
}

const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

describe.each(compressors)('%s', (codec) => {
  it('is decoded to bytes that own their buffer', async () => {
    const decoded = await decompress(codec, await encoders[codec](raw));
    expect(Buffer.compare(decoded, raw)).toBe(0);
    expect(decoded.buffer.byteLength).toBe(BYTES);
  });

  it('fails, in words, when it ends too early, is empty, or is something else', async () => {
    const encoded = await encoders[codec](raw);
    const short = await failure(decompress(codec, encoded.subarray(0, encoded.length >> 1)));
    expect(short).toMatchObject({ codec, reason: expect.stringMatching(/\w/) });
    expect(await failure(decompress(codec, new Uint8Array()))).toEqual({
      codec,
      reason: 'it ends too early',
    });
    const page = new TextEncoder().encode('<!doctype html>'.repeat(20));
    expect(await failure(decompress(codec, page))).toMatchObject({ codec });
  });

  it('fails when it holds more, or less, than the metadata say', async () => {
    const encoded = await encoders[codec](raw);
    expect(await failure(decompress(codec, encoded, BYTES - 1))).toMatchObject({
      codec,
      reason: expect.stringMatching(/^it (claims 29.3 KiB, there should be|holds more than) /),
    });
    expect(await failure(decompress(codec, encoded, BYTES + 1))).toEqual({
      codec,
      reason: `it has ${BYTES} bytes instead of ${BYTES + 1}`,
    });
  });
});

describe('a header that claims far too much', () => {
  it.each([
    ['lz4', 0],
    ['blosc', 4],
  ] as const)('of %s is told of', async (codec, at) => {
    const bytes = Uint8Array.from(await encoders[codec](raw));
    new DataView(bytes.buffer).setUint32(at, 4_200_000_000, true);
    expect(await failure(decompress(codec, bytes, 2 ** 21))).toEqual({
      codec,
      reason: 'it claims 3.9 GiB, there should be 2 MiB',
    });
  });
});

it('names compressors inside blosc that are not supported', async () => {
  expect(await failure(decompress('blosc', await bloscOf('snappy', raw)))).toEqual({
    codec: 'blosc',
    reason: 'blosc with snappy is not supported',
  });
});

describe('checksums', () => {
  it('of crc32c are verified and cut off', async () => {
    const encoded = await testCoder.encode({ codec: 'crc32c', bytes: raw.slice() });
    const plan = { steps: [{ codec: 'crc32c' }], decodedBytes: BYTES } as const;
    expect(Buffer.compare(await decode(plan, encoded), raw)).toBe(0);
    encoded[77] = 1 + (encoded[77] ?? 0);
    const fields = { codec: 'crc32c', reason: 'its checksum is wrong' };
    expect(await failure(decode(plan, encoded))).toEqual(fields);
  });

  it('of gzip, zlib and zstd are verified', async () => {
    const zstd = await testCoder.encode({
      ...{ codec: 'zstd', level: 3, checksum: true },
      bytes: raw.slice(),
    });
    const streams = { zstd, gzip: await encoders.gzip(raw), zlib: await encoders.zlib(raw) };
    for (const codec of ['zstd', 'gzip', 'zlib'] as const) {
      const bytes = Uint8Array.from(streams[codec]);
      const at = bytes.length - (codec === 'gzip' ? 8 : 4);
      bytes[at] = 1 ^ (bytes[at] ?? 0);
      const fields = { codec, reason: 'its checksum is wrong' };
      expect(await failure(decompress(codec, bytes))).toEqual(fields);
    }
  });
});

describe('steps of known size', () => {
  const run = async (step: DecodeStep, input: ArrayBufferView, decodedBytes = input.byteLength) =>
    decode({ steps: [step], decodedBytes }, bytesOf(input));

  it.each([2, 4, 8])('swap elements of %i bytes', async (elementBytes) => {
    const input = sampleBytes(elementBytes * 101);
    const expected = Uint8Array.from(input, (_, at) => {
      const start = at - (at % elementBytes);
      return input[start + elementBytes - 1 - (at - start)] ?? 0;
    });
    expect(await run({ codec: 'swap', elementBytes, count: 101 }, input)).toEqual(expected);
  });

  it.each([1, 2, 3, 4, 8])('unshuffle elements of %i bytes', async (elementBytes) => {
    const input = sampleBytes(elementBytes * 101);
    const expected = Uint8Array.from(
      input,
      (_, at) => input[(at % elementBytes) * 101 + Math.floor(at / elementBytes)] ?? 0,
    );
    expect(await run({ codec: 'shuffle', elementBytes, count: 101 }, input)).toEqual(expected);
  });

  it('sum differences, wrapping integers', async () => {
    const int = Int16Array.from({ length: 99 }, (_, at) => at * 1000);
    const step = { codec: 'delta', count: 99 } as const;
    let sum = 0;
    const sums = Int16Array.from(int, (difference) => {
      sum += difference;
      return sum;
    });
    expect(await run({ ...step, element: 'int16' }, int)).toEqual(bytesOf(sums));
    const float = Float32Array.from({ length: 99 }, (_, at) => at / 4);
    let total = 0;
    const totals = Float32Array.from(float, (difference) => {
      total += difference;
      return total;
    });
    expect(await run({ ...step, element: 'float32' }, float)).toEqual(bytesOf(totals));
  });

  it('scale and shift into another type', async () => {
    const stored = Uint16Array.from({ length: 50 }, (_, at) => at * 1300);
    const step = { codec: 'fixedscaleoffset', scale: 10, offset: -3.5, count: 50 } as const;
    const scaled = Float32Array.from(stored, (value) => value / 10 - 3.5);
    const decoded = await run({ ...step, from: 'uint16', to: 'float32' }, stored, 200);
    expect(decoded).toEqual(bytesOf(scaled));
  });

  it('normalize what they decode', async () => {
    const values = Int16Array.from({ length: 100 }, (_, at) => at * 300 - 15_000);
    const steps: DecodeStep[] = [
      { codec: 'gzip', mostBytes: 200 },
      {
        ...{ codec: 'normalize', from: 'int16', to: 'float32' },
        ...{ scale: 0.001, offset: 2, count: 100 },
      },
    ];
    const decoded = await decode(
      { steps, decodedBytes: 400 },
      await encoders.gzip(bytesOf(values)),
    );
    const expected = Float32Array.from(values, (value) => value * 0.001 + 2);
    expect(decoded).toEqual(bytesOf(expected));
  });

  it.each([
    [[2, 1, 0], 'uint8'],
    [[2, 1, 0], 'uint16'],
    [[1, 2, 0], 'uint32'],
    [[0, 2, 1], 'uint64'],
    [[1, 0, 2], 'uint16'],
  ] as const)('transpose by %j elements of %s', async (order, element) => {
    const shape = [5, 18, 35];
    const plan = planDecode([{ name: 'transpose', configuration: { order } }], {
      ...{ element, shape, endian: 'little' },
    });
    const elementBytes = plan.decodedBytes / (5 * 18 * 35);
    const expected = sampleBytes(plan.decodedBytes, 77);
    const stored = new Uint8Array(plan.decodedBytes);
    const [d0 = 1, d1 = 1, d2 = 1] = order.map((axis) => shape[axis]);
    let to = 0;
    for (let a = 0; a < d0; a++)
      for (let b = 0; b < d1; b++)
        for (let c = 0; c < d2; c++, to += elementBytes) {
          const at = [0, 0, 0];
          order.forEach((axis, i) => {
            at[axis] = [a, b, c][i] ?? 0;
          });
          const [z = 0, y = 0, x = 0] = at;
          const from = ((z * 18 + y) * 35 + x) * elementBytes;
          stored.set(expected.subarray(from, from + elementBytes), to);
        }
    expect(Buffer.compare(await decode(plan, stored), expected)).toBe(0);
  });

  it('refuse bytes that are not theirs before they touch them', async () => {
    const step = { codec: 'swap', elementBytes: 4, count: 25 } as const;
    expect(await failure(run(step, new Uint8Array(99)))).toEqual({
      codec: 'bytes',
      reason: 'it has 99 bytes instead of 100',
    });
    const steps: DecodeStep[] = [
      { codec: 'gzip', mostBytes: BYTES },
      { codec: 'transpose', elementBytes: 1, shape: [3, BYTES], axes: [1, 0] },
    ];
    const plan = { steps, decodedBytes: 3 * BYTES };
    expect(await failure(decode(plan, await encoders.gzip(raw)))).toEqual({
      codec: 'gzip',
      reason: `it has ${BYTES} bytes instead of ${3 * BYTES}`,
    });
  });
});

it('does many steps one after the other', async () => {
  const values = Uint16Array.from({ length: 6 * 7 * 8 }, (_, at) => at * 191);
  const shape = [6, 7, 8];
  const reversed = new Uint16Array(values.length);
  const differences = new Uint16Array(values.length);
  values.forEach((value, at) => {
    const [z, y, x] = [Math.floor(at / 56), Math.floor(at / 8) % 7, at % 8];
    reversed[(x * 7 + y) * 6 + z] = value;
  });
  reversed.forEach((value, at) => {
    differences[at] = value - (reversed[at - 1] ?? 0);
  });
  const big = bytesOf(differences).slice();
  Buffer.from(big.buffer).swap16();
  const shuffled = Uint8Array.from(big, (_, at) => big[(at % 336) * 2 + Math.floor(at / 336)] ?? 0);
  const encoded = await testCoder.encode({
    codec: 'crc32c',
    bytes: Uint8Array.from(await encoders.zstd(await encoders.gzip(shuffled))),
  });
  const codecs = [
    { name: 'transpose', configuration: { order: 'F' } },
    { name: 'delta' },
    { name: 'bytes', configuration: { endian: 'big' } },
    { name: 'shuffle', configuration: { elementsize: 2 } },
    { name: 'gzip' },
    { name: 'zstd' },
    { name: 'crc32c' },
  ];
  const plan = planDecode(codecs, { element: 'uint16', shape, endian: 'little' });
  expect(plan.steps.length).toBe(7);
  expect(await decode(plan, encoded)).toEqual(bytesOf(values));
});

it('puts results into buffers that were given back', async () => {
  const first = await decompress('zstd', await encoders.zstd(raw));
  const { buffer } = first;
  first.fill(0xff);
  testCoder.recycle(buffer);
  const second = await decompress('zstd', await encoders.zstd(raw));
  expect(second.buffer).toBe(buffer);
  expect(Buffer.compare(second, raw)).toBe(0);
});

it('goes on after a failure', async () => {
  await failure(decompress('zstd', new Uint8Array(9)));
  expect(Buffer.compare(await decompress('zstd', await encoders.zstd(raw)), raw)).toBe(0);
});
