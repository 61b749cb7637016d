import type { AbsolutePath, AsyncReadable, GetOptions, RangeQuery } from 'zarrita';
import { abortError, FloodlightError } from '../core/errors';
import type { VolumeStatistics } from './model';

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

/**
 * Keys below one folder of an HTTP server. A 404 is an absent key (undefined); rejects with SOURCE_UNREACHABLE when
 * there is no answer, HTTP_STATUS for any other status, AbortError when the signal fires. Counts the bytes it fetches.
 */
export class HttpStore implements AsyncReadable {
  constructor(
    private readonly folder: URL,
    private readonly statistics: VolumeStatistics,
    private readonly fetcher: Fetch,
  ) {}

  get url(): string {
    return this.folder.href;
  }

  urlOf(key: string): string {
    return keyUrl(this.folder, key).href;
  }

  /** The store of a sub-folder; the path is slash-separated and not percent-encoded. */
  at(path: string): HttpStore {
    return new HttpStore(keyUrl(this.folder, path), this.statistics, this.fetcher);
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
    return answer.status === 206 ? answer.body : sliceRange(answer.body, range);
  }

  private async request(
    key: AbsolutePath,
    headers: Record<string, string>,
    signal: AbortSignal | undefined,
  ): Promise<{ status: number; body: Uint8Array } | undefined> {
    const url = this.urlOf(key);
    try {
      const response = await this.fetcher(url, { headers, ...(signal ? { signal } : {}) });
      if (!response.ok) {
        await response.body?.cancel();
        if (response.status === 404) return undefined;
        throw new FloodlightError('HTTP_STATUS', { url, status: response.status });
      }
      const body = new Uint8Array(await response.arrayBuffer());
      this.statistics.fetchedBytes += body.byteLength;
      return { status: response.status, body };
    } catch (error) {
      if (signal?.aborted) throw abortError();
      if (error instanceof FloodlightError) throw error;
      throw new FloodlightError('SOURCE_UNREACHABLE', { url }, error);
    }
  }
}
