import { PLANNED_CODEC } from '../codecs/install';
import type { DecodePlan, DecodeStep } from '../codecs/job';
import { type ArrayToDecode, type CodecMetadata, planDecode } from '../codecs/plan';
import { isFloodlightError } from '../core/errors';
import { badMetadata } from './parse';
import type { ShardLayout } from './shards';

/** How chunks are decoded that these codecs have encoded; BAD_METADATA names one that cannot be undone. */
export function planChunks(
  codecs: readonly CodecMetadata[],
  array: ArrayToDecode,
  url: string,
): DecodePlan {
  try {
    return planDecode(codecs, array);
  } catch (error) {
    if (!isFloodlightError(error, 'CODEC_FAILED')) throw error;
    const { codec, reason } = error.fields;
    throw badMetadata(url, `the codec “${codec}” cannot be used: ${reason}`, error);
  }
}

/** Codecs by which zarrita decodes by a plan, and does a last step that changes no sizes, in one job. */
export const plannedCodecs = (plan: DecodePlan, last?: DecodeStep): object[] => [
  { name: 'bytes', configuration: { endian: 'little' } },
  {
    name: PLANNED_CODEC,
    configuration: last ? { ...plan, steps: [...plan.steps, last] } : plan,
  },
];

export interface Sharding {
  /** Of the inner chunks; it divides that of the shard. */
  readonly chunk_shape: readonly number[];
  readonly codecs: readonly CodecMetadata[];
  readonly index_codecs: readonly CodecMetadata[];
  readonly index_location?: 'start' | 'end' | undefined;
}

/** How the index of shards is decoded; BAD_METADATA where it cannot be. */
export function planShardIndex(
  sharding: Sharding,
  shard: readonly number[],
  url: string,
): Omit<ShardLayout, 'keyOf'> {
  const { chunk_shape, index_codecs } = sharding;
  const grid = shard.map((size, axis) => size / (chunk_shape[axis] ?? 1));
  // Offset and length of each chunk.
  const entries: ArrayToDecode = { element: 'uint64', shape: [...grid, 2], endian: 'little' };
  const index = planChunks(index_codecs, entries, url);
  if (index.encodedBytes === undefined)
    throw badMetadata(url, 'a compressed index of shards is not supported');
  return {
    grid,
    index,
    indexBytes: index.encodedBytes,
    indexAtStart: sharding.index_location === 'start',
  };
}
