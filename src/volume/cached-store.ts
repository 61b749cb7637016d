import type { AbsolutePath, GetOptions, RangeQuery } from 'zarrita';
import { abortError } from '../core/errors';
import type { Kept } from '../disk/chunk-disk';
import type { ArrayAnswers } from './array-answers';
import type { VolumeStatistics } from './model';
import type { RangeOptions, VolumeStore } from './store';

const METADATA = /(^|\/)(zarr\.json|\.zarray|\.zattrs|\.zgroup)$/;
const ARRAY = /(^|\/)(zarr\.json|\.zarray)$/;

const HOUR = 3600;
/** How long a chunk is believed in without asking, and how long that there is none, for one may be written any time. */
const CHUNK_SECONDS = 7 * 24 * HOUR;
const ABSENT_SECONDS = HOUR;

/** Older chunks are believed in once one of their array was compared with the server's. */
const UNCOMPARED_SECONDS = HOUR;

/** Keeps chunks by key. */
export interface ChunkStorage {
  /** Undefined where nothing is known. */
  get(key: string): Kept | undefined | Promise<Kept | undefined>;
  /** Keeps a chunk's bytes, or that there is none, for some seconds. */
  put(key: string, bytes: Uint8Array | null, seconds: number): void;
  /** Drops all chunks whose keys begin so. */
  dropAll(start: string): void;
}

/** What keeps chunks of a server on disk. */
export interface DiskAccess {
  readonly disk: ChunkStorage;
  readonly answers: ArrayAnswers;
  readonly statistics: Pick<VolumeStatistics, 'diskHits'>;
}

const isSame = (a: RangeQuery, b: RangeQuery): boolean => JSON.stringify(a) === JSON.stringify(b);

const isEqual = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);

/** 128 bits that stand for a text or bytes, as hexadecimal digits. */
async function digest(...parts: readonly (string | Uint8Array)[]): Promise<string> {
  const bytes = new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...hash.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * A store of a server whose chunks are kept on disk, as they are stored there. Metadata are always read from the server, and
 * what they are names the chunks: with an array's metadata (their text, ETag or Last-Modified) all of its chunks become unknown.
 * The same holds for the index of a shard and the chunks in it. Of an array without shards the first chunk that is older than
 * an hour is compared with the server's, and all are dropped where it differs; chunks replaced one by one below the same metadata
 * may be noticed after a week only, added ones after an hour.
 */
export class CachedStore implements VolumeStore {
  /** What the array's keys on disk begin with; undefined until its metadata were read, and where nothing may be kept. */
  private array: string | undefined;
  /** Of each shard the range of its index, the first that is asked for, and what that holds. */
  private comparison: Promise<void> | undefined;
  private readonly indexes = new Map<string, { readonly range: RangeQuery; content: string }>();

  constructor(
    private readonly store: VolumeStore,
    private readonly access: DiskAccess,
  ) {}

  get url(): string {
    return this.store.url;
  }

  urlOf(key: string): string {
    return this.store.urlOf(key);
  }

  at(path: string): CachedStore {
    return new CachedStore(this.store.at(path), this.access);
  }

  async get(key: AbsolutePath, options?: GetOptions): Promise<Uint8Array | undefined> {
    if (!METADATA.test(key))
      return this.chunk(
        key,
        () => this.store.get(key, options),
        options,
        (kept) => this.compareOnce(key, kept),
      );
    const bytes = await this.store.get(key, options);
    if (bytes && ARRAY.test(key)) await this.name(this.urlOf(key), bytes);
    return bytes;
  }

  async getRange(
    key: AbsolutePath,
    range: RangeQuery,
    options?: RangeOptions,
  ): Promise<Uint8Array | undefined> {
    const fetch = () => this.store.getRange(key, range, options);
    const index = this.indexes.get(key);
    if (index && !isSame(index.range, range) && 'offset' in range)
      return this.chunk(`${key}/${index.content}/${range.offset}+${range.length}`, fetch, options);
    const bytes = await fetch();
    if (this.array && bytes) this.indexes.set(key, { range, content: await digest(bytes) });
    return bytes;
  }

  private async name(url: string, metadata: Uint8Array): Promise<void> {
    const answer = this.access.answers.of(url);
    if (answer?.isKept) this.array = await digest(url, '\n', answer.validator, '\n', metadata);
  }

  /**
   * What is still kept of a chunk once one of its array was compared with the server's: where it is old, the first to be, others
   * wait for what comes of it.
   */
  private async compareOnce(key: AbsolutePath, kept: Kept): Promise<Kept | undefined> {
    const { array } = this;
    const { bytes, secondsLeft } = kept;
    if (!bytes || secondsLeft > CHUNK_SECONDS - UNCOMPARED_SECONDS) return kept;
    this.comparison ??= this.compare(key, bytes);
    await this.comparison;
    return this.access.disk.get(`${array}${key}`);
  }

  private async compare(key: AbsolutePath, kept: Uint8Array): Promise<void> {
    const { array } = this;
    const { disk } = this.access;
    if (array === undefined) return;
    try {
      // For all that wait: no single one's to abort.
      const bytes = await this.store.get(key);
      if (bytes && isEqual(bytes, kept)) return;
      disk.dropAll(array);
      disk.put(`${array}${key}`, bytes ?? null, bytes ? CHUNK_SECONDS : ABSENT_SECONDS);
    } catch {
      // Nobody knows: what is kept stays.
    }
  }

  private async chunk(
    name: string,
    fetch: () => Promise<Uint8Array | undefined>,
    options: GetOptions | undefined,
    believe: (kept: Kept) => Promise<Kept | undefined> = async (kept) => kept,
  ): Promise<Uint8Array | undefined> {
    const { array } = this;
    if (array === undefined) return fetch();
    const { disk, statistics } = this.access;
    const key = `${array}${name}`;
    const found = await disk.get(key);
    const kept = found && (await believe(found));
    if (options?.signal?.aborted) throw abortError();
    if (kept) {
      statistics.diskHits++;
      return kept.bytes ?? undefined;
    }
    const bytes = await fetch();
    disk.put(key, bytes ?? null, bytes ? CHUNK_SECONDS : ABSENT_SECONDS);
    return bytes;
  }
}
