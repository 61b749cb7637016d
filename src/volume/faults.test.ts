import { afterEach, describe, expect, it } from 'vitest';
import { isUnreadable } from '../core/errors';
import { Hosts } from './hosts';
import { openVolume } from './open-volume';
import { type Files, putArray } from './testing/array-files';
import { type Fault, type FileServer, serveFiles } from './testing/file-server';

const servers: FileServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const CHUNK = '/c/0/0/1';
const spoilt = { originZyx: [0, 0, 4], shapeZyx: [4, 4, 4] } as const;
const beside = { originZyx: [0, 0, 0], shapeZyx: [4, 4, 4] } as const;
const page = '<!DOCTYPE html>\n<html><body>Log in</body></html>';

/** A volume of two chunks of 64 bytes, of which one meets these faults in turn, the last for ever. */
async function open(faults: readonly (Fault | undefined)[]) {
  const files: Files = new Map();
  await putArray(files, '', {
    version: 3,
    dtype: 'uint8',
    shape: [4, 4, 8],
    chunks: [4, 4, 4],
    fill: 9,
    valueAt: (index) => 100 + index,
  });
  const left = [...faults];
  let isOver = false;
  const server = await serveFiles(files, (key) => {
    if (isOver || key !== CHUNK) return undefined;
    return left.length > 1 ? left.shift() : left[0];
  });
  servers.push(server);
  // A deadline only where there will be no answer: a busy machine takes its time.
  const deadlineMilliseconds = faults.some((fault) => fault?.hang) ? 1000 : 60_000;
  const hosts = new Hosts({ wait: async () => {} });
  const volume = await openVolume(server.url, { hosts, deadlineMilliseconds });
  const [level] = volume.levels;
  if (!level) throw new Error('no level');
  return {
    url: server.url,
    statistics: volume.statistics,
    read: () => level.readBox(spoilt),
    readBeside: () => level.readBox(beside),
    attempts: () => server.requests.filter((key) => key === CHUNK).length,
    end() {
      isOver = true;
    },
  };
}

const whole = Uint8Array.from({ length: 64 }, (_, at) => 104 + (at >> 2) * 8 + (at & 3));

describe('a chunk', () => {
  it('that is not there is the fill value, and counted', async () => {
    const { read, statistics } = await open([{ status: 404 }]);
    expect(await read()).toEqual(new Uint8Array(64).fill(9));
    expect(statistics.missingChunks).toBe(1);
  });

  it.each<[string, readonly Fault[], number]>([
    ['429 twice', [{ status: 429 }, { status: 429 }], 3],
    ['500', [{ status: 500 }], 2],
    ['an answer cut off in its middle', [{ broken: true }], 2],
    ['no answer in time', [{ hang: true }], 2],
  ])('that meets %s is asked for again, and comes', async (_, faults, attempts) => {
    const chunk = await open([...faults, undefined]);
    expect(await chunk.read()).toEqual(whole);
    expect([chunk.attempts(), chunk.statistics.retries]).toEqual([attempts, attempts - 1]);
  });

  it.each<[string, Fault, object, number]>([
    ['401', { status: 401 }, { code: 'HTTP_STATUS', fields: { status: 401 } }, 1],
    ['403', { status: 403 }, { code: 'HTTP_STATUS', fields: { status: 403 } }, 1],
    ['429 for ever', { status: 429 }, { code: 'HTTP_STATUS', fields: { status: 429 } }, 6],
    ['500 for ever', { status: 500 }, { code: 'HTTP_STATUS', fields: { status: 500 } }, 5],
    ['answers all cut off', { broken: true }, { code: 'SOURCE_UNREACHABLE' }, 3],
    ['no answer', { hang: true }, { code: 'SOURCE_TIMEOUT', fields: { seconds: 1 } }, 2],
    [
      'too few bytes',
      { body: new Uint8Array(63) },
      { code: 'CHUNK_FAILED', message: expect.stringContaining('63 bytes instead of 64') },
      1,
    ],
    [
      'too many bytes',
      { body: new Uint8Array(65) },
      { code: 'CHUNK_FAILED', message: expect.stringContaining('65 bytes instead of 64') },
      1,
    ],
    ['nothing', { body: '' }, { code: 'CHUNK_FAILED' }, 1],
    [
      'a web page',
      { body: page, headers: { 'Content-Type': 'text/html' } },
      {
        code: 'WEB_PAGE',
        message: expect.stringMatching(/answered with a web page where .*\/c\/0\/0\/1 should be/),
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
      const chunk = await open([fault]);
      const failure = await chunk.read().catch((error: unknown) => error);
      expect(failure).toMatchObject(expected);
      expect(isUnreadable(failure)).toBe(true);
      expect(chunk.attempts()).toBe(attempts);
      expect((await chunk.readBeside())[0]).toBe(100);
      chunk.end();
      expect(await chunk.read()).toEqual(whole);
    },
  );

  it('is read whatever its type is called', async () => {
    const { read } = await open([{ headers: { 'Content-Type': 'text/html' } }]);
    expect(await read()).toEqual(whole);
  });
});

describe('a refusal by the browser', () => {
  const refused = () => Promise.reject(new TypeError('Failed to fetch'));
  const hosts = new Hosts({ wait: async () => {} });

  it('says what the server has to send', async () => {
    const failure = openVolume('https://host/a.zarr', { fetch: refused, hosts });
    await expect(failure).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE' });
    await expect(failure).rejects.toThrow(
      /have the server send “Access-Control-Allow-Origin: \*”\.$/,
    );
  });

  it('names the headers that it has to allow', async () => {
    const headers = { Authorization: 'Bearer secret' };
    const failure = openVolume('https://host/a.zarr', { fetch: refused, hosts, headers });
    await expect(failure).rejects.toThrow(/ and “Access-Control-Allow-Headers: Authorization”\.$/);
    await expect(failure).rejects.not.toThrow(/secret/);
  });
});
