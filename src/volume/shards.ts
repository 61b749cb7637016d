import type { AbsolutePath } from 'zarrita';
import { codecFailed } from '../codecs/codec-failed';
import { decodePlanned } from '../codecs/install';
import type { DecodePlan } from '../codecs/job';
import { isFloodlightError } from '../core/errors';
import { ChunkCache } from './chunk-cache';
import type { ByteRange } from './range-merger';
import { checkOverlaps, emptyIndex, entryAt, type ShardLimits } from './shard-index';
import type { VolumeStore } from './store';

/** How the shards of an array are named and indexed. */
export interface ShardLayout {
  /** Inner chunks of a shard along each axis. */
  readonly grid: readonly number[];
  readonly index: DecodePlan;
  /** As stored. */
  readonly indexBytes: number;
  readonly indexAtStart: boolean;
  /** The key of a shard, with its leading slash. */
  keyOf(shardAt: readonly number[]): AbsolutePath;
}

/** Of indexes, for one array: those of 1,024 shards of 512 chunks. */
const INDEX_CACHE_BYTES = 2 ** 23;

/** Stands for a size that nobody told. */
const UNKNOWN = 2n ** 64n - 1n;

/** Whether a server said that the file ends before the range, which its index should have known. */
const isPastEnd = (error: unknown): boolean =>
  isFloodlightError(error, 'HTTP_STATUS') && error.fields.status === 416;

/**
 * The inner chunks of a sharded array, each by a range of its own. Indexes are kept, least recently used dropped first, and
 * trusted in nothing: their checksum is compared, where they have one, and each claim checked before it is followed.
 */
export class Shards {
  private readonly indexes: ChunkCache;

  constructor(
    private readonly store: VolumeStore,
    private readonly layout: ShardLayout,
    /** Of one chunk as stored. */
    private readonly mostBytes: number,
  ) {
    // One index at least, however large.
    this.indexes = new ChunkCache(Math.max(INDEX_CACHE_BYTES, layout.index.decodedBytes + 8));
  }

  /** The stored bytes of an inner chunk, undefined where there are none; CODEC_FAILED where its shard cannot be right. */
  async get(
    chunkAt: readonly number[],
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array | undefined> {
    const { grid } = this.layout;
    const key = this.keyOf(chunkAt);
    const chunk = grid.reduce(
      (index, count, axis) => index * count + ((chunkAt[axis] ?? 0) % count),
      0,
    );
    const range = await this.indexes.read(
      key,
      (shared) => this.readIndex(key, shared),
      (index) => this.rangeOf(index as BigUint64Array, chunk),
      signal,
    );
    if (!range) return undefined;
    try {
      return await this.store.getRange(key, range, signal ? { signal } : {});
    } catch (error) {
      if (!isPastEnd(error)) throw error;
      throw codecFailed('sharding_indexed', 'its shard ends before it', error);
    }
  }

  /** Has the index of a chunk's shard read anew: the shard may have been replaced. */
  forgetIndexOf(chunkAt: readonly number[]): void {
    this.indexes.forget(this.keyOf(chunkAt));
  }

  private keyOf(chunkAt: readonly number[]): AbsolutePath {
    const { grid, keyOf } = this.layout;
    return keyOf(chunkAt.map((at, axis) => Math.floor(at / (grid[axis] ?? 1))));
  }

  /** The entries of a shard's index, and the size of the shard. */
  private async readIndex(key: AbsolutePath, signal: AbortSignal): Promise<BigUint64Array> {
    const { grid, index, indexBytes, indexAtStart } = this.layout;
    let sizeBytes: number | undefined;
    const bytes = await this.store.getRange(
      key,
      indexAtStart ? { offset: 0, length: indexBytes } : { suffixLength: indexBytes },
      {
        signal,
        onSize(told) {
          sizeBytes = told;
        },
      },
    );
    const chunks = grid.reduce((product, count) => product * count, 1);
    if (!bytes) return emptyIndex(chunks, UNKNOWN);
    const decoded = await decodePlanned(index, bytes, signal);
    const entries = emptyIndex(chunks, sizeBytes === undefined ? UNKNOWN : BigInt(sizeBytes));
    new Uint8Array(entries.buffer).set(decoded);
    checkOverlaps(entries.subarray(0, -1), this.limitsOf(entries));
    return entries;
  }

  private rangeOf(index: BigUint64Array, chunk: number): ByteRange | undefined {
    return entryAt(index, chunk, this.limitsOf(index));
  }

  private limitsOf(index: BigUint64Array): ShardLimits {
    const { indexBytes, indexAtStart } = this.layout;
    const size = index.at(-1);
    const shardBytes = size === undefined || size === UNKNOWN ? undefined : Number(size);
    return { mostBytes: this.mostBytes, indexBytes, indexAtStart, shardBytes };
  }
}
