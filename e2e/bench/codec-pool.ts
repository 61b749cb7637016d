import Blosc from 'numcodecs/blosc';
import CodecWorker from '../../src/codecs/codec.worker?worker&inline';
import { CodecPool } from '../../src/codecs/pool';
import { compileModule } from '../../src/wasm/module';
import type { Bytes } from './codec-data';
import type { BenchCase, Contender } from './suite';

interface Decoder {
  decode(bytes: Bytes): Promise<Uint8Array<ArrayBuffer>>;
  /** Takes what nobody reads any more. */
  recycle?(buffer: ArrayBuffer): void;
}

const CHUNKS_AN_AXIS = 4;
const CHUNK_BYTES = 128 ** 3 * 4;
/** Requests that a browser makes of one host at once. */
const MOST_REQUESTS = 6;
/** Jobs handed over ahead of their answers. */
const MOST_JOBS = 8;

const keys = Array.from({ length: CHUNKS_AN_AXIS ** 3 }, (_, index) =>
  [Math.floor(index / 16), Math.floor(index / 4) % 4, index % 4].join('/'),
);

/** Does `work` for all items, so many at once. */
async function each<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>) {
  const rest = items.values();
  const lanes = Array.from({ length: atOnce }, async () => {
    for (const item of rest) await work(item);
  });
  await Promise.all(lanes);
}

/** So many bytes of all chunks, and a sum over some of them: what proves that all were decoded. */
class Tally {
  bytes = 0;
  private sum = 0;

  add(decoded: Uint8Array): void {
    this.bytes += decoded.length;
    for (let at = 0; at < decoded.length; at += 4099) this.sum += decoded[at] ?? 0;
  }

  toString(): string {
    return `${this.bytes} bytes, sum ${this.sum}`;
  }
}

function contender(
  name: string,
  chunks: readonly (() => Promise<Bytes>)[],
  { decode, recycle }: Decoder,
): Contender {
  let tally = new Tally();
  return {
    name,
    async run() {
      tally = new Tally();
      const started = performance.now();
      await each(chunks, MOST_JOBS, async (chunk) => {
        const decoded = await decode(await chunk());
        tally.add(decoded);
        recycle?.(decoded.buffer);
      });
      const time = performance.now() - started;
      return { rate: tally.bytes / 1000 / time, time };
    },
    answer: async () => String(tally),
  };
}

/** As the page has it: buffers of chunks that were read go back to the pool. */
function poolOf(size: number): Decoder {
  const pool = new CodecPool({
    size,
    compile: () => compileModule('codecs'),
    startWorker: () => new CodecWorker({ name: 'codecs' }),
  });
  const plan = { steps: [{ codec: 'blosc', mostBytes: CHUNK_BYTES }] as const };
  return {
    decode: (bytes) => pool.decode({ ...plan, decodedBytes: CHUNK_BYTES, bytes }),
    recycle: pool.recycle,
  };
}

const contenders = (chunks: readonly (() => Promise<Bytes>)[]): Contender[] => [
  contender('floodlight/1-worker', chunks, poolOf(1)),
  contender('floodlight/2-workers', chunks, poolOf(2)),
  contender('numcodecs', chunks, {
    decode: async (bytes) => (await Blosc.fromConfig({ id: 'blosc' }).decode(bytes)) as Bytes,
  }),
];

const fetchBytes = async (url: string): Promise<Bytes> =>
  new Uint8Array(await (await fetch(url, { cache: 'no-store' })).arrayBuffer());

const urlsOf = (dataUrl: string) =>
  keys.map((key) => `${dataUrl}/connectomics-labels/labels.zarr/0/${key}`);

/** All chunks of connectomics-labels, 537 MB decoded, by workers: with their bytes in memory, and from HTTP on loopback. */
export const poolCases: readonly BenchCase[] = [
  {
    name: 'labels u32, 64 chunks in memory',
    source: null,
    async prepare(dataUrl) {
      const encoded: Bytes[] = [];
      await each(urlsOf(dataUrl), MOST_REQUESTS, async (url) => {
        encoded.push(await fetchBytes(url));
      });
      return contenders(encoded.map((bytes) => async () => bytes.slice()));
    },
  },
  {
    name: 'labels u32, 64 chunks from HTTP',
    source: null,
    prepare: async (dataUrl) => contenders(urlsOf(dataUrl).map((url) => () => fetchBytes(url))),
  },
];
