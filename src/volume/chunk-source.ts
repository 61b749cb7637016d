import * as zarr from 'zarrita';
import { allocate, type Dtype, type VoxelArray } from '../core/dtype';
import { FloodlightError, isAbort, isFloodlightError } from '../core/errors';
import type { Zyx } from '../core/vec';
import { parseArrayMetadata } from './array-metadata';
import { installCheckedCodecs } from './checked-codecs';
import { permuteToZyx } from './copy-box';
import type { HttpStore } from './http-store';
import type { VolumeStatistics } from './model';
import type { SpatialAxes } from './ome-zarr';
import { badMetadata } from './parse';
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
  readonly store: HttpStore;
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

/** zarrita's store of one array: its metadata as checked here, its chunks by HTTP, the absent ones counted. */
function storeOf(
  http: HttpStore,
  file: string,
  document: object,
  statistics: VolumeStatistics,
): zarr.AsyncReadable {
  const metadata = new TextEncoder().encode(JSON.stringify(document));
  const count = (bytes: Uint8Array | undefined) => {
    if (!bytes) statistics.missingChunks++;
    return bytes;
  };
  return {
    get: async (key, options) =>
      key === `/${file}` ? metadata : count(await http.get(key, options)),
    getRange: async (key, range, options) => count(await http.getRange(key, range, options)),
  };
}

const isVoxelArray = (data: unknown, dtype: Dtype): data is VoxelArray =>
  data instanceof allocate(dtype, 0).constructor;

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return zarr.isZarritaError(error, 'CodecPipelineError') && error.cause !== undefined
    ? `${error.message}: ${reasonOf(error.cause)}`
    : error.message;
};

/** The metadata document of an array that must be there. */
async function readDocument(
  { store, version, signal }: ArrayRequest<Dtype>,
  file: '.zarray' | 'zarr.json',
): Promise<unknown> {
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
  installCheckedCodecs();
  const { store, version, statistics } = request;
  const file = version === 2 ? '.zarray' : 'zarr.json';
  const url = store.url;
  const { shape, chunkShape, dtype, document } = parseArrayMetadata(
    await readDocument(request, file),
    version,
    request.supported,
    url,
  );
  const axes = spatialAxes(shape, request.layout, url);
  const array = await openArray(storeOf(store, file, document, statistics), version, url);
  const chunkLength = chunkShape.reduce((product, size) => product * size, 1);
  const chunkZyx = pick(chunkShape, axes);

  async function decode(chunkAtZyx: Zyx, signal: AbortSignal): Promise<VoxelArray> {
    const at = shape.map((_, axis) => chunkAtZyx[axes.indexOf(axis)] ?? 0);
    const { data, stride } = await array.getChunk(at, { signal });
    if (!isVoxelArray(data, dtype)) throw new Error(`it does not decode to ${dtype} voxels`);
    if (data.length !== chunkLength)
      throw new Error(`it decodes to ${data.length} voxels instead of ${chunkLength}`);
    const chunk = permuteToZyx(data, dtype, chunkZyx, pick(stride, axes));
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
      for (;;) {
        try {
          return await decode(chunkAtZyx, signal);
        } catch (error) {
          if (isAbort(error)) {
            if (signal.aborted) throw error;
            // zarrita shares a shard's index among its readers: the abort was meant for another one.
            continue;
          }
          if (isFloodlightError(error)) throw error;
          throw new FloodlightError(
            'CHUNK_FAILED',
            { array: url, chunk: chunkAtZyx.join('/'), reason: reasonOf(error) },
            error,
          );
        }
      }
    },
  };
}

async function openArray(store: zarr.AsyncReadable, version: ZarrVersion, url: string) {
  try {
    return version === 2
      ? await zarr.open.v2(store, { kind: 'array', attrs: false })
      : await zarr.open.v3(store, { kind: 'array' });
  } catch (error) {
    throw badMetadata(url, reasonOf(error), error);
  }
}

const numericFill = (value: unknown): number | bigint =>
  typeof value === 'bigint' ? value : Number(value);
