/** Encoders that have nothing of ours. */
import { deflateSync, gzipSync } from 'node:zlib';
import Blosc from 'numcodecs/blosc';
import Lz4 from 'numcodecs/lz4';
import Zstd from 'numcodecs/zstd';
import type { Compressor } from '../job';

type Encode = (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** blosc with byte shuffle, elements of one byte. */
export const bloscOf = (cname: string, bytes: Uint8Array): Uint8Array | Promise<Uint8Array> =>
  Blosc.fromConfig({ id: 'blosc', cname, clevel: 5, shuffle: 1, blocksize: 0 }).encode(bytes);

export const encoders: Readonly<Record<Compressor, Encode>> = {
  blosc: (bytes) => bloscOf('zstd', bytes),
  zstd: (bytes) => Zstd.fromConfig({ id: 'zstd', level: 3 }).encode(bytes),
  lz4: (bytes) => Lz4.fromConfig({ id: 'lz4' }).encode(bytes),
  gzip: (bytes) => new Uint8Array(gzipSync(bytes)),
  zlib: (bytes) => new Uint8Array(deflateSync(bytes)),
};

/** Bytes that compress, but not to nothing. */
export const sampleBytes = (length: number, seed = 1): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, (_, at) => (Math.imul(at * seed, 0x9e3779b1) >>> 29) + (at >> 8));
