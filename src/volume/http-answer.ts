import { FloodlightError, isFloodlightError } from '../core/errors';

const PAGE_START = /^\uFEFF?\s*<(!doctype\s+html|html|head|body)[\s>]/i;

/** Whether a body begins as a web page does: what sends one for a file may call it anything. */
export const isWebPage = (body: Uint8Array): boolean =>
  PAGE_START.test(new TextDecoder().decode(body.subarray(0, 256)));

/** How long a Retry-After header asks to wait, given in seconds or as a date; undefined where it makes no sense. */
export function retryAfter(header: string | null, now = Date.now()): number | undefined {
  if (header === null) return undefined;
  const milliseconds = /^\d+$/.test(header.trim())
    ? Number(header) * 1000
    : Date.parse(header) - now;
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}

/** The error of an answer that is no success. */
export function statusError(
  url: string,
  { status, headers }: Response,
): FloodlightError<'HTTP_STATUS'> {
  const milliseconds = retryAfter(headers.get('Retry-After'));
  return new FloodlightError('HTTP_STATUS', {
    url,
    status,
    ...(milliseconds === undefined ? {} : { retryAfterMilliseconds: milliseconds }),
  });
}

const BUSY: ReadonlySet<number> = new Set([429, 503]);
const TRANSIENT: ReadonlySet<number> = new Set([408, 425, 500, 502, 504, ...BUSY]);

/** Whether a status may be another one the next time. */
export const isTransient = (status: number): boolean => TRANSIENT.has(status);

/** Whether a host said that it is busy, so that others that ask it are to wait as well. */
export const isRefusal = (error: unknown): error is FloodlightError<'HTTP_STATUS'> =>
  isFloodlightError(error, 'HTTP_STATUS') &&
  isTransient(error.fields.status) &&
  (BUSY.has(error.fields.status) || error.fields.retryAfterMilliseconds !== undefined);
