import { readFileSync } from 'node:fs';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { statusName } from '../wasm/status';
import { CODEC_MODULES, GuardedCodecs } from './testing/guarded';

type Format = 'gzip' | 'zlib';

const RUNS = { seed: 1951, numRuns: 100 };
const STRATEGIES = [
  zlib.constants.Z_DEFAULT_STRATEGY,
  zlib.constants.Z_FILTERED,
  zlib.constants.Z_HUFFMAN_ONLY,
  zlib.constants.Z_RLE,
  zlib.constants.Z_FIXED,
];

const encoders = { gzip: zlib.gzipSync, zlib: zlib.deflateSync };

/** Bytes that code in every way: runs, repeats at all distances, and noise. */
const texts = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .tuple(fc.nat(255), fc.nat(700))
        .map(([value, length]) => new Uint8Array(length).fill(value)),
      fc
        .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 2, max: 40 }))
        .map(([period, times]) =>
          Uint8Array.from(
            { length: period.length * times },
            (_, i) => period[i % period.length] ?? 0,
          ),
        ),
    ),
    { maxLength: 30 },
  )
  .map((parts) => new Uint8Array(Buffer.concat(parts)));

const settings = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  memLevel: fc.integer({ min: 1, max: 9 }),
  strategy: fc.constantFrom(...STRATEGIES),
});

/** What zlib makes of deflate data, and how many bytes of them it takes; undefined where they are corrupt. */
function judge(stream: Uint8Array): { bytes: Uint8Array; used: number } | undefined {
  try {
    const { buffer, engine } = zlib.inflateRawSync(stream, { info: true }) as unknown as {
      buffer: Uint8Array;
      engine: { bytesWritten: number };
    };
    return { bytes: buffer, used: engine.bytesWritten };
  } catch {
    return undefined;
  }
}

/** A long sequence in which everything is to be found: nearly equal, nearly random and far repeats. */
function longText(): Uint8Array {
  const bytes = new Uint8Array(300_000);
  let state = 7;
  for (let i = 0; i < bytes.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const isRepeat = (i >> 9) % 3 === 1 && i > 40_000;
    bytes[i] = isRepeat
      ? (bytes[i - 32_768 + ((i >> 9) % 5)] ?? 0)
      : 128 + (state >>> 28) * (i % 3);
  }
  return bytes;
}

describe.each(CODEC_MODULES)('inflate of module %s', (name) => {
  const codecs = new GuardedCodecs(name);
  const scratchBytes = codecs.call('inflate_scratch');

  /** The decoded bytes, or why there are none. */
  const decode = (format: Format, encoded: Uint8Array, capacity: number) =>
    codecs.blocks([encoded, capacity, scratchBytes], 1, (src = 0, dst = 0, scratch = 0) =>
      codecs.call(
        `${format}_decode`,
        ...[src, encoded.length, dst, capacity, scratch, scratchBytes],
      ),
    );

  const expectDecodes = (format: Format, encoded: Uint8Array, wanted: Uint8Array) => {
    const decoded = decode(format, encoded, wanted.length);
    expect(typeof decoded === 'string' ? decoded : Buffer.compare(decoded, wanted)).toBe(0);
  };

  it.each(['gzip', 'zlib'] as const)('decodes what zlib encodes as %s', (format) => {
    const property = fc.property(texts, settings, (text, options) =>
      expectDecodes(format, encoders[format](text, options), text),
    );
    fc.assert(property, RUNS);
  });

  it.each([0, 1, 5, 9])('decodes long texts at level %i, by each strategy', (level) => {
    const text = longText();
    for (const strategy of STRATEGIES)
      expectDecodes('zlib', zlib.deflateSync(text, { level, strategy }), text);
  });

  it('decodes real EM and labels', () => {
    const chunks = ['fib25/em.zarr/0/1/1/1', 'connectomics-labels/labels.zarr/0/1/1/1'];
    for (const chunk of chunks) {
      const bytes = readFileSync(`${process.env.FLOODLIGHT_DATA}/${chunk}`);
      expectDecodes('gzip', zlib.gzipSync(bytes), bytes);
    }
  });

  it('decodes several gzip members', () => {
    const property = fc.property(fc.array(texts, { minLength: 1, maxLength: 4 }), (members) =>
      expectDecodes(
        'gzip',
        Buffer.concat(members.map((member) => zlib.gzipSync(member))),
        Buffer.concat(members),
      ),
    );
    fc.assert(property, RUNS);
  });

  it('decodes gzip headers with every field', () => {
    const text = Buffer.from('extra, name, comment and header checksum');
    const member = zlib.gzipSync(text);
    const fields = Buffer.from('\x03\x00abcname\0comment\0', 'latin1');
    const header = Buffer.concat([member.subarray(0, 10), fields]);
    header[3] = 2 | 4 | 8 | 16;
    // A gzip trailer starts with the CRC-32 of what was encoded.
    const checksum = zlib.gzipSync(header).subarray(-8, -6);
    const encoded = Buffer.concat([header, checksum, member.subarray(10)]);
    expectDecodes('gzip', encoded, text);
    for (const [at, status] of [
      [12, 'checksum'],
      [header.length, 'checksum'],
      [3, 'corrupt'],
    ] as const) {
      const changed = Uint8Array.from(encoded);
      changed[at] = (changed[at] ?? 0) ^ 0x80;
      expect(decode('gzip', changed, text.length)).toBe(status);
    }
    for (let length = 0; length < encoded.length; length++)
      expect(decode('gzip', encoded.subarray(0, length), text.length)).toBe('truncated');
  });

  it.each(['gzip', 'zlib'] as const)(
    'tells each truncation and any trailing byte of %s',
    (format) => {
      const property = fc.property(texts, settings, (text, options) => {
        const encoded = encoders[format](text.subarray(0, 400), options);
        for (let length = 0; length < encoded.length; length++)
          expect(decode(format, encoded.subarray(0, length), 400)).toBe('truncated');
        const longer = Buffer.concat([encoded, Buffer.of(0)]);
        expect(decode(format, longer, 400)).toBe('corrupt');
      });
      fc.assert(property, { ...RUNS, numRuns: 30 });
    },
  );

  it.each(['gzip', 'zlib'] as const)(
    'never decodes %s with a flipped bit to other bytes',
    (format) => {
      const property = fc.property(texts, settings, (text, options) => {
        const encoded = encoders[format](text.subarray(0, 120), options);
        for (let bit = 0; bit < encoded.length * 8; bit++) {
          const flipped = Uint8Array.from(encoded);
          flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          const decoded = decode(format, flipped, 4096);
          if (typeof decoded !== 'string') expect(decoded).toEqual(text.subarray(0, 120));
        }
      });
      fc.assert(property, { ...RUNS, numRuns: 20 });
    },
  );

  it('judges damaged deflate data as zlib does', () => {
    const damages = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 });
    const property = fc.property(texts, settings, damages, (text, options, changes) => {
      const stream = zlib.deflateRawSync(text, options);
      for (const [at, value] of changes) stream[at % stream.length] = value;
      const header = Buffer.of(0x78, 0x9c);
      const judged = judge(stream);
      if (judged) {
        const checksum = zlib.deflateSync(judged.bytes).subarray(-4);
        const used = stream.subarray(0, judged.used);
        expectDecodes('zlib', Buffer.concat([header, used, checksum]), judged.bytes);
      } else {
        const result = decode('zlib', Buffer.concat([header, stream]), 2 ** 23);
        expect(['corrupt', 'truncated']).toContain(result);
      }
    });
    fc.assert(property, { ...RUNS, numRuns: 2000 });
  });

  it('writes no more than there is room for', () => {
    const property = fc.property(texts, settings, (text, options) => {
      fc.pre(text.length > 0);
      const encoded = zlib.deflateSync(text, options);
      for (const less of [1, 2, 17, 300])
        if (less <= text.length)
          expect(decode('zlib', encoded, text.length - less)).toBe('tooLarge');
    });
    fc.assert(property, RUNS);
  });

  it('tells what it does not decode', () => {
    const withDictionary = zlib.deflateSync('voxel', { dictionary: Buffer.from('voxels') });
    expect(decode('zlib', withDictionary, 5)).toBe('unsupported');
    expect(decode('zlib', zlib.gzipSync('voxel'), 5)).toBe('corrupt');
    expect(decode('gzip', zlib.deflateSync('voxel'), 5)).toBe('corrupt');
    const negative = codecs.call('gzip_decode', ...[0, -1, 0, 0, 0, scratchBytes]);
    expect(statusName(negative)).toBe('argument');
  });
});
