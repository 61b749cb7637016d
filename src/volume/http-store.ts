import type { AbsolutePath, GetOptions, RangeQuery } from 'zarrita';
import { codecFailed } from '../codecs/codec-failed';
import { FloodlightError } from '../core/errors';
import type { VolumeStatistics } from './model';
import { type Patience, retryAfter } from './patience';
import type { VolumeStore } from './store';

export type Fetch = typeof globalThis.fetch;

/** The folder a source's address names; BAD_PARAMETERS unless it is an absolute http(s) address. */
export function parseSourceUrl(url: string): URL {
  const bad = (reason: string, cause?: unknown) =>
    new FloodlightError('BAD_PARAMETERS', { what: `The address “${url}”`, reason }, cause);
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch (cause) {
    throw bad('it must be a whole address, starting with https:// or http://', cause);
  }
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')
    throw bad(`${parsed.protocol}// cannot be read, only https:// and http://`);
  return parsed;
}

/** The address of a key (slash-separated, not percent-encoded) below a folder; the folder's query is kept. */
export function keyUrl(folder: URL, key: string): URL {
  const url = new URL(folder);
  const segments = key.split('/').filter((segment) => segment !== '');
  url.pathname = [url.pathname.replace(/\/+$/, ''), ...segments.map(encodeURIComponent)].join('/');
  url.hash = '';
  return url;
}

const rangeHeader = (range: RangeQuery): string =>
  'suffixLength' in range
    ? `bytes=-${range.suffixLength}`
    : `bytes=${range.offset}-${range.offset + range.length - 1}`;

/** What a range means in a whole body, for servers that ignore the Range header. */
const sliceRange = (whole: Uint8Array, range: RangeQuery): Uint8Array =>
  'suffixLength' in range
    ? whole.slice(Math.max(0, whole.length - range.suffixLength))
    : whole.slice(range.offset, range.offset + range.length);

/** How an HTTP store asks its server. */
export interface HttpAccess {
  readonly fetch: Fetch;
  /** Shared by all stores of a server. */
  readonly patience: Patience;
  /** Sent with each request, such as Authorization. */
  readonly headers: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
}

/**
 * Keys below one folder of an HTTP server. A 404 is an absent key (undefined); rejects with SOURCE_UNREACHABLE when
 * there is no answer, SOURCE_TIMEOUT when it takes too long, HTTP_STATUS for any other status, all after some attempts
 * (`Patience`), CODEC_FAILED for a range of another length, AbortError when the signal fires. Counts the bytes it fetches.
 */
export class HttpStore implements VolumeStore {
  constructor(
    private readonly folder: URL,
    private readonly statistics: Pick<VolumeStatistics, 'fetchedBytes'>,
    private readonly access: HttpAccess,
  ) {}

  get url(): string {
    return this.folder.href;
  }

  urlOf(key: string): string {
    return keyUrl(this.folder, key).href;
  }

  at(path: string): HttpStore {
    return new HttpStore(keyUrl(this.folder, path), this.statistics, this.access);
  }

  async get(key: AbsolutePath, options?: GetOptions): Promise<Uint8Array | undefined> {
    return (await this.request(key, {}, options?.signal))?.body;
  }

  async getRange(
    key: AbsolutePath,
    range: RangeQuery,
    options?: GetOptions,
  ): Promise<Uint8Array | undefined> {
    const answer = await this.request(key, { Range: rangeHeader(range) }, options?.signal);
    if (!answer) return undefined;
    const bytes = answer.status === 206 ? answer.body : sliceRange(answer.body, range);
    if ('length' in range && bytes.length !== range.length)
      throw codecFailed('http', `${bytes.length} bytes came where ${range.length} were asked for`);
    return bytes;
  }

  private request(
    key: AbsolutePath,
    headers: Record<string, string>,
    signal: AbortSignal | undefined,
  ): Promise<Answer | undefined> {
    const url = this.urlOf(key);
    const attempt = (either: AbortSignal) => this.fetch(url, headers, either);
    return this.access.patience.request(url, attempt, signal);
  }

  private async fetch(
    url: string,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Answer | undefined> {
    const { fetch, headers: always } = this.access;
    try {
      const response = await fetch(url, { headers: { ...always, ...headers }, signal });
      if (!response.ok) {
        await response.body?.cancel();
        if (response.status === 404) return undefined;
        throw statusError(url, response);
      }
      const body = new Uint8Array(await response.arrayBuffer());
      this.statistics.fetchedBytes += body.byteLength;
      return { status: response.status, body };
    } catch (error) {
      if (error instanceof FloodlightError) throw error;
      throw new FloodlightError('SOURCE_UNREACHABLE', { url }, error);
    }
  }
}

function statusError(url: string, { status, headers }: Response): FloodlightError<'HTTP_STATUS'> {
  const milliseconds = retryAfter(headers.get('Retry-After'));
  return new FloodlightError('HTTP_STATUS', {
    url,
    status,
    ...(milliseconds === undefined ? {} : { retryAfterMilliseconds: milliseconds }),
  });
}
