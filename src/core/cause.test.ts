import { expect, it } from 'vitest';
import { causeOf } from './cause';
import { FloodlightError } from './errors';

const status = (url: string, code: number) =>
  causeOf(new FloodlightError('HTTP_STATUS', { url, status: code }));
const changed = (url: string) => causeOf(new FloodlightError('SOURCE_CHANGED', { url }));
const damaged = (array: string, chunk: string) =>
  causeOf(new FloodlightError('CHUNK_FAILED', { array, chunk, reason: `${chunk} is damaged` }));

it('failures of one status at one host have one cause', () => {
  expect(status('http://a:1/x/0/1', 500)).toBe(status('http://a:1/y/2?z', 500));
  const others = [
    status('http://a:2/x', 500),
    status('http://b:1/x', 500),
    status('http://a:1/x', 502),
  ];
  for (const other of others) expect(other).not.toBe(status('http://a:1/x', 500));
});

it('so have damaged chunks of one host, and files of one folder', () => {
  expect(damaged('https://a/x/0', '1/2/3')).toBe(damaged('https://a/x/1', '0/0/0'));
  expect(damaged('https://a/x/0', '1')).not.toBe(status('https://a/x/0', 403));
  expect(changed('local:em.zarr/0/1')).toBe(changed('local:em.zarr'));
  expect(changed('local:em.zarr')).not.toBe(changed('local:other.zarr'));
});

it('what is no error of the family is its own cause', () => {
  expect(causeOf(new Error('a'))).not.toBe(causeOf(new Error('b')));
});
