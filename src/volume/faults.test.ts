import { afterAll, describe, expect, it } from 'vitest';
import { abortError, isUnreadable } from '../core/errors';
import type { Connection } from './connection';
import type { HostOptions } from './host';
import { Hosts } from './hosts';
import { openVolume } from './open-volume';
import { type Fault, type FileServer, serveFiles } from './testing/file-server';
import { HTTP_KINDS, type HttpKind } from './testing/http-kinds';

const servers: FileServer[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
});

const spoilt = { originZyx: [0, 0, 4], shapeZyx: [4, 4, 4] } as const;
const beside = { originZyx: [0, 0, 0], shapeZyx: [4, 4, 4] } as const;
const whole = Uint8Array.from({ length: 64 }, (_, at) => 104 + (at >> 2) * 8 + (at & 3));
const page = '<!DOCTYPE html>\n<html><body>Log in</body></html>';
const busy: Fault = { status: 429, headers: { 'Retry-After': '3' } };

/** How long answers may take: only where there will be none is that short, since a busy machine takes its time. */
const deadlineFor = (faults: readonly (Fault | undefined)[]) =>
  faults.some((fault) => fault?.hang) ? 1000 : 60_000;

/** Serves a kind of volume; the waits between attempts are only noted. */
async function serve(
  { files, path }: HttpKind,
  faults: readonly (Fault | undefined)[],
  faultOf: (key: string, range: string) => Fault | undefined,
  options: HostOptions = {},
) {
  const server = await serveFiles(files, faultOf);
  servers.push(server);
  const waits: number[] = [];
  const wait = async (milliseconds: number) => void waits.push(milliseconds);
  const how = {
    hosts: new Hosts({ wait, ...options }),
    deadlineMilliseconds: deadlineFor(faults),
  };
  return { waits, open: () => openVolume(`${server.url}${path}`, how) };
}

/** A volume of which one of two chunks meets these faults in turn, the last for ever. */
async function withChunk(
  kind: HttpKind,
  faults: readonly (Fault | undefined)[],
  options?: HostOptions,
) {
  const left = [...faults];
  let isOver = false;
  let attempts = 0;
  const faultOf = (key: string, range: string) => {
    if (!kind.isOfSecond(key, range)) return undefined;
    attempts++;
    if (isOver) return undefined;
    return left.length > 1 ? left.shift() : left[0];
  };
  const { waits, open } = await serve(kind, faults, faultOf, options);
  const volume = await open();
  const [level] = volume.levels;
  if (!level) throw new Error('no level');
  return {
    waits,
    statistics: volume.statistics,
    read: () => level.readBox(spoilt),
    readBeside: () => level.readBox(beside),
    attempts: () => attempts,
    end() {
      isOver = true;
    },
  };
}

/** A machine without a network until `goOnline`. */
function offlineMachine() {
  let isOffline = true;
  let goOn = () => {};
  const told: boolean[] = [];
  const back = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const connection: Connection = {
    isOffline: () => isOffline,
    untilOnline: (signal) =>
      Promise.race([
        back,
        new Promise<never>((_, reject) => {
          signal?.addEventListener('abort', () => reject(abortError()));
        }),
      ]),
  };
  return {
    told,
    options: { connection, onOffline: (now: boolean) => void told.push(now) },
    goOnline() {
      isOffline = false;
      goOn();
    },
  };
}

const refused = () => Promise.reject(new TypeError('Failed to fetch'));

// At the same time: deadlines are waited for.
describe.concurrent.each(HTTP_KINDS)('a chunk of a $kind volume', (kind) => {
  it.each<[string, readonly Fault[], readonly number[]]>([
    ['429 twice, which asks for 3 s', [busy, busy], [3000, 3000]],
    ['500', [{ status: 500 }], [expect.any(Number)]],
    ['an answer cut off in its middle', [{ broken: true }], [expect.any(Number)]],
    ['no answer in time', [{ hang: true }], [expect.any(Number)]],
  ])('that meets %s is asked for again, and comes', async (_, faults, waits) => {
    const chunk = await withChunk(kind, [...faults, undefined]);
    expect(await chunk.read()).toEqual(whole);
    expect(chunk.attempts()).toBe(faults.length + 1);
    expect(chunk.statistics.retries).toBe(faults.length);
    expect(chunk.waits).toEqual(waits);
  });

  it.each<[string, Fault, object, number]>([
    ['401', { status: 401 }, { code: 'HTTP_STATUS', fields: { status: 401 } }, 1],
    ['403', { status: 403 }, { code: 'HTTP_STATUS', fields: { status: 403 } }, 1],
    [
      '429 for ever',
      busy,
      { code: 'HTTP_STATUS', fields: { status: 429, retryAfterMilliseconds: 3000 } },
      6,
    ],
    ['500 for ever', { status: 500 }, { code: 'HTTP_STATUS', fields: { status: 500 } }, 5],
    ['answers all cut off', { broken: true }, { code: 'SOURCE_UNREACHABLE' }, 3],
    ['no answer', { hang: true }, { code: 'SOURCE_TIMEOUT', fields: { seconds: 1 } }, 2],
    [
      'too few bytes',
      { extraBytes: -1 },
      { code: 'CHUNK_FAILED', message: expect.stringMatching(/^Chunk 0\/0\/1 of .* bytes/) },
      1,
    ],
    [
      'too many bytes',
      { extraBytes: 1 },
      { code: 'CHUNK_FAILED', message: expect.stringMatching(/^Chunk 0\/0\/1 of .* bytes/) },
      1,
    ],
    ['nothing', { body: '' }, { code: 'CHUNK_FAILED' }, 1],
    [
      'a web page',
      { body: page, headers: { 'Content-Type': 'text/html' } },
      {
        code: 'WEB_PAGE',
        message: expect.stringContaining(`answered with a web page where http`),
        fields: { url: expect.stringContaining(kind.file) },
      },
      1,
    ],
    [
      'a web page under another name',
      { body: page, headers: { 'Content-Type': 'application/octet-stream' } },
      { code: 'WEB_PAGE' },
      1,
    ],
  ])(
    'that meets %s fails alone, in words, and is read once that is over',
    async (_, fault, expected, attempts) => {
      const chunk = await withChunk(kind, [fault]);
      const failure = await chunk.read().catch((error: unknown) => error);
      expect(failure).toMatchObject(expected);
      expect(isUnreadable(failure)).toBe(true);
      expect(chunk.attempts()).toBe(attempts);
      expect((await chunk.readBeside())[0]).toBe(100);
      chunk.end();
      expect(await chunk.read()).toEqual(whole);
    },
  );

  it('that is not there is the fill value, and counted; a zip that is not there fails', async () => {
    const { read, statistics } = await withChunk(kind, [{ status: 404 }]);
    if (kind.kind === 'zipped') {
      await expect(read()).rejects.toMatchObject({ code: 'HTTP_STATUS', fields: { status: 404 } });
      return;
    }
    expect(await read()).toEqual(new Uint8Array(64).fill(9));
    expect(statistics.missingChunks).toBe(1);
  });

  it('is read whatever its type is called', async () => {
    const { read } = await withChunk(kind, [{ headers: { 'Content-Type': 'text/html' } }]);
    expect(await read()).toEqual(whole);
  });

  it('waits while there is no network, and comes by itself', async () => {
    const machine = offlineMachine();
    const chunk = await withChunk(kind, [{ broken: true }], machine.options);
    const read = chunk.read();
    await expect.poll(() => machine.told).toEqual([true]);
    chunk.end();
    machine.goOnline();
    expect(await read).toEqual(whole);
    expect(machine.told).toEqual([true, false]);
    expect(chunk.waits).toEqual([]);
  });
});

describe.concurrent.each(HTTP_KINDS)('opening a $kind volume', (kind) => {
  it.each<[string, Fault]>([
    ['503', { status: 503 }],
    ['429', busy],
    ['an answer cut off in its middle', { broken: true }],
    ['no answer in time', { hang: true }],
  ])('goes on where the first request of each file meets %s', async (_, fault) => {
    const files = new Set(kind.files.keys());
    const { open, waits } = await serve(kind, [fault], (key) =>
      files.delete(key) ? fault : undefined,
    );
    const [level] = (await open()).levels;
    expect(await level?.readBox(spoilt)).toEqual(whole);
    // Of a zip's size the head of an answer is enough, whatever becomes of its body.
    if (fault.status) expect(waits.length).toBe(kind.files.size - files.size);
    if (fault === busy) expect(new Set(waits)).toEqual(new Set([3000]));
  });

  it.each<[string, Fault, object]>([
    ['403', { status: 403 }, { code: 'HTTP_STATUS', fields: { status: 403 } }],
    ['500', { status: 500 }, { code: 'HTTP_STATUS', fields: { status: 500 } }],
    ['a web page', { body: page }, { code: 'WEB_PAGE' }],
    ['answers cut off', { broken: true }, { code: 'SOURCE_UNREACHABLE' }],
    ['no answer', { hang: true }, { code: 'SOURCE_TIMEOUT' }],
  ])('fails in words where all it meets is %s', async (_, fault, expected) => {
    const { open } = await serve(kind, [fault], () => fault);
    await expect(open()).rejects.toMatchObject(expected);
  });

  it('waits while there is no network, and goes on by itself', async () => {
    const machine = offlineMachine();
    let isOffline = true;
    const { open } = await serve(
      kind,
      [],
      () => (isOffline ? { broken: true } : undefined),
      machine.options,
    );
    const opening = open();
    await expect.poll(() => machine.told).toEqual([true]);
    isOffline = false;
    machine.goOnline();
    expect((await opening).info.shapeZyx).toEqual([4, 4, 8]);
    expect(machine.told).toEqual([true, false]);
  });

  it('that a browser refuses says what the server has to send, and for which headers', async () => {
    const open = (headers: Record<string, string>) =>
      openVolume(`https://host${kind.path || '/a.zarr'}`, {
        ...{ fetch: refused, headers },
        hosts: new Hosts({ wait: async () => {} }),
      });
    const plainly = open({});
    await expect(plainly).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE' });
    await expect(plainly).rejects.toThrow(
      /have the server send “Access-Control-Allow-Origin: \*”\.$/,
    );
    const withToken = open({ Authorization: 'Bearer secret' });
    await expect(withToken).rejects.toThrow(
      / and “Access-Control-Allow-Headers: Authorization”\.$/,
    );
    await expect(withToken).rejects.not.toThrow(/secret/);
  });
});

it('a shard whose end a browser may not ask for says that ranges have to be allowed', async () => {
  const kind = HTTP_KINDS.find(({ kind }) => kind === 'sharded');
  const server = await serveFiles(kind?.files ?? new Map());
  servers.push(server);
  const asBrowser: typeof fetch = (input, init) =>
    new Headers(init?.headers).get('Range')?.startsWith('bytes=-') ? refused() : fetch(input, init);
  const hosts = new Hosts({ wait: async () => {} });
  const [level] = (await openVolume(server.url, { fetch: asBrowser, hosts })).levels;
  await expect(level?.readBox(spoilt)).rejects.toThrow(
    / and “Access-Control-Allow-Headers: Range”\.$/,
  );
});
