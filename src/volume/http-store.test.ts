import { afterEach, describe, expect, it } from 'vitest';
import { isAbort } from '../core/errors';
import { HttpStore, keyUrl, parseSourceUrl } from './http-store';
import { type FileServer, serveFiles } from './testing/file-server';
import { accessBy } from './testing/http-access';

const statistics = () => ({ fetchedBytes: 0 });
const servers: FileServer[] = [];
async function storeOf(...args: Parameters<typeof serveFiles>) {
  const server = await serveFiles(...args);
  servers.push(server);
  const counted = statistics();
  const store = new HttpStore(new URL(server.url), counted, accessBy());
  return { store, server, statistics: counted };
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe('addresses', () => {
  it.each([
    ['https://host/a.zarr', '/0/.zarray', 'https://host/a.zarr/0/.zarray'],
    ['https://host/a.zarr///', 'c/0/0', 'https://host/a.zarr/c/0/0'],
    ['https://host', '/zarr.json', 'https://host/zarr.json'],
    [
      'https://host/a.zarr/?token=x%2Fy&b=1#top',
      '/0.0.0',
      'https://host/a.zarr/0.0.0?token=x%2Fy&b=1',
    ],
    [
      'https://host/my%20data/a.zarr',
      'labels/no #1?',
      'https://host/my%20data/a.zarr/labels/no%20%231%3F',
    ],
  ])('%s with %s is %s', (folder, key, expected) => {
    expect(keyUrl(new URL(folder), key).href).toBe(expected);
  });
  it.each([
    'file:///etc/passwd',
    'data:text/plain,x',
    'javascript:alert(1)',
    'sample.zarr',
    '/x',
    '',
  ])('refuses “%s”', (url) => {
    expect(() => parseSourceUrl(url)).toThrow(expect.objectContaining({ code: 'BAD_PARAMETERS' }));
  });
});

describe('HttpStore', () => {
  const files = new Map([['/a/b', Uint8Array.from([1, 2, 3, 4, 5])]]);

  it('reads keys and ranges below its folder and counts the bytes', async () => {
    const { store, statistics: counted } = await storeOf(files);
    expect(await store.at('a').get('/b')).toEqual(Uint8Array.from([1, 2, 3, 4, 5]));
    expect(await store.getRange('/a/b', { offset: 1, length: 3 })).toEqual(
      Uint8Array.from([2, 3, 4]),
    );
    expect(await store.getRange('/a/b', { suffixLength: 2 })).toEqual(Uint8Array.from([4, 5]));
    expect(await store.get('/a/c')).toBeUndefined();
    expect(counted.fetchedBytes).toBe(10);
  });

  it('cuts ranges itself where the server ignores them', async () => {
    const { store } = await storeOf(files, () => ({ status: 200 }));
    expect(await store.getRange('/a/b', { offset: 1, length: 3 })).toEqual(
      Uint8Array.from([2, 3, 4]),
    );
    expect(await store.getRange('/a/b', { suffixLength: 2 })).toEqual(Uint8Array.from([4, 5]));
  });

  it('tells statuses, breaks and refusals apart', async () => {
    const { store, server } = await storeOf(files, (key) =>
      key === '/500' ? { status: 500 } : key === '/a/b' ? { broken: true } : undefined,
    );
    await expect(store.get('/500')).rejects.toMatchObject({
      code: 'HTTP_STATUS',
      fields: { url: `${server.url}/500`, status: 500 },
    });
    await expect(store.get('/a/b')).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE' });
    await server.close();
    await expect(store.get('/a/b')).rejects.toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      cause: expect.any(TypeError),
    });
  });

  it('takes the fetch it is given: a refusal by CORS is a TypeError', async () => {
    const refuse = () => Promise.reject(new TypeError('Failed to fetch'));
    const store = new HttpStore(new URL('https://host/'), statistics(), accessBy(refuse));
    await expect(store.get('/a')).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE' });
  });

  it('sends the headers it is given, and no others', async () => {
    const sent: Headers[] = [];
    const fetch: typeof globalThis.fetch = async (_, init) => {
      sent.push(new Headers(init?.headers));
      return new Response('abc', { status: 206 });
    };
    const store = new HttpStore(
      new URL('https://host/'),
      statistics(),
      accessBy(fetch, { Authorization: 'Bearer t' }),
    );
    await store.at('b').getRange('/a', { offset: 0, length: 3 });
    expect(Object.fromEntries(sent[0] ?? [])).toEqual({
      authorization: 'Bearer t',
      range: 'bytes=0-2',
    });
  });

  it('refuses a range of another length', async () => {
    const { store } = await storeOf(files, () => ({ body: 'ab', status: 206 }));
    await expect(store.getRange('/a/b', { offset: 0, length: 3 })).rejects.toMatchObject({
      code: 'CODEC_FAILED',
    });
  });

  it('aborts the request', async () => {
    const { store, server } = await storeOf(files, () => ({ hang: true }));
    const controller = new AbortController();
    const read = store.get('/a/b', { signal: controller.signal });
    await expect.poll(() => server.requests.length).toBe(1);
    controller.abort(new Error('the caller’s own reason'));
    await expect(read).rejects.toSatisfy(isAbort);
    await expect.poll(() => server.cancelled).toEqual(['/a/b']);
  });
});
