import type { AbsolutePath, GetOptions, RangeQuery } from 'zarrita';
import { codecFailed } from '../codecs/codec-failed';
import { FloodlightError, isFloodlightError } from '../core/errors';
import { attemptOf, type HttpAccess } from './http-access';
import { isWebPage } from './http-answer';
import type { VolumeStatistics } from './model';
import { RangeMerger } from './range-merger';
import type { RangeOptions, VolumeStore } from './store';

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
const sliceRange = (whole: Uint8Array<ArrayBuffer>, range: RangeQuery): Uint8Array<ArrayBuffer> =>
  'suffixLength' in range
    ? whole.slice(Math.max(0, whole.length - range.suffixLength))
    : whole.slice(range.offset, range.offset + range.length);

interface Answer {
  readonly status: number;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Of the whole file, where the answer tells it and other sites may read that. */
  readonly sizeBytes: number | undefined;
}

function sizeIn({ status, headers }: Response, body: Uint8Array): number | undefined {
  if (status !== 206) return body.length;
  const [, digits] = /^bytes \d+-\d+\/(\d+)$/.exec(headers.get('Content-Range') ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * Keys below one folder of an HTTP server. A 404 is an absent key (undefined); rejects with SOURCE_UNREACHABLE when
 * there is no answer, SOURCE_TIMEOUT when it takes too long, HTTP_STATUS for any other status, all after some attempts
 * (`Patience`), WEB_PAGE for a page in place of a file, CODEC_FAILED for a range of another length, AbortError when the signal fires. Counts the bytes it fetches.
 */
export class HttpStore implements VolumeStore {
  private readonly ranges: RangeMerger;

  constructor(
    private readonly folder: URL,
    private readonly statistics: Pick<VolumeStatistics, 'fetchedBytes'>,
    private readonly access: HttpAccess,
  ) {
    this.ranges = new RangeMerger(
      async (url, range, signal) => (await this.fetchRange(url, range, signal))?.body,
      undefined,
      (url, work, signal) => access.patience.request(url, work, signal),
    );
  }

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
    const url = this.urlOf(key);
    const attempt = (signal: AbortSignal) => this.fetch(url, undefined, signal);
    return (await this.access.patience.request(url, attempt, options?.signal))?.body;
  }

  async getRange(
    key: AbsolutePath,
    range: RangeQuery,
    options?: RangeOptions,
  ): Promise<Uint8Array | undefined> {
    const url = this.urlOf(key);
    if ('suffixLength' in range) {
      const attempt = (signal: AbortSignal) => this.fetchRange(url, range, signal);
      const answer = await this.access.patience.request(url, attempt, options?.signal);
      if (answer?.sizeBytes !== undefined) options?.onSize?.(answer.sizeBytes);
      return answer?.body;
    }
    const bytes = await this.ranges.read(url, range, options?.signal);
    if (bytes && bytes.length !== range.length)
      throw codecFailed('http', `${bytes.length} bytes came where ${range.length} were asked for`);
    return bytes;
  }

  private async fetchRange(
    url: string,
    range: RangeQuery,
    signal: AbortSignal,
  ): Promise<Answer | undefined> {
    const answer = await this.fetch(url, rangeHeader(range), signal);
    if (!answer) return undefined;
    if (answer.status !== 206) return { ...answer, body: sliceRange(answer.body, range) };
    const most = 'suffixLength' in range ? range.suffixLength : range.length;
    if (answer.body.length <= most) return answer;
    throw codecFailed('http', `${answer.body.length} bytes came where ${most} were asked for`);
  }

  private async fetch(
    url: string,
    range: string | undefined,
    signal: AbortSignal,
  ): Promise<Answer | undefined> {
    const request = range === undefined ? { url } : { url, range };
    try {
      return await attemptOf(this.access, request, signal, async (response) => {
        const body = new Uint8Array(await response.arrayBuffer());
        this.statistics.fetchedBytes += body.byteLength;
        if (response.status === 200 && isWebPage(body))
          throw new FloodlightError('WEB_PAGE', { url });
        return { status: response.status, body, sizeBytes: sizeIn(response, body) };
      });
    } catch (error) {
      if (isFloodlightError(error, 'HTTP_STATUS') && error.fields.status === 404) return undefined;
      throw error;
    }
  }
}
