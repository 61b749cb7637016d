import zlib from 'node:zlib';
import Blosc from 'numcodecs/blosc';
import Lz4 from 'numcodecs/lz4';
import Zstd from 'numcodecs/zstd';
import { testCoder } from './coder';
import { Random } from './mutate';

export type FuzzedCodec = 'blosc' | 'zstd' | 'lz4' | 'gzip' | 'zlib' | 'crc32c';

/** Sound bytes of a codec, for fuzzing to start from. */
export interface Sample {
  readonly codec: FuzzedCodec;
  readonly encoded: Uint8Array;
  readonly decoded: Uint8Array;
  /** Their first bytes that promise a checksum of what they decode to; without one, undefined. */
  readonly promise?: Uint8Array;
}

/** Encoded bytes, and how many of the first promise a checksum: none where the codec always has one. */
type Encoded = readonly [encoded: Uint8Array, promiseBytes?: number];

/** Like EM, like labels (uint32), constant, noise, and hardly anything. */
function texts(): Uint8Array[] {
  const random = new Random(10);
  const labels = Uint32Array.from({ length: 700 }, (_, i) => 70_000 + (i >> 6) * ((i >> 4) % 3));
  return [
    Uint8Array.from({ length: 1500 }, (_, i) => 120 + 60 * Math.sin(i / 90) + random.below(16)),
    new Uint8Array(labels.buffer),
    new Uint8Array(2000).fill(7),
    Uint8Array.from({ length: 300 }, () => random.below(256)),
    Uint8Array.of(1, 2, 3),
  ];
}

function gzips(text: Uint8Array): Encoded[] {
  const members = [zlib.gzipSync(text.subarray(0, 100)), zlib.gzipSync(text.subarray(100))];
  const named = zlib.gzipSync(text);
  named[3] = 8 | 16;
  const name = Buffer.from('name\0comment\0', 'latin1');
  const encoded = [
    ...[0, 1, 9].map((level) => zlib.gzipSync(text, { level })),
    Buffer.concat(members),
    Buffer.concat([named.subarray(0, 10), name, named.subarray(10)]),
  ];
  return encoded.map((bytes) => [bytes, 0]);
}

function zlibs(text: Uint8Array): Encoded[] {
  const { Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED, Z_DEFAULT_STRATEGY } = zlib.constants;
  const strategies = [Z_DEFAULT_STRATEGY, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED];
  return strategies.map((strategy) => [zlib.deflateSync(text, { strategy, memLevel: 1 }), 0]);
}

/** A zstd frame of one segment and up to 64 KiB without its content size (RFC 8878, section 3.1.1.1). */
function withoutContentSize(frame: Uint8Array): Uint8Array {
  const [MAGIC_BYTES, WINDOW_64_KIB] = [4, 6 << 3];
  const descriptor = frame[MAGIC_BYTES] ?? 0;
  const sizeBytes = [1, 2, 4, 8][descriptor >> 6] ?? 0;
  const header = [...frame.subarray(0, MAGIC_BYTES), descriptor & 0b100, WINDOW_64_KIB];
  return Uint8Array.of(...header, ...frame.subarray(MAGIC_BYTES + 1 + sizeBytes));
}

/** Magic number and frame header descriptor. */
const ZSTD_PROMISE = 5;

async function zstds(text: Uint8Array): Promise<Encoded[]> {
  const encode = (bytes: Uint8Array, level: number, checksum: boolean) =>
    testCoder.encode({ codec: 'zstd', bytes, level, checksum });
  const checked = await encode(text, 3, true);
  const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
  const halves = [
    await encode(text.subarray(0, 100), 3, true),
    await encode(text.subarray(100), 3, true),
  ];
  return [
    [await Zstd.fromConfig({ id: 'zstd', level: 1 }).encode(text)],
    [await encode(text, 19, false)],
    [checked, ZSTD_PROMISE],
    [withoutContentSize(checked), ZSTD_PROMISE],
    [Buffer.concat([skippable, checked]), skippable.length + ZSTD_PROMISE],
    [Buffer.concat(halves), ZSTD_PROMISE],
  ];
}

async function bloscs(text: Uint8Array): Promise<Encoded[]> {
  const encoded: Encoded[] = [];
  for (const cname of ['blosclz', 'lz4', 'lz4hc', 'zlib', 'zstd'])
    for (const shuffle of [0, 1, 2])
      for (const blocksize of [0, 512]) {
        const codec = Blosc.fromConfig({ id: 'blosc', cname, shuffle, blocksize, clevel: 5 });
        encoded.push([await codec.encode(text)]);
      }
  for (const elementBytes of [1, 2, 3, 8, 17])
    for (const shuffle of ['byte', 'bit'] as const) {
      const settings = { codec: 'blosc', level: 5, elementBytes, shuffle } as const;
      encoded.push([await testCoder.encode({ ...settings, bytes: text })]);
    }
  return encoded;
}

const encoders: Record<FuzzedCodec, (text: Uint8Array) => Encoded[] | Promise<Encoded[]>> = {
  blosc: bloscs,
  zstd: zstds,
  lz4: async (text) => [[await Lz4.fromConfig({ id: 'lz4' }).encode(text)]],
  gzip: gzips,
  zlib: zlibs,
  crc32c: async (bytes) => [[await testCoder.encode({ codec: 'crc32c', bytes }), 0]],
};

/** Up to some kilobytes each, of each codec in all its forms. */
export async function corpus(): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const [codec, encode] of Object.entries(encoders) as [FuzzedCodec, typeof gzips][])
    for (const decoded of texts())
      for (const [encoded, promiseBytes] of await encode(decoded)) {
        const promise = promiseBytes === undefined ? undefined : encoded.subarray(0, promiseBytes);
        samples.push({ codec, encoded, decoded, promise });
      }
  return samples;
}
