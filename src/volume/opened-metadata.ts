import { FloodlightError } from '../core/errors';
import type { FindFile } from './find-file';

/** What tells a file from the one that takes its place. */
interface Stamp {
  readonly size: number;
  /** Undefined for what is no file of a disk. */
  readonly lastModified: number | undefined;
}

const stampOf = (file: Blob): Stamp => ({
  size: file.size,
  lastModified: file instanceof File ? file.lastModified : undefined,
});

/**
 * The metadata by which an array in a folder was opened. While they are there as they were, chunks are that array's, and one
 * that is not there is absent; else the folder was removed, or something else took its place.
 */
export class OpenedMetadata {
  private readonly stamps = new Map<string, Stamp>();
  private looking: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;

  constructor(
    private readonly find: FindFile,
    /** Names the source in messages. */
    private readonly url: string,
  ) {}

  /** Notes metadata as they are read. */
  note(segments: readonly string[], file: Blob): void {
    this.stamps.set(segments.join('/'), stampOf(file));
  }

  /**
   * SOURCE_CHANGED unless all noted are as they were at some time after this call. One look at a time serves all that ask while
   * the one before is under way: that may have looked too early for them.
   */
  check(): Promise<void> {
    if (!this.next) {
      const look = () => {
        this.next = undefined;
        return this.look();
      };
      this.next = this.looking.then(look, look);
      this.looking = this.next;
    }
    return this.next;
  }

  private async look(): Promise<void> {
    for (const [path, before] of this.stamps) {
      const file = await this.find(path.split('/'));
      const now = file && stampOf(file);
      if (now?.size !== before.size || now.lastModified !== before.lastModified)
        throw new FloodlightError('SOURCE_CHANGED', { url: this.url });
    }
  }
}
