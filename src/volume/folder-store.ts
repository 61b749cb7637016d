import type { AbsolutePath, GetOptions, RangeQuery } from 'zarrita';
import { codecFailed } from '../codecs/codec-failed';
import { abortError } from '../core/errors';
import type { FindFile } from './find-file';
import { localFailure } from './local-failure';
import type { VolumeStatistics } from './model';
import { OpenedMetadata } from './opened-metadata';
import { RangeMerger } from './range-merger';
import type { RangeOptions, VolumeStore } from './store';

const segmentsOf = (key: string): string[] => key.split('/').filter((segment) => segment !== '');

const ARRAY_METADATA = /^\/?(zarr\.json|\.zarray)$/;

/**
 * Keys below a folder whose files are at hand, on a disk or in memory. Rejects with PERMISSION_DENIED when the browser may not
 * read it any more, SOURCE_CHANGED when a file is not what it was, or the array that was opened in this folder is gone or another
 * one, AbortError once the signal fires. Counts the bytes it reads.
 */
export class FolderStore implements VolumeStore {
  readonly mayVanish = true;
  private readonly ranges = new RangeMerger((key, { offset, length }, signal) =>
    this.read(key, (file) => file.slice(offset, offset + length), signal),
  );
  private readonly opened: OpenedMetadata;

  constructor(
    /** Names the root in messages. */
    private readonly name: string,
    private readonly find: FindFile,
    private readonly statistics: Pick<VolumeStatistics, 'fetchedBytes'>,
    private readonly folder: readonly string[] = [],
  ) {
    this.opened = new OpenedMetadata(find, name);
  }

  get url(): string {
    return this.urlOf('');
  }

  urlOf(key: string): string {
    return [this.name, ...this.folder, ...segmentsOf(key)].join('/');
  }

  at(path: string): FolderStore {
    const folder = [...this.folder, ...segmentsOf(path)];
    return new FolderStore(this.name, this.find, this.statistics, folder);
  }

  get(key: AbsolutePath, options?: GetOptions): Promise<Uint8Array | undefined> {
    return this.read(key, (file) => file, options?.signal);
  }

  async getRange(
    key: AbsolutePath,
    range: RangeQuery,
    options?: RangeOptions,
  ): Promise<Uint8Array | undefined> {
    if ('suffixLength' in range) {
      const end = (file: Blob) => {
        options?.onSize?.(file.size);
        return file.slice(Math.max(0, file.size - range.suffixLength));
      };
      return this.read(key, end, options?.signal);
    }
    const bytes = await this.ranges.read(key, range, options?.signal);
    if (bytes && bytes.length !== range.length)
      throw codecFailed('file', `it ends before byte ${range.offset + range.length}`);
    return bytes;
  }

  private async read(
    key: string,
    part: (file: Blob) => Blob,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (signal?.aborted) throw abortError();
    const segments = [...this.folder, ...segmentsOf(key)];
    try {
      const file = await this.find(segments);
      if (file && ARRAY_METADATA.test(key)) this.opened.note(segments, file);
      const [buffer] = await Promise.all([file && part(file).arrayBuffer(), this.opened.check()]);
      if (signal?.aborted) throw abortError();
      this.statistics.fetchedBytes += buffer?.byteLength ?? 0;
      return buffer && new Uint8Array(buffer);
    } catch (error) {
      throw localFailure(error, this.name);
    }
  }
}
