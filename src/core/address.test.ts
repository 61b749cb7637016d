import { expect, it } from 'vitest';
import { mayHoldSecret, withoutSecrets } from './address';

it.each([
  ['https://host/a.zarr?X-Amz-Signature=7431', 'https://host/a.zarr'],
  ['https://host/a.zip?run=4#part', 'https://host/a.zip#part'],
  ['http://user:word@host/a.zarr', 'http://host/a.zarr'],
  ['http://user@host/a.zarr?x', 'http://host/a.zarr'],
  ['https://:word@host/a.zarr', 'https://host/a.zarr'],
])('%s may hold a secret, %s does not', (url, bare) => {
  expect(withoutSecrets(url)).toBe(bare);
  expect(mayHoldSecret(url)).toBe(true);
  expect(mayHoldSecret(bare)).toBe(false);
});

it.each(['https://host', 'https://Host/a b.zarr?', 'local:what?.zarr', 'memory:'])(
  '%s holds none, and stays as it is',
  (url) => {
    expect(withoutSecrets(url)).toBe(url);
    expect(mayHoldSecret(url)).toBe(false);
  },
);
