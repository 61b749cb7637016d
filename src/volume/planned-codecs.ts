import { PLANNED_CODEC } from '../codecs/install';
import type { DecodePlan } from '../codecs/job';
import { type ArrayToDecode, type CodecMetadata, planDecode } from '../codecs/plan';
import { isFloodlightError } from '../core/errors';
import { badMetadata } from './parse';

function planOf(codecs: readonly CodecMetadata[], array: ArrayToDecode, url: string): DecodePlan {
  try {
    return planDecode(codecs, array);
  } catch (error) {
    if (!isFloodlightError(error, 'CODEC_FAILED')) throw error;
    const { codec, reason } = error.fields;
    throw badMetadata(url, `the codec “${codec}” cannot be used: ${reason}`, error);
  }
}

const codecsOf = (plan: DecodePlan): object[] => [
  { name: 'bytes', configuration: { endian: 'little' } },
  { name: PLANNED_CODEC, configuration: plan },
];

/** Codecs by which zarrita decodes what these have encoded, in one job; BAD_METADATA names one that cannot be undone. */
export const plannedCodecs = (
  codecs: readonly CodecMetadata[],
  array: ArrayToDecode,
  url: string,
): object[] => codecsOf(planOf(codecs, array, url));

export interface Sharding {
  /** Of the inner chunks; it divides that of the shard. */
  readonly chunk_shape: readonly number[];
  readonly codecs: readonly CodecMetadata[];
  readonly index_codecs: readonly CodecMetadata[];
}

/** The same for shards: their chunks and their index. */
export function plannedShards(
  sharding: Sharding,
  shard: readonly number[],
  chunk: ArrayToDecode,
  url: string,
): object[] {
  const { chunk_shape, codecs, index_codecs } = sharding;
  const grid = shard.map((size, axis) => size / (chunk_shape[axis] ?? 1));
  // Offset and length of each chunk.
  const entries: ArrayToDecode = { element: 'uint64', shape: [...grid, 2], endian: 'little' };
  const index = planOf(index_codecs, entries, url);
  if (index.encodedBytes === undefined)
    throw badMetadata(url, 'a compressed index of shards is not supported');
  const configuration = {
    chunk_shape,
    codecs: plannedCodecs(codecs, chunk, url),
    index_codecs: codecsOf(index),
  };
  return [{ name: 'sharding_indexed', configuration }];
}
