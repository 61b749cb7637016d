import { afterAll, describe, expect, it } from 'vitest';
import { crc32c } from '../codecs/testing/crc32c';
import { isAbort } from '../core/errors';
import type { Zyx } from '../core/vec';
import { openVolume } from './open-volume';
import type { Files } from './testing/array-files';
import { FakeDirectory } from './testing/fake-directory';
import { type Fault, type FileServer, serveFiles } from './testing/file-server';

const servers: FileServer[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
});
async function open(
  files: Files,
  fault?: (key: string) => Fault | undefined,
  by: typeof fetch = fetch,
) {
  const server = await serveFiles(files, fault);
  servers.push(server);
  const [level] = (await openVolume(server.url, { cacheBytes: 0, fetch: by })).levels;
  if (!level) throw new Error('no level');
  return { server, level };
}

const inner: Zyx = [2, 2, 2];
const ABSENT = 2n ** 64n - 1n;
const CHUNKS_BYTES = 8 * 8;
const INDEX_BYTES = 8 * 16;

/** The entry of one chunk in the index of a shard that starts at `at`, its checksum set anew. */
function putEntry(
  shard: Uint8Array,
  chunk: number,
  offset: bigint,
  length: bigint,
  at = CHUNKS_BYTES,
): void {
  const view = new DataView(shard.buffer);
  view.setBigUint64(at + chunk * 16, offset, true);
  view.setBigUint64(at + chunk * 16 + 8, length, true);
  const end = at + INDEX_BYTES;
  view.setUint32(end, crc32c(shard.subarray(at, end)), true);
}

/** Two shards of 2 × 2 × 2 chunks along x; the chunk at (0, 0, 1) is absent in each. */
function shardedFiles(indexAt: 'start' | 'end' = 'end'): Files {
  const files: Files = new Map();
  const bytesCodec = { name: 'bytes', configuration: { endian: 'little' } };
  const document = {
    zarr_format: 3,
    node_type: 'array',
    shape: [4, 4, 7],
    data_type: 'uint8',
    chunk_grid: { name: 'regular', configuration: { chunk_shape: [4, 4, 4] } },
    chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
    codecs: [
      {
        name: 'sharding_indexed',
        configuration: {
          chunk_shape: inner,
          codecs: [bytesCodec],
          index_codecs: [bytesCodec, { name: 'crc32c' }],
          ...(indexAt === 'start' ? { index_location: indexAt } : {}),
        },
      },
    ],
    fill_value: 200,
    attributes: {},
  };
  files.set('/zarr.json', new TextEncoder().encode(JSON.stringify(document)));
  for (const shard of [0, 1]) {
    const bytes = new Uint8Array(CHUNKS_BYTES + INDEX_BYTES + 4);
    const [first, index] = indexAt === 'start' ? [INDEX_BYTES + 4, 0] : [0, CHUNKS_BYTES];
    for (let chunk = 0; chunk < 8; chunk++) {
      const offset = first + chunk * 8;
      bytes.fill(shard * 8 + chunk, offset, offset + 8);
      if (chunk === 1) putEntry(bytes, chunk, ABSENT, ABSENT, index);
      else putEntry(bytes, chunk, BigInt(offset), 8n, index);
    }
    files.set(`/c/0/0/${shard}`, bytes);
  }
  return files;
}

const at = (x: number) => ({ originZyx: [0, 0, x], shapeZyx: [2, 2, 2] }) as const;
const elsewhere = { originZyx: [2, 2, 2], shapeZyx: [2, 2, 2] } as const;

describe('shards', () => {
  it.each(['end', 'start'] as const)(
    'are read chunk by chunk, their index at the %s',
    async (at) => {
      const { level, server } = await open(shardedFiles(at));
      expect(level.info.chunkZyx).toEqual(inner);
      const expected = Uint8Array.from({ length: 4 * 4 * 7 }, (_, index) => {
        const [z, y, x] = [Math.floor(index / 28), Math.floor(index / 7) % 4, index % 7];
        const chunk = (z >> 1) * 4 + (y >> 1) * 2 + ((x >> 1) & 1);
        return chunk === 1 ? 200 : (x >> 2) * 8 + chunk;
      });
      const box = { originZyx: [0, 0, 0], shapeZyx: [4, 4, 7] } as const;
      expect(await level.readBox(box)).toEqual(expected);
      // Of each shard the index, and its chunks, side by side, at once.
      expect(server.requests.filter((key) => !key.startsWith('/.')).sort()).toEqual([
        '/c/0/0/0',
        '/c/0/0/0',
        '/c/0/0/1',
        '/c/0/0/1',
        '/zarr.json',
      ]);
    },
  );

  it('are asked for their index once, and a shard that is not there holds nothing', async () => {
    const files = shardedFiles();
    files.delete('/c/0/0/1');
    const { level, server } = await open(files);
    for (let pass = 0; pass < 2; pass++) {
      expect(await level.readBox(at(4))).toEqual(new Uint8Array(8).fill(200));
      expect(await level.readBox(elsewhere)).toEqual(new Uint8Array(8).fill(7));
    }
    const asked = (shard: number) => server.requests.filter((key) => key === `/c/0/0/${shard}`);
    expect([asked(0).length, asked(1).length]).toEqual([3, 1]);
  });

  it('outlive the abort of the reader that asked for the shared index first', async () => {
    let answer = () => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { server, level } = await open(shardedFiles(), undefined, async (url, init) => {
      const response = await fetch(url, init);
      if (String(url).endsWith('/c/0/0/0')) await held;
      return response;
    });
    const controller = new AbortController();
    const leaving = level.readBox(at(0), controller.signal);
    await expect.poll(() => server.requests).toContain('/c/0/0/0');
    const staying = level.readBox(elsewhere);
    controller.abort();
    answer();
    await expect(leaving).rejects.toSatisfy(isAbort);
    expect(await staying).toEqual(new Uint8Array(8).fill(7));
  });

  it('are refused when their index is damaged, and read once it is whole', async () => {
    const files = shardedFiles();
    const { level, server } = await open(files);
    const [shard] = [files.get('/c/0/0/0') ?? new Uint8Array()];
    const damaged = shard.slice();
    damaged[CHUNKS_BYTES + 3] = 1;
    files.set('/c/0/0/0', damaged);
    await expect(level.readBox(at(0))).rejects.toMatchObject({
      code: 'CHUNK_FAILED',
      fields: {
        array: `${server.url}/`,
        chunk: '0/0/0',
        codec: 'crc32c',
        reason: 'its checksum is wrong',
      },
    });
    expect(await level.readBox(at(4))).toEqual(new Uint8Array(8).fill(8));
    files.set('/c/0/0/0', shard.slice(-20));
    await expect(level.readBox(at(0))).rejects.toMatchObject({ code: 'CHUNK_FAILED' });
    files.set('/c/0/0/0', shard);
    expect(await level.readBox(at(0))).toEqual(new Uint8Array(8));
  });

  const claims: [string, bigint, bigint][] = [
    ['too much', 0n, 8n * 2n + 65537n],
    ['4 GiB', 0n, 2n ** 32n],
    ['nothing', 0n, 0n],
    ['what no number can say', ABSENT - 8n, 8n],
    ['all there is', 0n, ABSENT],
  ];
  it.each(claims)('that claim %s are not asked for it', async (_, offset, length) => {
    const files = shardedFiles();
    const { level, server } = await open(files);
    putEntry(files.get('/c/0/0/0') ?? new Uint8Array(), 0, offset, length);
    await expect(level.readBox(at(0))).rejects.toMatchObject({
      code: 'CHUNK_FAILED',
      fields: {
        codec: 'sharding_indexed',
        reason: expect.stringMatching(/^the index of its shard claims \d+ bytes at \d+/),
      },
    });
    // Of the shard, only its index.
    expect(server.requests.filter((path) => path === '/c/0/0/0').length).toBe(1);
    expect(await level.readBox(elsewhere)).toEqual(new Uint8Array(8).fill(7));
  });

  it.each<['end' | 'start', bigint, RegExp]>([
    ['end', 200n, /claims 8 bytes at 200, past the end at 64$/],
    ['end', 61n, /claims 8 bytes at 61, past the end at 64$/],
    ['start', 100n, /claims 8 bytes at 100, where it lies itself$/],
  ])(
    'with their index at the %s whose chunk would lie at %d are not asked for it',
    async (where, offset, reason) => {
      const files = shardedFiles(where);
      const { level, server } = await open(files);
      const shard = files.get('/c/0/0/0') ?? new Uint8Array();
      putEntry(shard, 0, offset, 8n, where === 'start' ? 0 : CHUNKS_BYTES);
      await expect(level.readBox(at(0))).rejects.toMatchObject({
        code: 'CHUNK_FAILED',
        fields: { codec: 'sharding_indexed', reason: expect.stringMatching(reason) },
      });
      expect(server.requests.filter((path) => path === '/c/0/0/0').length).toBe(1);
    },
  );

  it('whose chunks overlap are refused; those that share the same bytes are not', async () => {
    const files = shardedFiles();
    const { level } = await open(files);
    const shard = files.get('/c/0/0/0') ?? new Uint8Array();
    putEntry(shard, 0, 16n, 8n);
    expect(await level.readBox(at(0))).toEqual(new Uint8Array(8).fill(2));
    putEntry(shard, 0, 18n, 8n);
    const again = await open(files);
    await expect(again.level.readBox(elsewhere)).rejects.toMatchObject({
      code: 'CHUNK_FAILED',
      fields: { reason: 'the index of its shard has chunks that overlap at 18' },
    });
  });

  it('that end before a chunk are told of', async () => {
    const files = shardedFiles();
    let status: number | undefined;
    const { level } = await open(files, () => (status ? { status } : undefined));
    expect(await level.readBox(elsewhere)).toEqual(new Uint8Array(8).fill(7));
    status = 416;
    await expect(level.readBox(elsewhere)).rejects.toMatchObject({
      code: 'CHUNK_FAILED',
      fields: { codec: 'sharding_indexed', reason: 'its shard ends before it' },
    });
  });
});

it('shards of a folder that was being removed are believed missing no longer', async () => {
  const files = new Map([...shardedFiles()].map(([key, file]) => [key.slice(1), file]));
  const folder = new FakeDirectory('em.zarr', files);
  const [level] = (await openVolume(folder.handle)).levels;
  const read = (x: number) => level?.readBox({ originZyx: [0, 0, x], shapeZyx: [1, 1, 1] });
  files.delete('c/0/0/0');
  expect(await read(0)).toEqual(new Uint8Array([200]));
  files.clear();
  await expect(read(4)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
  await expect(read(0)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
});
