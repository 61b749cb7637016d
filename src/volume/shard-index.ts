import { codecFailed } from '../codecs/codec-failed';
import type { ByteRange } from './range-merger';

/** Offset and length of an inner chunk that is not stored. */
const ABSENT = 2n ** 64n - 1n;
const WORDS = 2;

export interface ShardLimits {
  /** Of one chunk as stored. */
  readonly mostBytes: number;
  readonly indexBytes: number;
  readonly indexAtStart: boolean;
  /** Of the whole shard, where it is known. */
  readonly shardBytes: number | undefined;
}

const damaged = (reason: string) =>
  codecFailed('sharding_indexed', `the index of its shard ${reason}`);

/** The index of a shard that holds none of its chunks, and after it the size of the shard. */
export function emptyIndex(chunks: number, shardBytes: bigint): BigUint64Array<ArrayBuffer> {
  const index = new BigUint64Array(WORDS * chunks + 1).fill(ABSENT);
  index[WORDS * chunks] = shardBytes;
  return index;
}

/** A claim in words, where it is none that a chunk of such a shard can have. */
function wrongClaim(offset: number, length: number, limits: ShardLimits): string | undefined {
  const claim = `claims ${length} bytes at ${offset}`;
  const { mostBytes, indexBytes, indexAtStart, shardBytes } = limits;
  if (!(length >= 1 && length <= mostBytes && Number.isSafeInteger(offset + length)))
    return `${claim}, at most ${mostBytes} can be`;
  if (indexAtStart && offset < indexBytes) return `${claim}, where it lies itself`;
  const end = shardBytes === undefined ? undefined : shardBytes - (indexAtStart ? 0 : indexBytes);
  return end !== undefined && offset + length > end
    ? `${claim}, past the end at ${end}`
    : undefined;
}

/** Where the bytes of an inner chunk lie in its shard; undefined where it is not stored, CODEC_FAILED where they cannot lie there. */
export function entryAt(
  index: BigUint64Array,
  chunk: number,
  limits: ShardLimits,
): ByteRange | undefined {
  const [start = ABSENT, count = ABSENT] = index.subarray(chunk * WORDS, (chunk + 1) * WORDS);
  if (start === ABSENT && count === ABSENT) return undefined;
  const [offset, length] = [Number(start), Number(count)];
  const wrong = wrongClaim(offset, length, limits);
  if (wrong !== undefined) throw damaged(wrong);
  return { offset, length };
}

/**
 * CODEC_FAILED where chunks overlap in part, which no writer does; the very same bytes for several chunks are in order. Claims that
 * no chunk can have are left to their own reading.
 */
export function checkOverlaps(index: BigUint64Array, limits: ShardLimits): void {
  const ranges: ByteRange[] = [];
  for (let at = 0; at < index.length; at += WORDS) {
    const [offset, length] = [Number(index[at]), Number(index[at + 1])];
    if (wrongClaim(offset, length, limits) === undefined) ranges.push({ offset, length });
  }
  ranges.sort((a, b) => a.offset - b.offset || a.length - b.length);
  for (const [at, { offset, length }] of ranges.entries()) {
    const next = ranges[at + 1];
    const isSame = next?.offset === offset && next.length === length;
    if (next && !isSame && next.offset < offset + length)
      throw damaged(`has chunks that overlap at ${next.offset}`);
  }
}
