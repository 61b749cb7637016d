import { codecFailed } from '../codecs/codec-failed';
import { abortError, FloodlightError } from '../core/errors';
import { answerTo, attemptOf, type HttpAccess } from './http-access';
import { isWebPage } from './http-answer';
import { localFailure } from './local-failure';
import { badMetadata } from './parse';
import { RangeMerger, type TakeTurn } from './range-merger';
import type { ByteSource } from './zip-directory';

/** All bytes of a stream; undefined, and the stream is cancelled, as soon as there are more than `mostBytes` or the signal fires. */
export async function readAtMost(
  stream: ReadableStream<Uint8Array>,
  mostBytes: number,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.byteLength;
    if (length > mostBytes || signal?.aborted) {
      await reader.cancel();
      return undefined;
    }
    parts.push(value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

type BytesOf = (
  offset: number,
  length: number,
  signal: AbortSignal,
) => Promise<Uint8Array<ArrayBuffer> | undefined>;

/**
 * A source whose `bytesOf` is asked for parts that lie inside of it alone, those near each other as one, and must answer with all
 * their bytes.
 */
function checked(
  url: string,
  sizeBytes: number,
  bytesOf: BytesOf,
  takeTurn?: TakeTurn,
): ByteSource {
  const ranges = new RangeMerger(
    (_, { offset, length }, signal) => bytesOf(offset, length, signal),
    undefined,
    takeTurn,
  );
  return {
    url,
    sizeBytes,
    async read(offset, length, signal) {
      const isInside = offset >= 0 && length >= 0 && offset + length <= sizeBytes;
      if (!isInside || !Number.isInteger(offset) || !Number.isInteger(length))
        throw badMetadata(url, `it has no ${length} bytes at ${offset}, only ${sizeBytes} in all`);
      if (signal?.aborted) throw abortError();
      const range = { offset, length };
      const bytes = length === 0 ? new Uint8Array() : await ranges.read(url, range, signal);
      if (signal?.aborted) throw abortError();
      if (bytes?.byteLength !== length)
        throw codecFailed('zip', `not exactly ${length} bytes came for those at ${offset}`);
      return bytes;
    },
  };
}

/** A local file's bytes, read as they are asked for; rejects as `localFailure` says once the file was changed, removed or forbidden. */
export function blobSource(blob: Blob, name: string): ByteSource {
  return checked(name, blob.size, async (offset, length) => {
    try {
      return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
    } catch (error) {
      throw localFailure(error, name);
    }
  });
}

/** The body of an answer to a range request; undefined for what is no such answer, WEB_PAGE for a page, of which no more is read. */
async function partOf(
  { status, body }: Response,
  url: string,
): Promise<ReadableStream<Uint8Array> | undefined> {
  if (status === 206 && body) return body;
  const reader = body?.getReader();
  const start = await reader?.read();
  await reader?.cancel();
  if (start?.value && isWebPage(start.value)) throw new FloodlightError('WEB_PAGE', { url });
  return undefined;
}

const NO_RANGES = 'its server does not answer ranges, which reading a zip needs';

const rangeOf = (offset: number, length: number): string =>
  `bytes=${offset}-${offset + length - 1}`;

const toSize = (digits: string | null | undefined): number | undefined =>
  digits && /^\d+$/.test(digits) && Number.isSafeInteger(Number(digits))
    ? Number(digits)
    : undefined;

async function sizeOf(
  url: string,
  access: HttpAccess,
  signal: AbortSignal | undefined,
): Promise<number> {
  const first = { url, range: rangeOf(0, 1) };
  const whole = await answerTo(access, first, signal, async (response) => {
    const part = await partOf(response, url);
    if (!part) throw badMetadata(url, NO_RANGES);
    await part.cancel();
    return toSize(/^bytes \d+-\d+\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '')?.[1]);
  });
  if (whole !== undefined) return whole;
  // Other sites may read Content-Length, but Content-Range only where the server says so.
  const length = await answerTo(access, { url, method: 'HEAD' }, signal, async (response) =>
    toSize(response.headers.get('Content-Length')),
  );
  if (length === undefined) throw badMetadata(url, 'its server does not tell its size');
  return length;
}

/**
 * A file on a server that answers ranges, its size found with `signal`. Rejects with BAD_METADATA where it does not, with WEB_PAGE
 * for a page in its place, and as `HttpStore` does for statuses, a missing file among them, and silence.
 */
export async function httpSource(
  url: string,
  access: HttpAccess,
  signal?: AbortSignal,
): Promise<ByteSource> {
  const sizeBytes = await sizeOf(url, access, signal);
  const bytesOf: BytesOf = (offset, length, readSignal) =>
    attemptOf(access, { url, range: rangeOf(offset, length) }, readSignal, async (response) => {
      const part = await partOf(response, url);
      if (!part) throw codecFailed('zip', NO_RANGES);
      return readAtMost(part, length);
    });
  return checked(url, sizeBytes, bytesOf, (file, work, each) =>
    access.patience.request(file, work, each),
  );
}
