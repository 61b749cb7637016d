import { z } from 'zod';
import { type Endian, numpyTypes } from '../codecs/element-type';
import type { DecodePlan, DecodeStep, ElementType } from '../codecs/job';
import type { CodecMetadata } from '../codecs/plan';
import { bitsDtypeOf, bytesOf, type Dtype } from '../core/dtype';
import { FloodlightError } from '../core/errors';
import { fillBits } from './fill-value';
import { badMetadata, parseWith } from './parse';
import { planChunks, plannedCodecs, planShardIndex } from './planned-codecs';
import type { ShardLayout } from './shards';
import type { ZarrVersion } from './zarr-node';

/** What the metadata of one array says, checked; all lists in the array's own order of axes. */
export interface ArrayMetadata<D extends Dtype> {
  readonly shape: readonly number[];
  /** What is decoded as one piece: the chunk, or within a shard the inner chunk. */
  readonly chunkShape: readonly number[];
  readonly dtype: D;
  /** What absent voxels are, as bits: a bigint for those of 64. */
  readonly fillBits: number | bigint;
  /** As zarrita is given it: of version 3, voxels as bits (`bitsDtypeOf`), chunks decoded by a plan, and such a step, instead of by codecs. */
  document(last?: DecodeStep): object;
  /** Where chunks lie in shards: their keys in the document are then those of nothing stored. */
  readonly shards?: ShardLayout;
}

/** Bricks are keyed with 17 bits an axis (core/brick), 64 voxels each. */
const MAXIMUM_EXTENT = 2 ** 23;
const MAXIMUM_CHUNK_BYTES = 2 ** 30;
const MAXIMUM_CHUNKS_PER_SHARD = 2 ** 22;

const extent = z.number().int().min(1);
const filterSchema = z.looseObject({ id: z.string() });
const documentV2Schema = z.looseObject({
  zarr_format: z.literal(2),
  shape: z.array(extent),
  chunks: z.array(extent),
  dtype: z.unknown(),
  order: z.enum(['C', 'F']),
  compressor: filterSchema.nullish(),
  filters: z.array(filterSchema).nullish(),
  dimension_separator: z.enum(['.', '/']).optional(),
  fill_value: z.unknown(),
});

const codecSchema = z.looseObject({
  name: z.string(),
  configuration: z.record(z.string(), z.unknown()).optional(),
});
const codecsSchema = z.array(codecSchema);
type Codecs = z.infer<typeof codecsSchema>;
const shardingSchema = z.object({
  chunk_shape: z.array(extent),
  codecs: codecsSchema,
  index_codecs: codecsSchema,
  index_location: z.enum(['start', 'end']).optional(),
});
const documentV3Schema = z.looseObject({
  zarr_format: z.literal(3),
  node_type: z.literal('array'),
  shape: z.array(extent),
  data_type: z.unknown(),
  chunk_grid: z.object({
    name: z.literal('regular'),
    configuration: z.object({ chunk_shape: z.array(extent) }),
  }),
  chunk_key_encoding: z.object({
    name: z.enum(['default', 'v2']),
    configuration: z.object({ separator: z.enum(['.', '/']).optional() }).optional(),
  }),
  codecs: codecsSchema,
  fill_value: z.unknown(),
});
type DocumentV3 = z.infer<typeof documentV3Schema>;

const namesV2: Readonly<Record<string, string>> = {
  ...numpyTypes,
  f2: 'float16',
  b1: 'bool',
};

/** NumPy's name, such as `uint16`; where the file has something else, what it says. */
const dtypeName = (dtype: unknown): string => {
  if (typeof dtype !== 'string') return JSON.stringify(dtype) ?? 'unnamed';
  return (/^[<>|]/.test(dtype) ? namesV2[dtype.slice(1)] : undefined) ?? dtype;
};

function checkDtype<D extends Dtype>(stored: unknown, supported: readonly D[], url: string): D {
  const name = dtypeName(stored);
  const dtype = supported.find((candidate) => candidate === name);
  if (dtype === undefined)
    throw new FloodlightError('UNSUPPORTED_DTYPE', { url, dtype: name, supported });
  return dtype;
}

function checkSizes(shape: readonly number[], chunk: readonly number[], url: string): void {
  if (shape.length !== chunk.length)
    throw badMetadata(url, `chunks have ${chunk.length} axes, the array has ${shape.length}`);
  if (shape.some((size) => size > MAXIMUM_EXTENT))
    throw badMetadata(
      url,
      `the shape ${shape.join(' × ')} is larger than ${MAXIMUM_EXTENT} voxels an axis`,
    );
}

/** Before anything is allocated: chunks that no reader of chunks could hold. */
function checkChunkBytes(chunk: readonly number[], bytesPerVoxel: number, url: string): void {
  const bytes = chunk.reduce((product, size) => product * size, bytesPerVoxel);
  if (!(bytes <= MAXIMUM_CHUNK_BYTES))
    throw badMetadata(
      url,
      `one chunk of ${chunk.join(' × ')} voxels is larger than ${MAXIMUM_CHUNK_BYTES / 2 ** 20} MiB`,
    );
}

/** The inner chunks of a sharded array; undefined for others. */
function shardingOf(codecs: Codecs, shape: readonly number[], shard: number[], url: string) {
  const codec = codecs.find(({ name }) => name === 'sharding_indexed');
  if (!codec) return undefined;
  if (codecs.length > 1) throw badMetadata(url, 'codecs beside sharding_indexed are not supported');
  const sharding = parseWith(shardingSchema, codec.configuration, url);
  const inner = sharding.chunk_shape;
  checkSizes(shape, inner, url);
  const perShard = shard.map((size, axis) => size / (inner[axis] ?? 1));
  if (!perShard.every(Number.isInteger))
    throw badMetadata(
      url,
      `chunks of ${inner.join(' × ')} do not divide shards of ${shard.join(' × ')}`,
    );
  if (perShard.reduce((product, count) => product * count, 1) > MAXIMUM_CHUNKS_PER_SHARD)
    throw badMetadata(url, `a shard holds more than ${MAXIMUM_CHUNKS_PER_SHARD} chunks`);
  return sharding;
}

/** The codecs of version 2 as those of version 3. */
const codecsOfV2 = ({ order, filters, compressor }: z.infer<typeof documentV2Schema>) => [
  ...(order === 'F' ? [{ name: 'transpose', configuration: { order } }] : []),
  ...[...(filters ?? []), ...(compressor ? [compressor] : [])].map(
    ({ id, ...configuration }): CodecMetadata => ({ name: id, configuration }),
  ),
];

/** Codecs are told what voxels are; of bool and float16, which none of them calculates with, how wide they are. */
const arrayOf = (dtype: Dtype, shape: readonly number[], endian: Endian) => {
  const element: ElementType = dtype === 'bool' ? 'uint8' : dtype === 'float16' ? 'uint16' : dtype;
  return { element, shape, endian };
};

/** A document of version 3 with all that zarrita reads. */
function describeArray<D extends Dtype>(
  { shape, fill_value }: { readonly shape: readonly number[]; readonly fill_value?: unknown },
  chunkShape: readonly number[],
  dtype: D,
  parts: Pick<DocumentV3, 'chunk_grid' | 'chunk_key_encoding'>,
  plan: DecodePlan,
  url: string,
): ArrayMetadata<D> {
  const bits = fillBits(dtype, fill_value, url);
  const document = (last?: DecodeStep) => ({
    zarr_format: 3,
    node_type: 'array',
    shape,
    data_type: bitsDtypeOf(dtype),
    chunk_grid: parts.chunk_grid,
    chunk_key_encoding: parts.chunk_key_encoding,
    codecs: plannedCodecs(plan, last),
    fill_value: typeof bits === 'bigint' ? String(bits) : bits,
    attributes: {},
  });
  return { shape, chunkShape, dtype, fillBits: bits, document };
}

function parseV2<D extends Dtype>(
  document: unknown,
  supported: readonly D[],
  url: string,
): ArrayMetadata<D> {
  const metadata = parseWith(documentV2Schema, document, url);
  const { shape, chunks } = metadata;
  const dtype = checkDtype(metadata.dtype, supported, url);
  checkSizes(shape, chunks, url);
  checkChunkBytes(chunks, bytesOf[dtype], url);
  const endian = String(metadata.dtype).startsWith('>') ? 'big' : 'little';
  const plan = planChunks(codecsOfV2(metadata), arrayOf(dtype, chunks, endian), url);
  const separator = metadata.dimension_separator ?? '.';
  const parts = {
    chunk_grid: { name: 'regular', configuration: { chunk_shape: chunks } },
    chunk_key_encoding: { name: 'v2', configuration: { separator } },
  } as const;
  return describeArray(metadata, chunks, dtype, parts, plan, url);
}

function parseV3<D extends Dtype>(
  document: unknown,
  supported: readonly D[],
  url: string,
): ArrayMetadata<D> {
  const metadata = parseWith(documentV3Schema, document, url);
  const { shape } = metadata;
  const shard = metadata.chunk_grid.configuration.chunk_shape;
  const dtype = checkDtype(metadata.data_type, supported, url);
  checkSizes(shape, shard, url);
  const sharding = shardingOf(metadata.codecs, shape, shard, url);
  const chunkShape = sharding?.chunk_shape ?? shard;
  checkChunkBytes(chunkShape, bytesOf[dtype], url);
  const array = arrayOf(dtype, chunkShape, 'little');
  const plan = planChunks(sharding?.codecs ?? metadata.codecs, array, url);
  if (!sharding) return describeArray(metadata, chunkShape, dtype, metadata, plan, url);
  return {
    ...describeArray(metadata, chunkShape, dtype, innerChunks(chunkShape), plan, url),
    shards: {
      ...planShardIndex(sharding, shard, url),
      keyOf: keysOf(metadata.chunk_key_encoding),
    },
  };
}

/** How the document of a sharded array names its inner chunks. */
const innerChunks = (chunk_shape: number[]) =>
  ({
    chunk_grid: { name: 'regular', configuration: { chunk_shape } },
    chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
  }) as const;

function keysOf({ name, configuration }: DocumentV3['chunk_key_encoding']): ShardLayout['keyOf'] {
  const separator = configuration?.separator ?? (name === 'v2' ? '.' : '/');
  return (at) => `/${(name === 'v2' ? at : ['c', ...at]).join(separator)}`;
}

/**
 * Reads `.zarray` (version 2) or `zarr.json` (version 3). UNSUPPORTED_DTYPE for voxels other than the supported,
 * BAD_METADATA for all else that could not be read or held.
 */
export const parseArrayMetadata = <D extends Dtype>(
  document: unknown,
  version: ZarrVersion,
  supported: readonly D[],
  url: string,
): ArrayMetadata<D> =>
  version === 2 ? parseV2(document, supported, url) : parseV3(document, supported, url);
