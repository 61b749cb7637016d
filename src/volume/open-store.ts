import { mayHoldSecret } from '../core/address';
import { FloodlightError } from '../core/errors';
import { ArrayAnswers } from './array-answers';
import { blobSource, httpSource } from './byte-sources';
import { CachedStore, type ChunkStorage } from './cached-store';
import { type FindFile, findInDirectory, findInFiles } from './find-file';
import { FolderStore } from './folder-store';
import { Hosts } from './hosts';
import type { Fetch, HttpAccess } from './http-access';
import { HttpStore, parseSourceUrl } from './http-store';
import { localFailure } from './local-failure';
import type { VolumeStatistics } from './model';
import { Patience } from './patience';
import type { VolumeStore } from './store';
import { ZipStore } from './zip-store';

/**
 * Where a volume lies: an address (of its folder, or of a zip), a folder or a zip on this machine, the bytes of a zip, or files
 * by their paths below the volume's folder.
 */
export type VolumeSource =
  | string
  | FileSystemDirectoryHandle
  | FileSystemFileHandle
  | Blob
  | ReadonlyMap<string, Blob>;

export interface StoreOptions {
  readonly fetch?: Fetch;
  /** Sent with each request of an address, such as Authorization; kept nowhere. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Shared by all that may read from the same ones. */
  readonly hosts?: Hosts;
  /** A request that is not answered in time counts as failed. */
  readonly deadlineMilliseconds?: number;
  /** Where chunks of servers are kept; nowhere without it. */
  readonly disk?: ChunkStorage;
}

export interface OpenedStore {
  readonly store: VolumeStore;
  /** The address, or the local name, from which nobody else can open it. */
  readonly url: string;
  readonly name: string;
}

const localUrl = (name: string): string => `local:${name}`;

const nameOf = (url: URL): string => {
  const last = url.pathname.split('/').findLast((segment) => segment !== '') ?? url.host;
  try {
    return decodeURIComponent(last);
  } catch {
    // A lone percent sign is a valid path, but no encoding.
    return last;
  }
};

/** What a zip is called that has no name. */
const NAMELESS_ZIP = 'labels.zip';

const isDirectory = (source: object): source is FileSystemDirectoryHandle =>
  'getFileHandle' in source;
const isFile = (source: object): source is FileSystemFileHandle => 'getFile' in source;

const isFiles = (source: object): source is ReadonlyMap<string, Blob> => 'get' in source;

function checkHeaders(headers: Readonly<Record<string, string>>): void {
  try {
    new Headers(headers);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FloodlightError('BAD_PARAMETERS', { what: 'The headers', reason }, error);
  }
}

/** Whether more than an address that may be shown is needed to read it: nothing of such a source is kept. */
const needsSecret = (folder: URL, headers: Readonly<Record<string, string>>): boolean =>
  Object.keys(headers).length > 0 || mayHoldSecret(folder.href);

async function openAddress(
  url: string,
  statistics: VolumeStatistics,
  options: StoreOptions,
  signal: AbortSignal | undefined,
): Promise<OpenedStore> {
  const folder = parseSourceUrl(url);
  const { headers = {}, hosts = new Hosts(), deadlineMilliseconds } = options;
  checkHeaders(headers);
  const fetch: Fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  const patience = new Patience(hosts.at(folder), {
    ...(deadlineMilliseconds === undefined ? {} : { deadlineMilliseconds }),
    onRetry() {
      statistics.retries++;
    },
  });
  const access: HttpAccess = { fetch, patience, headers };
  const name = nameOf(folder);
  if (!/\.zip$/i.test(folder.pathname)) {
    const http = (access: HttpAccess) => new HttpStore(folder, statistics, access);
    const { disk } = options;
    if (!disk || needsSecret(folder, headers)) return { store: http(access), url, name };
    const answers = new ArrayAnswers();
    const watched = http({ ...access, fetch: answers.watch(fetch) });
    return { store: new CachedStore(watched, { disk, answers, statistics }), url, name };
  }
  const source = await httpSource(folder.href, access, signal);
  return { store: await openZip(source, statistics, signal), url, name };
}

const openZip = (
  source: Parameters<typeof ZipStore.open>[0],
  statistics: VolumeStatistics,
  signal: AbortSignal | undefined,
): Promise<ZipStore> =>
  ZipStore.open(
    source,
    (bytes) => {
      statistics.fetchedBytes += bytes;
    },
    signal,
  );

async function openFile(
  handle: FileSystemFileHandle,
  statistics: VolumeStatistics,
  signal: AbortSignal | undefined,
): Promise<OpenedStore> {
  const file = await handle.getFile().catch((error: unknown) => {
    throw localFailure(error, localUrl(handle.name));
  });
  return openBlob(file, statistics, signal);
}

async function openBlob(
  zip: Blob,
  statistics: VolumeStatistics,
  signal: AbortSignal | undefined,
): Promise<OpenedStore> {
  const name = zip instanceof File ? zip.name : NAMELESS_ZIP;
  const url = localUrl(name);
  return { store: await openZip(blobSource(zip, url), statistics, signal), url, name };
}

function openFolder(name: string, find: FindFile, statistics: VolumeStatistics): OpenedStore {
  const url = localUrl(name);
  return { store: new FolderStore(url, find, statistics), url, name };
}

/**
 * Opens the store of a source; rejects with BAD_PARAMETERS for an address that is none and for what is no source at all, and as
 * the zip's or server's reading does.
 */
export async function openStore(
  source: VolumeSource,
  statistics: VolumeStatistics,
  options: StoreOptions,
  signal: AbortSignal | undefined,
): Promise<OpenedStore> {
  if (typeof source === 'string') return openAddress(source, statistics, options, signal);
  if (typeof source === 'object' && source !== null) {
    if (source instanceof Blob) return openBlob(source, statistics, signal);
    if (isFile(source)) return openFile(source, statistics, signal);
    if (isDirectory(source)) return openFolder(source.name, findInDirectory(source), statistics);
    if (isFiles(source)) return openFolder('files', findInFiles(source), statistics);
  }
  throw new FloodlightError('BAD_PARAMETERS', {
    what: 'The source',
    reason: 'it must be an address, a folder, a zip, or files by their paths',
  });
}
