import { beforeAll, describe, expect, it } from 'vitest';
import { type StatusName, statusName } from '../wasm/status';
import { corpus, type FuzzedCodec, type Sample } from './testing/corpus';
import { GuardedCodecs } from './testing/guarded';
import { mutate, Random } from './testing/mutate';
import type { CodecFunction } from './wasm-codecs';

/** Mutated buffers over all codecs; FLOODLIGHT_FUZZ_BUFFERS asks for more. */
const BUFFERS = Number(process.env.FLOODLIGHT_FUZZ_BUFFERS ?? 200_000);
const SEED = 20_000_101;
const TIMEOUT_MS = 120_000 + BUFFERS;

const CODECS = ['blosc', 'zstd', 'lz4', 'gzip', 'zlib', 'crc32c'] as const;

/** More than all blocks of a call take. */
const MOST_BYTES = 2 ** 19;

/** The decoded bytes, or why there are none. */
type Decoded = Uint8Array | StatusName;

/** Codecs whose decoders take scratch. */
type Framed = 'blosc' | 'zstd' | 'gzip' | 'zlib';

describe('fuzzing of the module codecs', () => {
  const codecs = new GuardedCodecs('codecs');

  /** A function's result, which must be a count up to `most`, or a status. */
  function call(name: CodecFunction, most: number, ...numbers: number[]): number {
    const result = codecs.call(name, ...numbers);
    if (result < 0 ? statusName(result) === undefined : result > most)
      throw new Error(`${name} returned ${result}`);
    return result;
  }

  function decodeFramed(codec: Framed, encoded: Uint8Array, capacity: number, needed: number) {
    const blocks = [encoded, capacity, needed];
    return codecs.blocks(blocks, 1, (src = 0, dst = 0, scratch = 0) =>
      call(`${codec}_decode`, capacity, src, encoded.length, dst, capacity, scratch, needed),
    );
  }

  const decoders: Record<FuzzedCodec, (encoded: Uint8Array, capacity: number) => Decoded> = {
    blosc(encoded, capacity) {
      let needed = 0;
      const failed = codecs.blocks([encoded], 0, (src = 0) => {
        needed = call('blosc_scratch', MOST_BYTES, src, encoded.length, capacity);
        return Math.min(needed, 0);
      });
      return typeof failed === 'string' ? failed : decodeFramed('blosc', encoded, capacity, needed);
    },
    zstd: (encoded, capacity) =>
      decodeFramed('zstd', encoded, capacity, codecs.call('zstd_decode_scratch')),
    gzip: (encoded, capacity) =>
      decodeFramed('gzip', encoded, capacity, codecs.call('inflate_scratch')),
    zlib: (encoded, capacity) =>
      decodeFramed('zlib', encoded, capacity, codecs.call('inflate_scratch')),
    lz4: (encoded, capacity) =>
      codecs.blocks([encoded, capacity], 1, (src = 0, dst = 0) =>
        call('lz4_decode', capacity, src, encoded.length, dst, capacity),
      ),
    crc32c: (encoded) =>
      codecs.blocks([encoded], 0, (src = 0) =>
        call('crc32c_verify', encoded.length, src, encoded.length),
      ),
  };

  const samples = new Map<FuzzedCodec, Sample[]>();
  const allSamples = () => [...samples.values()].flat();
  beforeAll(async () => {
    for (const sample of await corpus())
      samples.set(sample.codec, [...(samples.get(sample.codec) ?? []), sample]);
  });

  it('decodes what it starts from', () => {
    for (const { codec, encoded, decoded } of allSamples()) {
      const result = decoders[codec](encoded, decoded.length);
      const isEqual = typeof result !== 'string' && Buffer.compare(result, decoded) === 0;
      expect(isEqual, `${codec}: ${Buffer.from(encoded).toString('hex')}`).toBe(true);
    }
  });

  /** Fails where decoded bytes are what lay in memory before. */
  function checkWritten(codec: FuzzedCodec, encoded: Uint8Array, capacity: number) {
    const decodeOver = (stale: number) => {
      codecs.blocks([new Uint8Array(MOST_BYTES).fill(stale)], 0, () => 0);
      return Buffer.from(decoders[codec](encoded, capacity));
    };
    if (Buffer.compare(decodeOver(0), decodeOver(0xff)) !== 0)
      throw new Error('it left bytes as they were');
  }

  /** Fails where bytes that must have a checksum were decoded to what is of no sample. */
  function checkSound({ decoded, promise }: Sample, encoded: Uint8Array, bytes: Uint8Array) {
    if (promise === undefined || bytes.length !== decoded.length) return;
    if (Buffer.compare(promise, encoded.subarray(0, promise.length)) !== 0) return;
    if (!allSamples().some((sample) => Buffer.compare(sample.decoded, bytes) === 0))
      throw new Error('it passed other bytes in spite of their checksum');
  }

  /** How decoding of a damaged sample ends. */
  function outcomeOf(random: Random): string {
    const anySample = () => random.pick(samples.get(random.pick(CODECS)) ?? []);
    const sample = anySample();
    const mutated = mutate(sample.encoded, anySample().encoded, random);
    const { length } = sample.decoded;
    const capacity = random.pick([length, length, length, random.below(length), 2 * length]);
    try {
      const result = decoders[sample.codec](mutated, capacity);
      if (typeof result === 'string') return `${sample.codec} ${result}`;
      checkSound(sample, mutated, result);
      checkWritten(sample.codec, mutated, capacity);
      return `${sample.codec} decoded`;
    } catch (error) {
      const hex = Buffer.from(mutated).toString('hex');
      throw new Error(`${sample.codec} with room for ${capacity} bytes: ${error}\n${hex}`);
    }
  }

  it(`stands ${BUFFERS} damaged buffers`, { timeout: TIMEOUT_MS }, () => {
    const random = new Random(SEED);
    const outcomes = new Set<string>();
    for (let i = 0; i < BUFFERS; i++) outcomes.add(outcomeOf(random));
    const wanted = CODECS.flatMap((codec) => [`${codec} decoded`, `${codec} truncated`]);
    expect([...outcomes]).toEqual(expect.arrayContaining(wanted));
  });
});
