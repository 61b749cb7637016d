import { zipSync } from 'fflate';
import { afterEach, describe, expect, it } from 'vitest';
import { blobSource, httpSource } from './byte-sources';
import { type FileServer, serveFiles } from './testing/file-server';
import { accessBy } from './testing/http-access';
import { noise, text } from './testing-zips';
import { ZipStore } from './zip-store';

describe('httpSource', () => {
  const servers: FileServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });
  const zip = zipSync({ 'zarr.json': text('{}'), c: noise(3_000) }, { level: 0 });
  async function serve(fault?: Parameters<typeof serveFiles>[1]) {
    const server = await serveFiles(new Map([['/a.zip', zip]]), fault);
    servers.push(server);
    return { server, url: `${server.url}/a.zip` };
  }

  /** As another site's page sees answers: headers that are not exposed are not there. */
  const hidden: typeof fetch = async (...request) => {
    const response = await fetch(...request);
    const headers = new Headers(response.headers);
    headers.delete('Content-Range');
    return new Response(response.body, { status: response.status, headers });
  };

  it('reads a zip by ranges, and asks for its size where ranges do not tell it', async () => {
    const { server, url } = await serve();
    const source = await httpSource(url, accessBy(hidden));
    expect(server.requests.length).toBe(2);
    expect(source).toMatchObject({ url, sizeBytes: zip.length });
    const store = await ZipStore.open(source, () => undefined);
    expect(await store.get('/c')).toEqual(noise(3_000));
    expect(await store.getRange('/c', { offset: 9, length: 4 })).toEqual(noise(3_000).slice(9, 13));
  });

  it('finds the size in one request where Content-Range may be read', async () => {
    const headers = { 'Content-Range': 'bytes 0-0/1234' };
    const requests: unknown[] = [];
    const answer: typeof fetch = async (...request) => {
      requests.push(request);
      return new Response('P', { status: 206, headers });
    };
    const source = await httpSource('https://host/a.zip', accessBy(answer));
    expect([source.sizeBytes, requests.length]).toEqual([1234, 1]);
    await expect(source.read(0, 2)).rejects.toMatchObject({ code: 'CODEC_FAILED' });
    await expect(source.read(1234, 1)).rejects.toMatchObject({ code: 'BAD_METADATA' });
    expect(await source.read(1234, 0)).toHaveLength(0);
    expect(requests).toHaveLength(2);
  });

  it('reads no more of an answer than was asked for', async () => {
    let cancelled = false;
    const endless = () =>
      new ReadableStream({
        pull: (controller) => controller.enqueue(noise(1_000)),
        cancel: () => {
          cancelled = true;
        },
      });
    const headers = { 'Content-Range': 'bytes 0-0/1234' };
    const answer = async () => new Response(endless(), { status: 206, headers });
    const source = await httpSource('https://host/a.zip', accessBy(answer));
    cancelled = false;
    await expect(source.read(0, 10)).rejects.toMatchObject({ code: 'CODEC_FAILED' });
    expect(cancelled).toBe(true);
  });

  it('tells servers without ranges, statuses and silence apart', async () => {
    let fault: { status: number } | undefined = { status: 200 };
    const { server, url } = await serve(() => fault);
    await expect(httpSource(url, accessBy())).rejects.toMatchObject({
      code: 'BAD_METADATA',
      fields: { url, reason: 'its server does not answer ranges, which reading a zip needs' },
    });
    for (const status of [404, 500]) {
      fault = { status };
      await expect(httpSource(url, accessBy())).rejects.toMatchObject({
        code: 'HTTP_STATUS',
        fields: { url, status },
      });
    }
    fault = undefined;
    const source = await httpSource(url, accessBy());
    fault = { status: 200 };
    await expect(source.read(0, 10)).rejects.toMatchObject({ code: 'CODEC_FAILED' });
    await server.close();
    await expect(source.read(0, 10)).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE' });
    await expect(httpSource(url, accessBy())).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE' });
  });

  it('needs a size', async () => {
    const answer = async () => new Response('P', { status: 206 });
    await expect(httpSource('https://host/a.zip', accessBy(answer))).rejects.toThrow(
      'does not tell its size',
    );
  });

  it('aborts the request', async () => {
    let hang = false;
    const { server, url } = await serve(() => (hang ? { hang } : undefined));
    const source = await httpSource(url, accessBy());
    hang = true;
    const controller = new AbortController();
    const reads = [
      source.read(0, 10, controller.signal),
      httpSource(url, accessBy(), controller.signal),
    ];
    await expect.poll(() => server.requests.length).toBe(3);
    controller.abort(new Error('the caller’s own reason'));
    for (const result of await Promise.allSettled(reads))
      expect(result).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
    await expect.poll(() => server.cancelled).toHaveLength(2);
  });
});

describe('blobSource', () => {
  it('reads parts', async () => {
    const blob = new Blob([noise(100)]);
    expect(await blobSource(blob, 'x').read(10, 5)).toEqual(noise(100).slice(10, 15));
    await expect(blobSource(blob, 'x').read(98, 5)).rejects.toMatchObject({ code: 'BAD_METADATA' });
    await expect(blobSource(blob, 'x').read(0.5, 5)).rejects.toMatchObject({
      code: 'BAD_METADATA',
    });
  });

  it.each([
    ['NotReadableError', 'SOURCE_CHANGED'],
    ['NotFoundError', 'SOURCE_CHANGED'],
    ['NotAllowedError', 'PERMISSION_DENIED'],
  ])('of a file whose reading fails with %s is %s', async (name, code) => {
    const blob = new Blob([noise(100)]);
    const failing = () => Promise.reject(new DOMException('no', name));
    blob.slice = () => Object.assign(new Blob(), { arrayBuffer: failing });
    await expect(blobSource(blob, 'x').read(0, 5)).rejects.toMatchObject({
      code,
      fields: { url: 'x' },
    });
  });
});
