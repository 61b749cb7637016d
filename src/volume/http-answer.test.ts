import { expect, it } from 'vitest';
import { FloodlightError } from '../core/errors';
import { isRefusal, retryAfter } from './http-answer';

it('reads Retry-After in seconds and as a date', () => {
  const now = Date.parse('2026-11-27T10:00:00Z');
  expect(retryAfter('3', now)).toBe(3000);
  expect(retryAfter('Fri, 27 Nov 2026 10:00:30 GMT', now)).toBe(30_000);
  expect(retryAfter('Fri, 27 Nov 2026 09:00:00 GMT', now)).toBe(0);
  expect(retryAfter('soon', now)).toBeUndefined();
  expect(retryAfter(null, now)).toBeUndefined();
});

it.each([
  [429, undefined, true],
  [503, undefined, true],
  [500, undefined, false],
  [500, 2000, true],
  [403, 2000, false],
])('status %i with a Retry-After of %s is a busy host: %s', (status, milliseconds, expected) => {
  const asked = milliseconds === undefined ? {} : { retryAfterMilliseconds: milliseconds };
  expect(isRefusal(new FloodlightError('HTTP_STATUS', { url: 'u', status, ...asked }))).toBe(
    expected,
  );
});
