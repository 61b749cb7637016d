import type { ByteFile } from '../core/byte-file';
import { FloodlightError } from '../core/errors';
import { ChunkFile } from './chunk-file';

/** The two files of a cache: blocks, and what lies in them. */
export interface ChunkFiles {
  readonly data: ByteFile;
  readonly journal: ByteFile;
}

/** What is known of a key: its bytes, or null where there is none, and how long that will be believed. */
export interface Kept {
  readonly bytes: Uint8Array<ArrayBuffer> | null;
  readonly secondsLeft: number;
}

/** Of what the cache had when the disk was full, what it may have from then on. */
const SHARE_WHEN_FULL = 0.9;
/** Less than this is not worth a file. */
const LEAST_BYTES = 2 ** 20;
/** What is spilled counts in such steps, for each makes the cache smaller. */
const SPILL_STEP_BYTES = 2 ** 24;
const SECOND = 1000;

/**
 * What the disk may be taken for: spilled labels first, which are never evicted, and with what they leave of the budget a cache
 * of chunks, still encoded. Until files are attached, and where there are none, it keeps nothing. Never throws: a full disk makes
 * the cache smaller, a broken one ends it, and `onTrouble` is told so once.
 */
export class ChunkDisk {
  onTrouble: (error: FloodlightError) => void = () => {};
  /** Called when the files are let go of, since they failed. */
  onEnd: () => void = () => {};
  private files: ChunkFiles | undefined;
  private cache: ChunkFile | undefined;
  private budget: number | undefined;
  private spilled = 0;
  /** What a full disk has left to the cache. */
  private mostBytes = Number.POSITIVE_INFINITY;
  private hasTold = false;

  constructor(private readonly now: () => number = Date.now) {}

  /** What the cache takes. */
  get cacheBytes(): number {
    return this.cache?.sizeBytes ?? 0;
  }

  /** Takes files over. Nothing is read, and nothing is dropped, before there is a budget as well. */
  attach(files: ChunkFiles): void {
    this.files = files;
    this.fit();
  }

  /** Also has a cache that a full disk made small try to grow again. */
  setBudgetBytes(bytes: number): void {
    this.budget = bytes;
    this.mostBytes = Number.POSITIVE_INFINITY;
    this.fit();
  }

  /** How many bytes of spilled labels there are. */
  setSpilledBytes(bytes: number): void {
    const steps = (of: number) => Math.ceil(of / SPILL_STEP_BYTES);
    const isStep = steps(bytes) !== steps(this.spilled);
    this.spilled = bytes;
    if (isStep) this.fit();
  }

  /** Undefined where nothing is known. */
  get(key: string): Kept | undefined {
    const seconds = this.now() / SECOND;
    return this.attempt((cache) => {
      const bytes = cache.get(key, seconds);
      if (bytes === undefined) return undefined;
      return { bytes, secondsLeft: (cache.expiryOf(key) ?? seconds) - seconds };
    });
  }

  /** Keeps a chunk's bytes, or that there is none, for some seconds. */
  put(key: string, bytes: Uint8Array | null, seconds: number): void {
    this.attempt((cache) => cache.put(key, bytes, this.now() / SECOND + seconds));
  }

  /** Drops all chunks whose keys begin so. */
  dropAll(start: string): void {
    this.attempt((cache) => cache.dropAll(start));
  }

  clear(): void {
    this.mostBytes = Number.POSITIVE_INFINITY;
    this.attempt((cache) => cache.clear());
    this.fit();
  }

  private get limitBytes(): number {
    const spilled = Math.ceil(this.spilled / SPILL_STEP_BYTES) * SPILL_STEP_BYTES;
    const bytes = Math.min(Math.max(0, (this.budget ?? 0) - spilled), this.mostBytes);
    return bytes < LEAST_BYTES ? 0 : Math.floor(bytes);
  }

  private fit(): void {
    const { files } = this;
    if (!files || this.budget === undefined) return;
    this.attempt((cache) => cache.setLimit(this.limitBytes));
    if (this.cache) return;
    try {
      this.cache = new ChunkFile(files.data, files.journal, this.limitBytes);
    } catch (error) {
      this.end(error);
    }
  }

  private attempt<T>(work: (cache: ChunkFile) => T): T | undefined {
    const { cache } = this;
    if (!cache) return undefined;
    try {
      return work(cache);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'QuotaExceededError') this.shrink(cache);
      else this.end(error);
      return undefined;
    }
  }

  /** Gives a part of what the cache has back, to whoever else needs it. */
  private shrink(cache: ChunkFile): void {
    this.mostBytes = cache.sizeBytes * SHARE_WHEN_FULL;
    try {
      cache.setLimit(this.limitBytes);
    } catch (error) {
      this.end(error);
      return;
    }
    this.tell(new FloodlightError('DISK_FULL', { keptBytes: this.limitBytes }));
  }

  private end(error: unknown): void {
    for (const file of [this.files?.data, this.files?.journal]) {
      try {
        file?.close();
      } catch {
        // It is of no use any more either way.
      }
    }
    this.files = undefined;
    this.cache = undefined;
    const reason = error instanceof Error ? error.message : String(error);
    this.tell(new FloodlightError('DISK_FAILED', { reason }, error));
    this.onEnd();
  }

  private tell(error: FloodlightError): void {
    if (!this.hasTold) this.onTrouble(error);
    this.hasTold = true;
  }
}
