import { FloodlightError } from '../core/errors';
import { statusError } from './http-answer';
import type { Patience } from './patience';

export type Fetch = typeof globalThis.fetch;

/** How a server is asked. */
export interface HttpAccess {
  readonly fetch: Fetch;
  readonly patience: Patience;
  /** Sent with each request, such as Authorization. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What is asked of an address, by GET unless it says otherwise. */
interface HttpRequest {
  readonly url: string;
  readonly method?: 'HEAD';
  readonly range?: string;
}

/** What is made of an answer that is a success. */
type Use<T> = (response: Response) => Promise<T>;

/** A range that browsers send to other sites without asking them first. https://fetch.spec.whatwg.org/#cors-safelisted-request-header */
const PLAIN_RANGE = /^bytes=\d+-\d*$/;

function unreachable(
  { url, range = '' }: HttpRequest,
  sent: Readonly<Record<string, string>>,
  cause: unknown,
): FloodlightError<'SOURCE_UNREACHABLE'> {
  const names = Object.keys(sent).filter((name) => name !== 'Range' || !PLAIN_RANGE.test(range));
  const fields = names.length > 0 ? { url, headers: names } : { url };
  return new FloodlightError('SOURCE_UNREACHABLE', fields, cause);
}

/**
 * Asks once. Rejects with HTTP_STATUS for an answer that is no success, SOURCE_UNREACHABLE where none comes or it breaks off, and
 * with the typed errors of `use`.
 */
export async function attemptOf<T>(
  { fetch, headers }: Pick<HttpAccess, 'fetch' | 'headers'>,
  request: HttpRequest,
  signal: AbortSignal,
  use: Use<T>,
): Promise<T> {
  const { url, method = 'GET', range } = request;
  const sent = range === undefined ? headers : { ...headers, Range: range };
  try {
    const response = await fetch(url, { method, headers: sent, signal });
    if (response.ok) return await use(response);
    await response.body?.cancel();
    throw statusError(url, response);
  } catch (error) {
    if (error instanceof FloodlightError) throw error;
    throw unreachable(request, sent, error);
  }
}

/** Asks as often as patience has it; rejects as its last attempt did, or as `Patience.request`. */
export const answerTo = <T>(
  access: HttpAccess,
  request: HttpRequest,
  signal: AbortSignal | undefined,
  use: Use<T>,
): Promise<T> =>
  access.patience.request(
    request.url,
    (attemptSignal) => attemptOf(access, request, attemptSignal, use),
    signal,
  );
