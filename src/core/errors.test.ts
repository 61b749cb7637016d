import { expect, it } from 'vitest';
import { FloodlightError } from './errors';

it.each([
  [401, undefined, /login or a token/],
  [403, undefined, /does not let you read/],
  [404, undefined, /no such file/],
  [429, undefined, /is busy\. Try again in a while/],
  [503, 90_000, /is busy, and asks to be left alone for 90 s\. Try again after that/],
  [429, 2_700_000, /for 45 min/],
  [429, 86_400_000, /for 24 h/],
  [500, undefined, /something is wrong there\. Try again later/],
  [416, undefined, /Check the address/],
])('status %i after %s ms has a sentence of its own', (status, milliseconds, expected) => {
  const asked = milliseconds === undefined ? {} : { retryAfterMilliseconds: milliseconds };
  const { message } = new FloodlightError('HTTP_STATUS', { url: 'http://a/b', status, ...asked });
  expect(message).toMatch(new RegExp(`^The server answered ${status} for http://a/b: [^.]+\\.`));
  expect(message).toMatch(expected);
  if (status >= 429) expect(message).not.toMatch(/login|address/);
});
