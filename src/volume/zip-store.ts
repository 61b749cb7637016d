import type { AbsolutePath, GetOptions, RangeQuery } from 'zarrita';
import { abortError } from '../core/errors';
import type { RangeOptions, VolumeStore } from './store';
import { failed, ZipArchive } from './zip-archive';
import { type ByteSource, readZipDirectory, type ZipEntry } from './zip-directory';

const NODE_FILES = ['zarr.json', '.zgroup', '.zattrs', '.zarray'];

/** The folder, with its slash, that everything lies in, where that is a Zarr and the root is none. */
function topFolder(entries: ReadonlyMap<string, ZipEntry>): string {
  const isNode = (folder: string) => NODE_FILES.some((file) => entries.has(folder + file));
  let top: string | undefined;
  for (const name of entries.keys()) {
    const folder = name.slice(0, name.indexOf('/') + 1);
    // The Finder keeps the attributes of all files there.
    if (folder === '__MACOSX/') continue;
    top ??= folder;
    if (folder !== top) return '';
  }
  return top !== undefined && isNode(top) ? top : '';
}

const joined = (...paths: string[]): string =>
  paths
    .flatMap((path) => path.split('/'))
    .filter((segment) => segment !== '' && segment !== '.')
    .join('/');

/** The first byte and the count of a range, cut at the end as HTTP does; CODEC_FAILED where it starts past the end. */
function cut(range: RangeQuery, entry: ZipEntry): { offset: number; length: number } {
  const { sizeBytes } = entry;
  if ('suffixLength' in range) {
    const length = Math.min(range.suffixLength, sizeBytes);
    return { offset: sizeBytes - length, length };
  }
  const { offset } = range;
  const length = Math.min(range.length, sizeBytes - offset);
  if (offset >= 0 && length >= 0) return { offset, length };
  throw failed(entry, `ends at ${sizeBytes}, before byte ${offset}`);
}

/** A folder of a zip archive, of which each file read whole is verified; what is damaged is CODEC_FAILED or BAD_METADATA. */
export class ZipStore implements VolumeStore {
  private constructor(
    private readonly archive: ZipArchive,
    /** Of the archive, with its slash: what it holds beside it is left out. */
    private readonly root: string,
    private readonly folder: string,
  ) {}

  /** Reads the archive's directory; the root is the one top folder that holds a Zarr, if it is so. Counts the bytes it reads. */
  static async open(
    source: ByteSource,
    onBytes: (bytes: number) => void,
    signal?: AbortSignal,
  ): Promise<ZipStore> {
    const counted: ByteSource = {
      url: source.url,
      sizeBytes: source.sizeBytes,
      async read(...request) {
        const bytes = await source.read(...request);
        onBytes(bytes.byteLength);
        return bytes;
      },
    };
    const entries = await readZipDirectory(counted, signal);
    return new ZipStore(new ZipArchive(counted, entries), topFolder(entries), '');
  }

  get url(): string {
    return this.urlOf('');
  }

  urlOf(key: string): string {
    const path = joined(this.folder, key);
    return path === '' ? this.archive.source.url : `${this.archive.source.url}#${path}`;
  }

  at(path: string): ZipStore {
    return new ZipStore(this.archive, this.root, joined(this.folder, path));
  }

  async get(key: AbsolutePath, options?: GetOptions): Promise<Uint8Array | undefined> {
    const entry = this.entryOf(key, options);
    return entry && this.archive.whole(entry, options?.signal);
  }

  async getRange(
    key: AbsolutePath,
    range: RangeQuery,
    options?: RangeOptions,
  ): Promise<Uint8Array | undefined> {
    const entry = this.entryOf(key, options);
    if (!entry) return undefined;
    options?.onSize?.(entry.sizeBytes);
    const { offset, length } = cut(range, entry);
    if (entry.method === 0) return this.archive.part(entry, offset, length, options?.signal);
    return (await this.archive.whole(entry, options?.signal)).slice(offset, offset + length);
  }

  private entryOf(key: string, options: GetOptions | undefined): ZipEntry | undefined {
    if (options?.signal?.aborted) throw abortError();
    return this.archive.entries.get(this.root + joined(this.folder, key));
  }
}
