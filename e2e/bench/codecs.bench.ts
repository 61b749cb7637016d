import { gunzipSync, gzipSync } from 'fflate';
import { decompress as fzstd } from 'fzstd';
import Blosc from 'numcodecs/blosc';
import GZip from 'numcodecs/gzip';
import Zstd from 'numcodecs/zstd';
import type { DecodeStep } from '../../src/codecs/job';
import { Workbench } from '../../src/codecs/workbench';
import { compileModule } from '../../src/wasm/module';
import { type Bytes, bloscLz4, emCube, labelCube32, labelCube64 } from './codec-data';
import { poolCases } from './codec-pool';
import type { BenchCase, Contender, Suite } from './suite';

type Decode = (encoded: Bytes) => Uint8Array | Promise<Uint8Array>;

async function digest(bytes: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', bytes as Bytes);
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Decodes so often that a run lasts a few milliseconds at least, on bytes of its own each time. */
function contender(name: string, encoded: Bytes, decodedBytes: number, decode: Decode): Contender {
  const times = Math.max(1, Math.round(2 ** 23 / decodedBytes));
  let last: Uint8Array = new Uint8Array();
  return {
    name,
    async run() {
      let time = 0;
      for (let i = 0; i < times; i++) {
        const bytes = encoded.slice();
        const started = performance.now();
        last = await decode(bytes);
        time += performance.now() - started;
      }
      return { rate: (decodedBytes * times) / 1000 / time, time: time / times };
    },
    answer: () => digest(last),
  };
}

const scalarUrl = () => new URL('../../wasm/built/codecs.scalar.wasm', import.meta.url);

interface Workbenches {
  readonly simd: Workbench;
  readonly scalar: Workbench;
}

const workbenches = async (): Promise<Workbenches> => ({
  simd: new Workbench(await compileModule('codecs')),
  scalar: new Workbench(await WebAssembly.compile(await (await fetch(scalarUrl())).arrayBuffer())),
});

async function throughStream(bytes: Bytes): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

interface Encoded {
  readonly codec: 'blosc' | 'zstd' | 'gzip';
  readonly encoded: Bytes;
  readonly peers: Readonly<Record<string, Decode>>;
}

const blosc = (encoded: Bytes): Encoded => ({
  codec: 'blosc',
  encoded,
  peers: { numcodecs: (bytes) => Blosc.fromConfig({ id: 'blosc' }).decode(bytes) },
});

const codecCase = (
  name: string,
  read: (dataUrl: string) => Promise<Bytes>,
  encode: (bytes: Bytes, ours: Workbench) => Encoded | Promise<Encoded>,
): BenchCase => ({
  name,
  source: null,
  async prepare(dataUrl) {
    const bytes = await read(dataUrl);
    const { simd, scalar } = await workbenches();
    const { codec, encoded, peers } = await encode(bytes, simd);
    const steps: DecodeStep[] = [{ codec, mostBytes: bytes.length }];
    const job = { steps, decodedBytes: bytes.length };
    const intoNew: Decode = (given) => simd.decode({ ...job, bytes: given });
    /** Into the buffer of its last result, as the pool does with what nobody reads any more. */
    const recycling = (workbench: Workbench): Decode => {
      let buffer = new ArrayBuffer(bytes.length);
      return (given) => {
        const decoded = workbench.decode({ ...job, bytes: given }, buffer);
        buffer = decoded.buffer;
        return decoded;
      };
    };
    const all = {
      'floodlight/simd': recycling(simd),
      'floodlight/scalar': recycling(scalar),
      'floodlight/simd-new': intoNew,
      ...peers,
    };
    return Object.entries(all).map(([contenderName, decode]) =>
      contender(contenderName, encoded, bytes.length, decode),
    );
  },
});

const bloscZstd =
  (elementBytes: number, shuffle: 'byte' | 'bit') => (bytes: Bytes, ours: Workbench) =>
    blosc(ours.encode({ codec: 'blosc', elementBytes, shuffle, level: 5, bytes: bytes.slice() }));

const withLz4 = (elementBytes: number) => async (bytes: Bytes) =>
  blosc(await bloscLz4(bytes, elementBytes));

const plainZstd = async (bytes: Bytes): Promise<Encoded> => ({
  codec: 'zstd',
  encoded: (await Zstd.fromConfig({ id: 'zstd', level: 5 }).encode(bytes)) as Bytes,
  peers: {
    numcodecs: (given) => Zstd.fromConfig({ id: 'zstd' }).decode(given),
    fzstd: (given) => fzstd(given),
  },
});

const plainGzip = (bytes: Bytes): Encoded => ({
  codec: 'gzip',
  encoded: new Uint8Array(gzipSync(bytes, { level: 6 })),
  peers: {
    numcodecs: (given) => GZip.fromConfig({ id: 'gzip' }).decode(given),
    fflate: (given) => gunzipSync(given),
    DecompressionStream: throughStream,
  },
});

export const suite: Suite = {
  name: 'codecs',
  // rate: decoded bytes, from bytes in JavaScript's memory to bytes there; -new and peers: in a buffer of its own each time.
  units: { rate: 'MB/s', time: 'ms' },
  cases: [
    codecCase('EM u8 blosc-zstd shuffle', emCube, bloscZstd(1, 'byte')),
    codecCase('EM u8 blosc-lz4 shuffle', emCube, withLz4(1)),
    codecCase('EM u8 zstd', emCube, plainZstd),
    codecCase('EM u8 gzip', emCube, plainGzip),
    codecCase('labels u32 blosc-zstd bitshuffle', labelCube32, bloscZstd(4, 'bit')),
    codecCase('labels u32 blosc-lz4 shuffle', labelCube32, withLz4(4)),
    codecCase('labels u32 gzip', labelCube32, plainGzip),
    codecCase('labels u64 blosc-zstd bitshuffle', labelCube64, bloscZstd(8, 'bit')),
    codecCase('labels u64 blosc-lz4 shuffle', labelCube64, withLz4(8)),
    ...poolCases,
  ],
};
