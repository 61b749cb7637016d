import { afterEach, describe, expect, it } from 'vitest';
import { FloodlightError, isAbort } from '../core/errors';
import { Hosts } from './hosts';
import { openVolume } from './open-volume';
import { Patience } from './patience';
import { type Files, putArray } from './testing/array-files';
import { type FileServer, serveFiles } from './testing/file-server';

const servers: FileServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** A server of two arrays of 27 chunks each, whose chunks never come while `isHanging`. */
async function setUp() {
  const files: Files = new Map();
  for (const name of ['a', 'b'])
    await putArray(files, name, {
      version: 3,
      dtype: 'uint8',
      shape: [12, 12, 12],
      chunks: [4, 4, 4],
      valueAt: (index) => 1 + (index % 100),
    });
  const state = { isHanging: false };
  const server = await serveFiles(files, (key) =>
    state.isHanging && key.includes('/c/') ? { hang: true } : undefined,
  );
  servers.push(server);
  return { url: server.url, state, server };
}

describe('hosts', () => {
  it('are asked at most eight things at a time in all, each for itself', async () => {
    const [one, other] = [await setUp(), await setUp()];
    const hosts = new Hosts();
    const abort = new AbortController();
    const volumes = await Promise.all(
      [`${one.url}/a`, `${one.url}/b`, `${other.url}/a`].map((url) => openVolume(url, { hosts })),
    );
    const before = [one.server.requests.length, other.server.requests.length];
    one.state.isHanging = true;
    other.state.isHanging = true;
    const box = { originZyx: [0, 0, 0], shapeZyx: [12, 12, 12] } as const;
    const reads = volumes.map(({ levels: [level] }) =>
      level?.readBox(box, abort.signal).catch(() => 'given up'),
    );
    const asked = () => [
      one.server.requests.length - (before[0] ?? 0),
      other.server.requests.length - (before[1] ?? 0),
    ];
    await expect.poll(asked).toEqual([8, 8]);
    // None comes after these while they are under way.
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(asked()).toEqual([8, 8]);
    abort.abort();
    expect(await Promise.all(reads)).toEqual(Array(3).fill('given up'));
  });

  it('are told apart by scheme, name and port', () => {
    const hosts = new Hosts();
    const at = (url: string) => hosts.at(new URL(url));
    expect(at('https://host/a?b')).toBe(at('https://host:443/c'));
    for (const other of ['http://host/a', 'https://host:8080/a', 'https://other/a'])
      expect(at(other)).not.toBe(at('https://host/a'));
  });

  it('that are busy are told of, the one that is asked again last', async () => {
    const hosts = new Hosts({ wait: () => new Promise(() => {}) });
    const abort = new AbortController();
    const ask = (url: string, retryAfterMilliseconds: number) => {
      const patience = new Patience(hosts.at(new URL(url)));
      const error = new FloodlightError('HTTP_STATUS', {
        url,
        status: 429,
        retryAfterMilliseconds,
      });
      return patience.request(url, () => Promise.reject(error), abort.signal).catch(isAbort);
    };
    expect(hosts.busy).toBeNull();
    const asked = [
      ask('http://one/a', 5000),
      ask('http://other:81/a', 9000),
      ask('http://one/b', 1),
    ];
    await expect.poll(() => hosts.busy?.host).toBe('other:81');
    abort.abort();
    expect(await Promise.all(asked)).toEqual([true, true, true]);
    expect(hosts.busy).toBeNull();
  });
});
