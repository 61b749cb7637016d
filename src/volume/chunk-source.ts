import * as zarr from 'zarrita';
import { abortable, recycle } from '../codecs/install';
import { mostStoredBytes } from '../codecs/job';
import { allocate, bytesOf, type Dtype, type VoxelArray } from '../core/dtype';
import { FloodlightError, isAbort, isFloodlightError } from '../core/errors';
import type { Zyx } from '../core/vec';
import { parseArrayMetadata } from './array-metadata';
import { permuteToZyx } from './chunk-boxes';
import type { VolumeStatistics } from './model';
import type { SpatialAxes } from './ome-zarr';
import { badMetadata } from './parse';
import { Shards } from './shards';
import type { VolumeStore } from './store';
import { readJson, type ZarrVersion } from './zarr-node';

/** The chunks of one array, seen along its three spatial axes. */
export interface ChunkSource<D extends Dtype = Dtype> {
  readonly url: string;
  readonly dtype: D;
  readonly shapeZyx: Zyx;
  readonly chunkZyx: Zyx;
  readonly fillValue: number | bigint;
  /** A whole chunk in C order z, y, x, also where it reaches past the shape; absent ones hold the fill value. */
  readChunk(chunkAtZyx: Zyx, signal: AbortSignal): Promise<VoxelArray>;
}

export interface ArrayRequest<D extends Dtype> {
  readonly store: VolumeStore;
  readonly version: ZarrVersion;
  readonly supported: readonly D[];
  /** The rank and spatial axes that the multiscale tells of; undefined for a bare array. */
  readonly layout: { readonly rank: number; readonly axes: SpatialAxes } | undefined;
  readonly statistics: VolumeStatistics;
  readonly signal: AbortSignal | undefined;
}

const pick = (values: readonly number[], axes: SpatialAxes): Zyx => [
  values[axes[0]] ?? 1,
  values[axes[1]] ?? 1,
  values[axes[2]] ?? 1,
];

/** Where z, y and x are; a bare array has them last. All other axes must be of size 1. */
function spatialAxes(
  shape: readonly number[],
  layout: ArrayRequest<Dtype>['layout'],
  url: string,
): SpatialAxes {
  const rank = shape.length;
  if (layout && layout.rank !== rank)
    throw badMetadata(url, `it has ${rank} axes, its multiscale tells of ${layout.rank}`);
  const axes: SpatialAxes = layout?.axes ?? [rank - 3, rank - 2, rank - 1];
  if (rank < 3 || shape.some((size, axis) => size !== 1 && !axes.includes(axis)))
    throw new FloodlightError('UNSUPPORTED_SHAPE', { url, shape });
  return axes;
}

const DOCUMENT = 'zarr.json';

/** An inner chunk of a sharded array as its document names it. */
const chunkOf = (key: string): number[] => key.split('/').slice(2).map(Number);

/** zarrita's store of one array: its metadata as made here, its chunks where they lie, the absent ones counted. */
function storeOf(
  files: VolumeStore,
  document: object,
  shards: Shards | undefined,
  statistics: VolumeStatistics,
): zarr.AsyncReadable {
  const metadata = new TextEncoder().encode(JSON.stringify(document));
  return {
    async get(key, options) {
      if (key === `/${DOCUMENT}`) return metadata;
      const signal = options?.signal;
      const stored = shards ? shards.get(chunkOf(key), signal) : files.get(key, options);
      const bytes = await stored;
      if (!bytes) statistics.missingChunks++;
      return bytes && signal ? abortable(bytes, signal) : bytes;
    },
  };
}

const isVoxelArray = (data: unknown, dtype: Dtype): data is VoxelArray =>
  data instanceof allocate(dtype, 0).constructor;

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
async function readDocument({ store, version, signal }: ArrayRequest<Dtype>): Promise<unknown> {
  const file = version === 2 ? '.zarray' : DOCUMENT;
  const { value, forbidden } = await readJson(store, file, signal);
  if (value !== undefined) return value;
  throw (
    forbidden ??
    badMetadata(store.url, `${file} of this array (Zarr version ${version}) is missing`)
  );
}

/** Opens an array; BAD_METADATA, UNSUPPORTED_DTYPE or UNSUPPORTED_SHAPE when it cannot be read as three axes. */
export async function openChunkSource<D extends Dtype>(
  request: ArrayRequest<D>,
): Promise<ChunkSource<D>> {
  const { store, version, statistics } = request;
  const url = store.url;
  const {
    shape,
    chunkShape,
    dtype,
    document,
    shards: layout,
  } = parseArrayMetadata(await readDocument(request), version, request.supported, url);
  const axes = spatialAxes(shape, request.layout, url);
  const chunkBytes = chunkShape.reduce((product, size) => product * size, bytesOf[dtype]);
  const shards = layout && new Shards(store, layout, mostStoredBytes(chunkBytes));
  const array = await openArray(storeOf(store, document, shards, statistics), url);
  const chunkZyx = pick(chunkShape, axes);

  const chunkAt = (chunkAtZyx: Zyx): number[] =>
    shape.map((_, axis) => chunkAtZyx[axes.indexOf(axis)] ?? 0);

  async function decode(chunkAtZyx: Zyx, signal: AbortSignal): Promise<VoxelArray> {
    const { data, stride } = await array.getChunk(chunkAt(chunkAtZyx), { signal });
    if (!isVoxelArray(data, dtype)) throw new Error(`it does not decode to ${dtype} voxels`);
    const chunk = permuteToZyx(data, dtype, chunkZyx, pick(stride, axes));
    if (chunk !== data) recycle(data);
    statistics.decodedBytes += chunk.byteLength;
    return chunk;
  }

  return {
    url,
    dtype,
    shapeZyx: pick(shape, axes),
    chunkZyx,
    fillValue: numericFill(array.fillValue),
    async readChunk(chunkAtZyx, signal) {
      try {
        return await decode(chunkAtZyx, signal);
      } catch (error) {
        const origin = originOf(error);
        if (isAbort(origin)) throw origin;
        if (isFloodlightError(origin, 'CODEC_FAILED')) shards?.forgetIndexOf(chunkAt(chunkAtZyx));
        throw chunkFailure(origin, url, chunkAtZyx.join('/'));
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

const numericFill = (value: unknown): number | bigint =>
  typeof value === 'bigint' ? value : Number(value);
