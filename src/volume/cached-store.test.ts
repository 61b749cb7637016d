import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Box } from '../core/box';
import { MemoryDisk } from '../core/testing/memory-disk';
import { ChunkDisk } from '../disk/chunk-disk';
import { ArrayAnswers } from './array-answers';
import { CachedStore } from './cached-store';
import { Host } from './host';
import { HttpStore } from './http-store';
import { openVolume } from './open-volume';
import { Patience } from './patience';
import { type ArraySpec, type Files, putArray } from './testing/array-files';
import { type Fault, type FileServer, serveFiles } from './testing/file-server';

const DAY = 24 * 3600;
const SHAPE = [32, 32, 64] as const;
const whole: Box = { originZyx: [0, 0, 0], shapeZyx: SHAPE };

const array: ArraySpec = {
  version: 2,
  dtype: 'uint8',
  shape: SHAPE,
  chunks: [32, 32, 32],
  valueAt: (index) => index % 251,
};
const first32 = { originZyx: [0, 0, 0], shapeZyx: [1, 1, 32] } as const;

let files: Files;
let fault: (key: string) => Fault | undefined;
let server: FileServer;
let disk: ChunkDisk;
let seconds: number;
beforeEach(async () => {
  files = new Map();
  await putArray(files, '', array);
  fault = () => undefined;
  server = await serveFiles(files, (key) => fault(key));
  seconds = 1e9;
  const memory = new MemoryDisk();
  disk = new ChunkDisk(() => seconds * 1000);
  disk.attach({ data: memory.open('data'), journal: memory.open('journal') });
  disk.setBudgetBytes(2 ** 26);
});
afterEach(() => server.close());

/** What a page that opens the volume reads, and which chunks it asks the server for. */
async function visit({ address = server.url, box = whole, ...options }: Visit = {}) {
  server.requests.length = 0;
  const volume = await openVolume(address, { disk, ...options });
  const data = await volume.levels[0]?.readBox(box);
  const chunks = server.requests.filter((key) => /\d[./]\d[./]\d/.test(key));
  return { data, chunks, statistics: volume.statistics };
}
interface Visit {
  readonly address?: string;
  readonly box?: Box;
  readonly headers?: Record<string, string>;
}
/** Has the server say something along with each file. */
const answerWith = (headers: Record<string, string>) => {
  fault = (key) => (files.has(key) ? { headers } : undefined);
};

describe('chunks of a server', () => {
  it('come from the disk on the next visit, bit for bit', async () => {
    const first = await visit();
    expect(first.chunks.length).toBe(2);
    expect(first.data?.[33]).toBe(33);
    expect(first.statistics.diskHits).toBe(0);
    const second = await visit();
    expect(second.chunks).toEqual([]);
    expect(second.data).toEqual(first.data);
    expect(second.statistics).toMatchObject({ diskHits: 2, missingChunks: 0 });
    expect(new Set(server.requests)).toEqual(new Set(['/zarr.json', '/.zarray', '/.zattrs']));
  });

  it('are compared by one of them once they are an hour old, and asked for again after a week', async () => {
    await visit();
    seconds += DAY / 24 - 1;
    expect((await visit()).chunks).toEqual([]);
    seconds += 1;
    expect((await visit()).chunks.length).toBe(1);
    seconds += 7 * DAY;
    expect((await visit()).chunks.length).toBe(2);
    expect((await visit()).chunks).toEqual([]);
  });

  it('are all dropped where the one that was compared is another now', async () => {
    await visit();
    await putArray(files, '', { ...array, valueAt: () => 9 });
    expect((await visit()).data?.[0]).toBe(0);
    seconds += DAY;
    const { data, chunks, statistics } = await visit();
    expect(data?.every((value) => value === 9)).toBe(true);
    expect(chunks.length).toBe(2);
    expect(statistics.diskHits).toBe(1);
    expect((await visit()).chunks).toEqual([]);
  });

  it('stay where the one to be compared cannot be read', async () => {
    await visit();
    seconds += DAY;
    fault = (key) => (key.startsWith('/0.0') ? { status: 403 } : undefined);
    const { data } = await visit();
    expect(data?.[33]).toBe(33);
  });

  it('that are not there are asked for again after an hour', async () => {
    const chunk = files.get('/0.0.0') ?? new Uint8Array();
    files.delete('/0.0.0');
    await visit({ box: first32 });
    const second = await visit({ box: first32 });
    expect(second.chunks).toEqual([]);
    expect(second.statistics).toMatchObject({ missingChunks: 1, diskHits: 1 });
    files.set('/0.0.0', chunk);
    seconds += DAY / 24;
    const third = await visit({ box: first32 });
    expect(third.chunks).toEqual(['/0.0.0']);
    expect(third.data?.[5]).toBe(5);
  });

  it('become unknown with the metadata of their array, and with what the server says of these', async () => {
    await visit();
    await putArray(files, '', { ...array, fill: 3, valueAt: () => 9 });
    expect((await visit()).data?.[0]).toBe(9);
    for (const [name, value] of [
      ['Last-Modified', 'Tue, 01 Jan 2030 00:00:00 GMT'],
      ['ETag', '"b"'],
    ] as const) {
      answerWith({ [name]: value });
      expect((await visit()).chunks.length).toBe(2);
      expect((await visit()).chunks).toEqual([]);
    }
  });

  it('are not mixed up with those of another array', async () => {
    await putArray(files, 'other', { ...array, valueAt: () => 7 });
    await visit();
    const other = await visit({ address: `${server.url}/other` });
    expect(other.chunks.length).toBe(2);
    expect(other.data?.[0]).toBe(7);
  });

  it.each(['no-store', 'private, no-cache', 'max-age=0, must-revalidate'])(
    'are not kept where the server says %s',
    async (control) => {
      answerWith({ 'Cache-Control': control });
      await visit();
      expect((await visit()).chunks.length).toBe(2);
      expect(disk.cacheBytes).toBe(0);
    },
  );

  it('are not kept where reading them took a secret', async () => {
    const secret = { headers: { Authorization: 'Bearer t' } };
    await visit(secret);
    expect((await visit(secret)).chunks.length).toBe(2);
    await visit({ address: `${server.url}?signature=abc` });
    expect(disk.cacheBytes).toBe(0);
    // Nor is what others kept given to whoever shows one.
    await visit();
    expect((await visit(secret)).chunks.length).toBe(2);
  });

  it('that failed are not kept', async () => {
    fault = (key) => (key === '/0.0.0' ? { status: 403 } : undefined);
    await expect(visit()).rejects.toMatchObject({ code: 'HTTP_STATUS' });
    fault = () => undefined;
    const { data } = await visit();
    expect(data?.[33]).toBe(33);
  });

  it('are read and not kept where the disk is full', async () => {
    const full = new MemoryDisk(100);
    disk = new ChunkDisk();
    disk.attach({ data: full.open('data'), journal: full.open('journal') });
    disk.setBudgetBytes(2 ** 26);
    expect((await visit()).data?.[33]).toBe(33);
    expect((await visit()).chunks.length).toBe(2);
  });
});

describe('chunks in shards', () => {
  const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

  it('are found again below the very index they were read by, which is read each time', async () => {
    const bytes = new TextEncoder().encode('aaaabbbbINDEX1');
    const shards: Files = new Map([
      ['/zarr.json', new TextEncoder().encode('{}')],
      ['/c/0', bytes],
    ]);
    const asked: string[] = [];
    const open = async () => {
      asked.length = 0;
      const answers = new ArrayAnswers();
      const fetch = answers.watch(async (input, init) => {
        const key = new URL(String(input)).pathname;
        const [, first, last] =
          /^bytes=(\d*)-(\d*)$/.exec(new Headers(init?.headers).get('Range') ?? '') ?? [];
        const file = shards.get(key) ?? new Uint8Array();
        if (last === undefined) return new Response(file.slice());
        asked.push(`${first}-${last}`);
        const part = first
          ? file.slice(Number(first), Number(last) + 1)
          : file.slice(-Number(last));
        return new Response(part, { status: 206 });
      });
      const statistics = { fetchedBytes: 0, diskHits: 0 };
      const access = { fetch, patience: new Patience(new Host('host')), headers: {} };
      const http = new HttpStore(new URL('https://host/'), statistics, access);
      const store = new CachedStore(http, { disk, answers, statistics });
      await store.get('/zarr.json');
      expect(text(await store.getRange('/c/0', { suffixLength: 6 }))).toMatch('INDEX');
      return text(await store.getRange('/c/0', { offset: 4, length: 4 }));
    };
    expect(await open()).toBe('bbbb');
    expect(asked).toEqual(['-6', '4-7']);
    expect(await open()).toBe('bbbb');
    expect(asked).toEqual(['-6']);
    shards.set('/c/0', new TextEncoder().encode('aaaaccccINDEX2'));
    expect(await open()).toBe('cccc');
  });
});
