import { FloodlightError } from '../core/errors';
import { retryAfter } from './patience';

const PAGE_START = /^\uFEFF?\s*<(!doctype\s+html|html|head|body)[\s>]/i;

/** Whether a body begins as a web page does: what sends one for a file may call it anything. */
export const isWebPage = (body: Uint8Array): boolean =>
  PAGE_START.test(new TextDecoder().decode(body.subarray(0, 256)));

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
