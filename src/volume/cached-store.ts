import type { AbsolutePath, GetOptions, RangeQuery } from 'zarrita';
import { abortError } from '../core/errors';
import type { ChunkDisk } from '../disk/chunk-disk';
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

export type ChunkStorage = Pick<ChunkDisk, 'get' | 'put' | 'ready' | 'secondsLeft' | 'dropAll'>;

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
    if (!METADATA.test(key)) {
      await this.compareOnce(key);
      return this.chunk(key, () => this.store.get(key, options), options);
    }
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

  /** Compares a chunk with the server's where it is old and the first of its array to be; others wait for what comes of it. */
  private async compareOnce(key: AbsolutePath): Promise<void> {
    const { array } = this;
    const { disk } = this.access;
    await disk.ready;
    const left = array === undefined ? undefined : disk.secondsLeft(`${array}${key}`);
    if (array === undefined || left === undefined || left > CHUNK_SECONDS - UNCOMPARED_SECONDS)
      return;
    this.comparison ??= this.compare(array, key);
    await this.comparison;
  }

  private async compare(array: string, key: AbsolutePath): Promise<void> {
    const { disk } = this.access;
    const kept = disk.get(`${array}${key}`);
    if (!kept) return;
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
  ): Promise<Uint8Array | undefined> {
    const { array } = this;
    if (array === undefined) return fetch();
    const { disk, statistics } = this.access;
    await disk.ready;
    if (options?.signal?.aborted) throw abortError();
    const key = `${array}${name}`;
    const kept = disk.get(key);
    if (kept !== undefined) {
      statistics.diskHits++;
      return kept ?? undefined;
    }
    const bytes = await fetch();
    disk.put(key, bytes ?? null, bytes ? CHUNK_SECONDS : ABSENT_SECONDS);
    return bytes;
  }
}
