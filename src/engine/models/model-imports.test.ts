import { afterEach, describe, expect, it } from 'vitest';
import { isAbort } from '../../core/errors';
import { writeBundle } from '../../models/testing-bundle';
import { randomNetwork, tensorsOf } from '../../models/testing-network';
import { Hosts } from '../../volume/hosts';
import { type FileServer, serveFiles } from '../../volume/testing/file-server';
import { fetchModelFiles, type ImportProgress, SizeLimit } from './fetch-files';
import { ModelImports } from './model-imports';
import { ModelLibrary } from './model-library';

const style = { shards: 3, restartInterval: 4, entriesPerBlock: 5, isCompressed: true };
const bundle = writeBundle('net #1', tensorsOf(randomNetwork(2, 3, 1)), style);
const served = new Map(bundle.map(({ name, bytes }) => [`/models/${name}`, bytes]));
const servers: FileServer[] = [];
const serve = async (...args: Parameters<typeof serveFiles>) => {
  const server = await serveFiles(...args);
  servers.push(server);
  return `${server.url}/models/net%20%231`;
};
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

function makeImports(fetch = globalThis.fetch, hosts = new Hosts()) {
  const told: ImportProgress[] = [];
  const library = new ModelLibrary(async () => undefined);
  const imports = new ModelImports(library, { fetch, hosts }, (_, progress) => told.push(progress));
  return { library, imports, told };
}
const all = bundle.reduce((sum, { bytes }) => sum + bytes.length, 0);

describe('imports of models', () => {
  it.each(['.index', '', '.data-00001-of-00003'])(
    'by the address of a checkpoint’s %s',
    async (end) => {
      const url = await serve(served);
      const { imports, library, told } = makeImports();
      const { id } = await imports.import(1, [`${url}${end}?token=1`], { name: 'far' });
      expect(await library.load(id)).toMatchObject({ name: 'far', ...randomNetwork(2, 3, 1) });
      expect(told.at(-1)).toEqual({ bytes: all });
      expect(servers[0]?.requests.every((path) => path.endsWith('?token=1'))).toBe(true);
    },
  );

  it('by files at hand, and by the address of safetensors', async () => {
    const { imports, library } = makeImports();
    const files = bundle.map(({ name, bytes }) => ({
      name,
      bytes: new Blob([Uint8Array.from(bytes)]),
    }));
    const { id } = await imports.import(1, files, {});
    const exported = new Uint8Array(await (await library.export(id)).arrayBuffer());
    await library.remove(id);
    const url = await serve(new Map([['/models/net #1.safetensors', exported]]));
    expect(await imports.import(2, [`${url}.safetensors`], {})).toMatchObject({ id });
  });

  it.each([
    ['what is not there', { status: 404 }, 'HTTP_STATUS'],
    ['a page for people', { body: '<!doctype html><p>Log in' }, 'WEB_PAGE'],
    ['a file cut off', { body: Uint8Array.from(bundle[1]?.bytes.subarray(9) ?? []) }, 'BAD_MODEL'],
    ['connections that break', { broken: true }, 'SOURCE_UNREACHABLE'],
  ])(
    'end with a typed error for %s',
    async (_, fault, code) => {
      const url = await serve(served, (key) => (key.includes('data-00000') ? fault : undefined));
      const { imports, library } = makeImports();
      await expect(imports.import(1, [url], {})).rejects.toMatchObject({ code });
      expect((await library.list()).models).toEqual([]);
    },
    20_000,
  );

  it.each(['ftp://a/b.index', 'b.index', ''])('refuse the address “%s”', async (url) => {
    const { imports } = makeImports();
    await expect(imports.import(1, [url], {})).rejects.toMatchObject({ code: 'BAD_PARAMETERS' });
  });

  it('wait their turn beside all else that is fetched from their host', async () => {
    const address = `${await serve(served)}.index`;
    const hosts = new Hosts({ mostAtOnce: 1 });
    let end = () => {};
    const work = () =>
      new Promise<void>((resolve) => {
        end = resolve;
      });
    const other = hosts.at(new URL(address)).inTurn(address, work, undefined);
    const { imports } = makeImports(undefined, hosts);
    const importing = imports.import(1, [address], {});
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(servers[0]?.requests).toEqual([]);
    end();
    await Promise.all([other, importing]);
    expect(servers[0]?.requests.length).toBe(4);
  });

  it('end when they are cancelled', async () => {
    const url = await serve(served, (key) => (key.includes('.data') ? { hang: true } : undefined));
    const { imports, library } = makeImports();
    const importing = imports.import(7, [url], {}).catch((error: unknown) => error);
    await expect.poll(() => servers[0]?.requests.length).toBe(4);
    imports.cancel(7);
    expect(isAbort(await importing)).toBe(true);
    expect((await library.list()).models).toEqual([]);
    await expect.poll(() => servers[0]?.cancelled.length).toBe(3);
  });

  it('are not larger than a model can be, whatever a server claims or sends', async () => {
    const claims = async () => new Response('x', { headers: { 'Content-Length': '9e12' } });
    const { imports } = makeImports(claims);
    await expect(imports.import(1, ['http://a/b.safetensors'], {})).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
    });
    let isCancelled = false;
    const endless = async () =>
      new Response(
        new ReadableStream({
          pull: (controller) => controller.enqueue(new Uint8Array(2 ** 16)),
          cancel: () => {
            isCancelled = true;
          },
        }),
      );
    const limit = new SizeLimit(() => {}, 2 ** 20);
    const around = { fetch: endless, hosts: new Hosts() };
    const { signal } = new AbortController();
    await expect(
      fetchModelFiles('http://a/b.safetensors', limit, around, signal),
    ).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' });
    expect(isCancelled).toBe(true);
  });
});
