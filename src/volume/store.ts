import type { AbsolutePath, AsyncReadable, GetOptions, RangeQuery } from 'zarrita';

export interface RangeOptions extends GetOptions {
  /** Told how large the whole file is, where its store learns it along with the range. */
  readonly onSize?: (sizeBytes: number) => void;
}

/**
 * Keys below one folder of a source, wherever it lies. An absent key is undefined; rejects with typed errors, or an AbortError
 * once the signal fires.
 */
export interface VolumeStore extends AsyncReadable {
  /** Names the folder in messages and caches. */
  readonly url: string;
  /** Whether a key may be absent because somebody is just removing all of the source, which is known only later. */
  readonly mayVanish?: boolean;
  urlOf(key: string): string;
  /** The store of a sub-folder; the path is slash-separated and not percent-encoded. */
  at(path: string): VolumeStore;
  get(key: AbsolutePath, options?: GetOptions): Promise<Uint8Array | undefined>;
  getRange(
    key: AbsolutePath,
    range: RangeQuery,
    options?: RangeOptions,
  ): Promise<Uint8Array | undefined>;
}
