import { zipSync } from 'fflate';
import { crc32c } from '../../codecs/testing/crc32c';
import { directoryAt } from '../testing-zips';
import { LOCAL_HEADER_BYTES } from '../zip-directory';
import { type ArraySpec, type Files, putArray, putJson } from './array-files';

/** A way in which a server offers a volume of 4 × 4 × 8 voxels, uint8 from 100 on in C order, in two chunks of 4 × 4 × 4. */
export interface HttpKind {
  readonly kind: string;
  readonly files: Files;
  /** Where the volume lies on the server. */
  readonly path: string;
  /** The file that has the second chunk. */
  readonly file: string;
  /** Whether a request is of the second chunk. */
  isOfSecond(key: string, range: string): boolean;
}

const FIRST = '/c/0/0/0';
const SECOND = '/c/0/0/1';
const CHUNK_BYTES = 64;

const spec: ArraySpec = {
  version: 3,
  dtype: 'uint8',
  shape: [4, 4, 8],
  chunks: [4, 4, 4],
  fill: 9,
  valueAt: (index) => 100 + index,
};

async function plainFiles(): Promise<Files> {
  const files: Files = new Map();
  await putArray(files, '', spec);
  return files;
}

const firstByte = (range: string): number => Number(/^bytes=(\d+)-/.exec(range)?.[1] ?? Number.NaN);

async function plain(): Promise<HttpKind> {
  const files = await plainFiles();
  const isOfSecond = (key: string) => key === SECOND;
  return { kind: 'plain', files, path: '', file: SECOND, isOfSecond };
}

/** Both chunks in one shard, its index at the end. */
async function sharded(): Promise<HttpKind> {
  const chunks = await plainFiles();
  const files: Files = new Map();
  const little = { name: 'bytes', configuration: { endian: 'little' } };
  putJson(files, '/zarr.json', {
    zarr_format: 3,
    node_type: 'array',
    shape: spec.shape,
    data_type: spec.dtype,
    chunk_grid: { name: 'regular', configuration: { chunk_shape: spec.shape } },
    chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
    codecs: [
      {
        name: 'sharding_indexed',
        configuration: {
          chunk_shape: spec.chunks,
          codecs: [little],
          index_codecs: [little, { name: 'crc32c' }],
        },
      },
    ],
    fill_value: spec.fill,
    attributes: {},
  });
  const shard = new Uint8Array(2 * CHUNK_BYTES + 2 * 16 + 4);
  shard.set(chunks.get(FIRST) ?? []);
  shard.set(chunks.get(SECOND) ?? [], CHUNK_BYTES);
  const index = new BigUint64Array([0n, 64n, 64n, 64n]);
  shard.set(new Uint8Array(index.buffer), 2 * CHUNK_BYTES);
  const sum = crc32c(shard.subarray(2 * CHUNK_BYTES, -4));
  new DataView(shard.buffer).setUint32(shard.length - 4, sum, true);
  files.set(FIRST, shard);
  const isOfSecond = (key: string, range: string) =>
    key === FIRST && firstByte(range) === CHUNK_BYTES;
  return { kind: 'sharded', files, path: '', file: FIRST, isOfSecond };
}

/** All files in one zip, the second chunk the last. */
async function zipped(): Promise<HttpKind> {
  const files = await plainFiles();
  const file = '/a.zip';
  const entries = [...files].map(([key, bytes]) => [key.slice(1), bytes] as const);
  const zip = zipSync(Object.fromEntries(entries), { level: 0 });
  const headerAt = Buffer.from(zip).indexOf(SECOND.slice(1)) - LOCAL_HEADER_BYTES;
  const isOfSecond = (key: string, range: string) =>
    key === file && firstByte(range) >= headerAt && firstByte(range) < directoryAt(zip);
  return { kind: 'zipped', files: new Map([[file, zip]]), path: file, file, isOfSecond };
}

export const HTTP_KINDS: readonly HttpKind[] = await Promise.all([plain(), sharded(), zipped()]);
