import type { AbsolutePath, GetOptions, RangeQuery } from 'zarrita';
import { codecFailed } from '../codecs/codec-failed';
import { abortError, FloodlightError } from '../core/errors';
import type { VolumeStatistics } from './model';
import { RangeMerger } from './range-merger';
import type { RangeOptions, VolumeStore } from './store';

/** Finds a file by its path's segments below a root; undefined where there is none. */
export type FindFile = (segments: readonly string[]) => Promise<Blob | undefined>;

const segmentsOf = (key: string): string[] => key.split('/').filter((segment) => segment !== '');

const isNamed = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof Error && names.includes(error.name);

/**
 * Keys below a folder whose files are at hand, on a disk or in memory. Rejects with PERMISSION_DENIED when the browser may not
 * read it any more, SOURCE_CHANGED when a file is not what it was, AbortError once the signal fires. Counts the bytes it reads.
 */
export class FolderStore implements VolumeStore {
  private readonly ranges = new RangeMerger((key, { offset, length }, signal) =>
    this.read(key, (file) => file.slice(offset, offset + length), signal),
  );

  constructor(
    /** Names the root in messages. */
    private readonly name: string,
    private readonly find: FindFile,
    private readonly statistics: Pick<VolumeStatistics, 'fetchedBytes'>,
    private readonly folder: readonly string[] = [],
  ) {}

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
    try {
      const file = await this.find([...this.folder, ...segmentsOf(key)]);
      const bytes = file && new Uint8Array(await part(file).arrayBuffer());
      if (signal?.aborted) throw abortError();
      this.statistics.fetchedBytes += bytes?.length ?? 0;
      return bytes;
    } catch (error) {
      const url = this.urlOf(key);
      if (isNamed(error, 'NotAllowedError', 'SecurityError'))
        throw new FloodlightError('PERMISSION_DENIED', { url }, error);
      // A file that was replaced, or taken away, between being found and being read.
      if (isNamed(error, 'NotReadableError', 'NotFoundError', 'InvalidStateError'))
        throw new FloodlightError('SOURCE_CHANGED', { url }, error);
      throw error;
    }
  }
}

/** Files below a folder that the browser was given access to. */
export function findInDirectory(root: FileSystemDirectoryHandle): FindFile {
  const folders = new Map<string, Promise<FileSystemDirectoryHandle>>([
    ['', Promise.resolve(root)],
  ]);
  const folderOf = (segments: readonly string[]): Promise<FileSystemDirectoryHandle> => {
    const path = segments.join('/');
    const known = folders.get(path);
    if (known) return known;
    const found = folderOf(segments.slice(0, -1)).then((parent) =>
      parent.getDirectoryHandle(segments.at(-1) ?? ''),
    );
    folders.set(path, found);
    // One that is absent or forbidden now may be there later.
    found.catch(() => folders.delete(path));
    return found;
  };
  return async (segments) => {
    try {
      const folder = await folderOf(segments.slice(0, -1));
      return await (await folder.getFileHandle(segments.at(-1) ?? '')).getFile();
    } catch (error) {
      if (isNamed(error, 'NotFoundError', 'TypeMismatchError')) return undefined;
      throw error;
    }
  };
}

/** Files by their paths below a folder: those of an upload field, or made in memory. */
export const findInFiles =
  (files: ReadonlyMap<string, Blob>): FindFile =>
  async (segments) =>
    files.get(segments.join('/'));
