import * as zarr from 'zarrita';
import { abortable, recycle } from '../codecs/install';
import { mostStoredBytes } from '../codecs/job';
import { BRICK_SHAPE } from '../core/brick';
import { allocate, type BitsArray, bitsDtypeOf, bytesOf, type Dtype } from '../core/dtype';
import { FloodlightError, isAbort, isFloodlightError } from '../core/errors';
import type { Zyx } from '../core/vec';
import { parseArrayMetadata } from './array-metadata';
import { brickOrder } from './brick-order';
import { ordered } from './chunk-boxes';
import type { VolumeStatistics } from './model';
import type { ArrayAxes } from './ome-zarr';
import { badMetadata } from './parse';
import { Shards } from './shards';
import type { VolumeStore } from './store';
import type { StoredChunks } from './stored-chunks';
import { readJson, type ZarrVersion } from './zarr-node';

/** Where a chunk lies in an array's grid: along the array's further axes, then z, y, x. */
export interface ChunkPosition {
  readonly more: readonly number[];
  readonly zyx: Zyx;
}

/** The chunks of one array, seen along its further axes (times, channels) and its three spatial ones. */
export interface ChunkSource<D extends Dtype = Dtype> {
  readonly url: string;
  readonly dtype: D;
  readonly shapeZyx: Zyx;
  readonly chunkZyx: Zyx;
  /** Of what a chunk consists as it is read: C-ordered blocks, themselves in C order; often the chunk itself. */
  readonly blockZyx: Zyx;
  /** Along the further axes: the array's shape and that of its chunks. */
  readonly moreShape: readonly number[];
  readonly moreChunk: readonly number[];
  /** What absent voxels are. */
  readonly fillBits: number | bigint;
  /**
   * Chunks that were read as absent before their folder was found changed, and so may be anything; each is told once, and kept by
   * no cache any more.
   */
  takeDoubtful(): readonly ChunkPosition[];
  /**
   * A whole chunk's bits, in C order of further axes and then block by block, also where it reaches past the shape; absent ones
   * hold the fill value. `onFetched` is told when it only has to be decoded.
   */
  readChunk(
    position: ChunkPosition,
    signal: AbortSignal,
    onFetched?: () => void,
  ): Promise<BitsArray>;
}

export interface ArrayRequest<D extends Dtype> {
  readonly store: VolumeStore;
  readonly version: ZarrVersion;
  /** Its metadata, where they were read before. */
  readonly document?: unknown;
  readonly supported: readonly D[];
  /** The axes that the multiscale tells of; undefined for a bare array. */
  readonly layout: ArrayAxes | undefined;
  readonly statistics: VolumeStatistics;
  /** Keeps small chunks, those of all arrays. */
  readonly stored: StoredChunks;
  /** Lets go of a decoded chunk, by its `chunkKey`. */
  forgetChunk(key: string): void;
  readonly signal: AbortSignal | undefined;
}

/** So many absent chunks of an array are remembered, the latest: some 10 MB. */
const MOST_ABSENCES = 2 ** 16;

/** Names a chunk among those of all arrays. */
export const chunkKey = (url: string, { more, zyx }: ChunkPosition): string =>
  `${url} ${[...more, ...zyx].join('/')}`;

/** What an array has along some of its axes; 1 along those that it lacks. */
const pick = (values: readonly number[], axes: readonly number[]): number[] =>
  axes.map((axis) => values[axis] ?? 1);
const pickZyx = (values: readonly number[], [z, y, x]: Zyx): Zyx => [
  values[z] ?? 1,
  values[y] ?? 1,
  values[x] ?? 1,
];

/** Where z, y and x are, and further axes; a bare array has the three last. All that are none of these must be of size 1. */
function axesOf(shape: readonly number[], layout: ArrayAxes | undefined, url: string): ArrayAxes {
  const rank = shape.length;
  if (layout && layout.rank !== rank)
    throw badMetadata(url, `it has ${rank} axes, its multiscale tells of ${layout.rank}`);
  const axes = layout ?? { rank, spatial: [rank - 3, rank - 2, rank - 1], more: [] };
  const known = [...axes.spatial, ...axes.more];
  if (rank < 2 || shape.some((size, axis) => size !== 1 && !known.includes(axis)))
    throw new FloodlightError('UNSUPPORTED_SHAPE', { url, shape });
  return axes;
}

const DOCUMENT = 'zarr.json';

/** An inner chunk of a sharded array as its document names it. */
const chunkOf = (key: string): number[] => key.split('/').slice(2).map(Number);

/** What is stored of a chunk, by its key in the document; undefined where it is absent. */
type GetChunk = VolumeStore['get'];

/** zarrita's store of one array: its metadata as made here, its chunks where they lie, the absent ones counted. */
function storeOf(
  getChunk: GetChunk,
  document: object,
  statistics: VolumeStatistics,
  fetched: WeakMap<AbortSignal, () => void>,
  absent: WeakSet<AbortSignal>,
): zarr.AsyncReadable {
  const metadata = new TextEncoder().encode(JSON.stringify(document));
  return {
    async get(key, options) {
      if (key === `/${DOCUMENT}`) return metadata;
      const signal = options?.signal;
      const bytes = await getChunk(key, options);
      if (signal) fetched.get(signal)?.();
      if (!bytes) statistics.missingChunks++;
      if (!bytes && signal) absent.add(signal);
      return bytes && signal ? abortable(bytes, signal) : bytes;
    },
  };
}

const isBits = (data: unknown, dtype: Dtype): data is BitsArray =>
  data instanceof allocate(bitsDtypeOf(dtype), 0).constructor;

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** What zarrita has wrapped. */
const originOf = (error: unknown): unknown =>
  zarr.isZarritaError(error, 'CodecPipelineError') && error.cause !== undefined
    ? error.cause
    : error;

/** What failed, with the chunk's name unless it tells enough by itself. */
function chunkFailure(error: unknown, array: string, chunk: string): unknown {
  if (isFloodlightError(error, 'CODEC_FAILED'))
    return new FloodlightError('CHUNK_FAILED', { array, chunk, ...error.fields }, error);
  if (isFloodlightError(error)) return error;
  return new FloodlightError('CHUNK_FAILED', { array, chunk, reason: messageOf(error) }, error);
}

/** The metadata document of an array that must be there. */
async function readDocument(request: ArrayRequest<Dtype>): Promise<unknown> {
  const { store, version, signal, document } = request;
  if (document !== undefined) return document;
  const file = version === 2 ? '.zarray' : DOCUMENT;
  const { value, forbidden } = await readJson(store, file, signal);
  if (value !== undefined) return value;
  throw (
    forbidden ??
    badMetadata(store.url, `${file} of this array (Zarr version ${version}) is missing`)
  );
}

/** Opens an array; BAD_METADATA, UNSUPPORTED_DTYPE or UNSUPPORTED_SHAPE when it cannot be read along these axes. */
export async function openChunkSource<D extends Dtype>(
  request: ArrayRequest<D>,
): Promise<ChunkSource<D>> {
  const { store, version, statistics, stored } = request;
  const url = store.url;
  const {
    shape,
    chunkShape,
    dtype,
    fillBits,
    document,
    shards: layout,
  } = parseArrayMetadata(await readDocument(request), version, request.supported, url);
  const { spatial, more } = axesOf(shape, request.layout, url);
  const chunkBytes = chunkShape.reduce((product, size) => product * size, bytesOf[dtype]);
  const shards = layout && new Shards(store, layout, mostStoredBytes(chunkBytes));
  const fetchChunk: GetChunk = (key, options) =>
    shards ? shards.get(chunkOf(key), options?.signal) : store.get(key, options);
  const getChunk: GetChunk = async (key, options) => {
    const kept = stored.get(`${url} ${key}`);
    if (kept) return kept;
    const bytes = await fetchChunk(key, options);
    if (bytes) stored.put(`${url} ${key}`, bytes, chunkBytes);
    return bytes;
  };
  /** Whom to tell of what was fetched for these signals: zarrita hands on nothing else. */
  const fetched = new WeakMap<AbortSignal, () => void>();
  /** Signals of those that were absent. */
  const absent = new WeakSet<AbortSignal>();
  /** Chunks that were absent, by their keys; where they lie in the array. */
  const absences = new Map<string, { readonly position: ChunkPosition; readonly at: number[] }>();
  /** Those of before the folder was found changed. */
  const doubtful = new Map<string, ChunkPosition>();
  const axes = [...more, ...spatial];
  const chunkZyx = pickZyx(chunkShape, spatial);
  // Others are brought into order once they are decoded.
  const isInOrder = axes.length === shape.length && axes.every((axis, index) => axis === index);
  const byBricks = isInOrder ? brickOrder(chunkShape, bytesOf[dtype]) : undefined;
  const files = storeOf(getChunk, document(byBricks), statistics, fetched, absent);
  const array = await openArray(files, url);
  const orderedShape = pick(chunkShape, axes);

  async function decode(at: number[], signal: AbortSignal): Promise<BitsArray> {
    const { data, stride } = await array.getChunk(at, { signal });
    if (!isBits(data, dtype)) throw new Error(`it does not decode to ${dtype} voxels`);
    const chunk = ordered(data, orderedShape, pick(stride, axes));
    if (chunk !== data) recycle(data);
    statistics.decodedBytes += chunk.byteLength;
    return chunk;
  }

  return {
    url,
    dtype,
    shapeZyx: pickZyx(shape, spatial),
    chunkZyx,
    blockZyx: byBricks ? BRICK_SHAPE : chunkZyx,
    moreShape: pick(shape, more),
    moreChunk: pick(chunkShape, more),
    fillBits,
    takeDoubtful() {
      const taken = [...doubtful.values()];
      doubtful.clear();
      return taken;
    },
    async readChunk(position, signal, onFetched) {
      if (onFetched) fetched.set(signal, onFetched);
      const values = [...position.more, ...position.zyx];
      const at = shape.map((_, axis) => values[axes.indexOf(axis)] ?? 0);
      try {
        const chunk = await decode(at, signal);
        if (store.mayVanish && absent.has(signal)) {
          absences.set(chunkKey(url, position), { position, at });
          const [oldest] = absences.keys();
          if (oldest !== undefined && absences.size > MOST_ABSENCES) absences.delete(oldest);
        }
        return chunk;
      } catch (error) {
        const origin = originOf(error);
        if (isAbort(origin)) throw origin;
        if (isFloodlightError(origin, 'CODEC_FAILED')) {
          shards?.forgetIndexOf(at);
          stored.forgetAll(`${url} `);
        }
        if (isFloodlightError(origin, 'SOURCE_CHANGED')) {
          for (const [key, absence] of absences) {
            shards?.forgetIndexOf(absence.at);
            request.forgetChunk(key);
            doubtful.set(key, absence.position);
          }
          absences.clear();
        }
        throw chunkFailure(origin, url, at.join('/'));
      }
    },
  };
}

async function openArray(store: zarr.AsyncReadable, url: string) {
  try {
    return await zarr.open.v3(store, { kind: 'array' });
  } catch (error) {
    throw badMetadata(url, messageOf(error), error);
  }
}
