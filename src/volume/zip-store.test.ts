import { downloadZip } from 'client-zip';
import fc from 'fast-check';
import { type Zippable, zipSync } from 'fflate';
import { afterEach, describe, expect, it } from 'vitest';
import { Random } from '../codecs/testing/mutate';
import { isAbort, isFloodlightError } from '../core/errors';
import { blobSource, httpSource } from './byte-sources';
import { type FileServer, serveFiles } from './testing/file-server';
import { readZipDirectory } from './zip-directory';
import { ZipStore } from './zip-store';

type Bytes = Uint8Array<ArrayBuffer>;
type Contents = Readonly<Record<string, Uint8Array>>;

const RUNS = { seed: 52, numRuns: 60 };
/** Of each archive. */
const MUTATIONS = 1_000;

const sourceOf = (zip: Uint8Array) => blobSource(new Blob([Uint8Array.from(zip)]), 'test.zip');
const open = (zip: Uint8Array, onBytes: (bytes: number) => void = () => undefined) =>
  ZipStore.open(sourceOf(zip), onBytes);
const text = (value: string): Bytes => Uint8Array.from(new TextEncoder().encode(value));
const noise = (length: number, seed = 7): Bytes => {
  const random = new Random(seed);
  return Uint8Array.from({ length }, () => random.below(256));
};

const packers: Record<string, (contents: Contents) => Promise<Uint8Array>> = {
  'stored by fflate': async (contents) => zipSync({ ...contents } as Zippable, { level: 0 }),
  'deflated by fflate': async (contents) => zipSync({ ...contents } as Zippable, { level: 6 }),
  'streamed by client-zip': async (contents) =>
    new Uint8Array(
      await downloadZip(
        Object.entries(contents).map(([name, input]) => ({ name, input })),
      ).arrayBuffer(),
    ),
};

const viewOf = (zip: Uint8Array) => new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
const endAt = (zip: Uint8Array) => zip.length - 22;
const directoryAt = (zip: Uint8Array) => viewOf(zip).getUint32(endAt(zip) + 16, true);
const concat = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
/** A copy of an archive without a comment, changed through the view. */
function changed(zip: Uint8Array, change: (view: DataView, bytes: Bytes) => void): Bytes {
  const copy = Uint8Array.from(zip);
  change(viewOf(copy), copy);
  return copy;
}

/** The archive of one file with all its numbers in ZIP64 records. */
function zip64(name: string, content: Uint8Array): Bytes {
  const zip = zipSync({ [name]: content }, { level: 0 });
  const at = directoryAt(zip);
  const extra = new DataView(new ArrayBuffer(4 + 28));
  extra.setUint16(0, 1, true);
  extra.setUint16(2, 28, true);
  extra.setBigUint64(4, BigInt(content.length), true);
  extra.setBigUint64(12, BigInt(content.length), true);
  const record = changed(zip.slice(at, endAt(zip)), (view) => {
    for (const field of [20, 24, 42]) view.setUint32(field, 0xffffffff, true);
    view.setUint16(30, extra.byteLength, true);
    view.setUint16(34, 0xffff, true);
  });
  const bytes = record.length + extra.byteLength;
  const end = new DataView(new ArrayBuffer(56 + 20 + 22));
  end.setUint32(0, 0x06064b50, true);
  end.setBigUint64(4, 44n, true);
  end.setBigUint64(24, 1n, true);
  end.setBigUint64(32, 1n, true);
  end.setBigUint64(40, BigInt(bytes), true);
  end.setBigUint64(48, BigInt(at), true);
  end.setUint32(56, 0x07064b50, true);
  end.setBigUint64(64, BigInt(at + bytes), true);
  end.setUint32(72, 1, true);
  end.setUint32(76, 0x06054b50, true);
  for (const field of [8, 10]) end.setUint16(76 + field, 0xffff, true);
  for (const field of [12, 16]) end.setUint32(76 + field, 0xffffffff, true);
  return concat(zip.slice(0, at), record, new Uint8Array(extra.buffer), new Uint8Array(end.buffer));
}

const names = fc
  .array(fc.constantFrom('a', 'b', 'c', 'zarr.json', 'ü', '0'), { minLength: 1, maxLength: 4 })
  .map((segments) => segments.join('/'));
const contents = fc
  .uniqueArray(fc.tuple(names, fc.uint8Array({ maxLength: 400 })), {
    selector: ([name]) => name,
    maxLength: 8,
  })
  .map((files) => Object.fromEntries([['zarr.json', text('{}')], ...files]) as Contents);

describe.each(Object.entries(packers))('a zip %s', (_, pack) => {
  it('gives what was put in, whole and in parts', async () => {
    await fc.assert(
      fc.asyncProperty(contents, fc.nat(400), fc.nat(400), async (files, offset, length) => {
        const store = await open(await pack(files));
        for (const [name, bytes] of Object.entries(files)) {
          const whole = Array.from(bytes);
          const part = await store.getRange(`/${name}`, {
            offset: offset % (bytes.length + 1),
            length,
          });
          const end = await store.getRange(`/${name}`, { suffixLength: length });
          const from = offset % (bytes.length + 1);
          expect(Array.from((await store.get(`/${name}`)) ?? [-1])).toEqual(whole);
          expect(Array.from(part ?? [-1])).toEqual(whole.slice(from, from + length));
          expect(Array.from(end ?? [-1])).toEqual(whole.slice(Math.max(0, whole.length - length)));
        }
        expect(await store.get('/absent')).toBeUndefined();
        expect(await store.getRange('/absent', { suffixLength: 1 })).toBeUndefined();
      }),
      RUNS,
    );
  });

  it('is rooted at the one top folder that holds a Zarr', async () => {
    const files = { 'labels.zarr/zarr.json': text('{}'), 'labels.zarr/0/c/0': text('chunk') };
    const finder = { ...files, '__MACOSX/labels.zarr/._zarr.json': text('attributes') };
    const isNode = async (packed: Contents) => (await open(await pack(packed))).get('/zarr.json');
    expect(await isNode(files)).toEqual(text('{}'));
    expect(await isNode(finder)).toEqual(text('{}'));
    expect(await isNode({ ...files, 'other/zarr.json': text('{}') })).toBeUndefined();
    expect(await isNode({ 'folder/x': text('x') })).toBeUndefined();
    const array = (await open(await pack(files))).at('0');
    expect(await array.get('/c/0')).toEqual(text('chunk'));
    expect([array.url, array.urlOf('/c/0')]).toEqual(['test.zip#0', 'test.zip#0/c/0']);
    expect((await open(await pack(files))).url).toBe('test.zip');
  });

  it('cut off anywhere is refused', async () => {
    const zip = await pack({ 'zarr.json': text('{"zarr_format":3}'), '0/c/0': noise(40) });
    for (let length = 0; length < zip.length; length++)
      await expect(open(zip.subarray(0, length))).rejects.toMatchObject({ code: 'BAD_METADATA' });
  });

  it(`with any byte changed gives right bytes or typed errors`, { timeout: 30_000 }, async () => {
    const files = {
      'zarr.json': text('{"zarr_format":3}'),
      '0/c/0': noise(60),
      '0/c/1': text('x'.repeat(300)),
    };
    const zip = await pack(files);
    const random = new Random(20_261);
    const outcomes = { right: 0, absent: 0, refused: 0 };
    const settle = async (read: Promise<Uint8Array | undefined>, right: Uint8Array) => {
      try {
        const bytes = await read;
        if (bytes) expect(Array.from(bytes)).toEqual(Array.from(right));
        outcomes[bytes ? 'right' : 'absent']++;
      } catch (error) {
        if (!isFloodlightError(error)) throw error;
        expect(['BAD_METADATA', 'CODEC_FAILED']).toContain(error.code);
        outcomes.refused++;
      }
    };
    for (let times = 0; times < MUTATIONS; times++) {
      const mutant = Uint8Array.from(zip);
      const at = random.below(zip.length);
      mutant[at] = (mutant[at] ?? 0) ^ (1 + random.below(255));
      const store = open(mutant);
      for (const [name, bytes] of Object.entries(files))
        await settle(
          store.then((opened) => opened.get(`/${name}`)),
          bytes,
        );
    }
    expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(20);
  });
});

describe('ZipStore', () => {
  const chunk = noise(10_000);

  it('reads of a stored entry the header and the range alone, of others little more than them', async () => {
    let bytes = 0;
    let reads = 0;
    const count = (more: number) => {
      bytes += more;
      reads++;
    };
    const store = await open(
      zipSync({ 'zarr.json': text('{}'), c: chunk, d: chunk }, { level: 0 }),
      count,
    );
    bytes = reads = 0;
    expect(await store.getRange('/c', { offset: 500, length: 10 })).toEqual(chunk.slice(500, 510));
    expect([bytes, reads]).toEqual([30 + 1 + 10, 2]);
    expect(await store.getRange('/c', { suffixLength: 7 })).toEqual(chunk.slice(-7));
    expect([bytes, reads]).toEqual([30 + 1 + 17, 3]);
    expect(await store.get('/d')).toEqual(chunk);
    expect(reads).toBe(4);
    expect(bytes - 48 - chunk.length).toBeLessThan(600);
  });

  it('reads a second time where the extra is longer than its guess', async () => {
    const zip = zipSync(
      { 'zarr.json': text('{}'), c: [chunk, { extra: { 9: noise(2_000) } }] },
      { level: 0 },
    );
    const counts: number[] = [];
    const store = await open(zip, (more) => counts.push(more));
    counts.length = 0;
    expect(await store.get('/c')).toEqual(chunk);
    expect(await store.get('/c')).toEqual(chunk);
    expect(counts).toEqual([30 + 1 + 512 + chunk.length, chunk.length, chunk.length]);
  });

  it('refuses ranges that start past the end', async () => {
    for (const level of [0, 6] as const) {
      const store = await open(zipSync({ c: text('abc') }, { level }));
      for (const range of [
        { offset: 4, length: 1 },
        { offset: -1, length: 1 },
        { offset: 0, length: -1 },
      ])
        await expect(store.getRange('/c', range)).rejects.toMatchObject({ code: 'CODEC_FAILED' });
      await expect(store.getRange('/c', { offset: Number.NaN, length: 1 })).rejects.toMatchObject({
        code: 'CODEC_FAILED',
      });
    }
  });

  it('stops inflating at the size that was claimed, and believes none that is huge', async () => {
    const zip = zipSync({ c: new Uint8Array(2_000_000) });
    const claiming = (bytes: number) =>
      changed(zip, (view) => view.setUint32(directoryAt(zip) + 24, bytes, true));
    const read = async (bytes: number) => (await open(claiming(bytes))).get('/c');
    await expect(read(1_000)).rejects.toThrow('inflates to more than its 1000 bytes');
    await expect(read(2_000_001)).rejects.toThrow('has 2000000 bytes, not 2000001');
    await expect(read(2 ** 31 + 1)).rejects.toThrow('more than can be read');
    expect(await read(2_000_000)).toHaveLength(2_000_000);
  });

  it('aborts', async () => {
    const store = await open(zipSync({ c: new Uint8Array(1_000_000), d: [chunk, { level: 0 }] }));
    const signal = AbortSignal.abort(new Error('the caller’s own reason'));
    await expect(store.get('/c', { signal })).rejects.toSatisfy(isAbort);
    await expect(store.getRange('/d', { suffixLength: 1 }, { signal })).rejects.toSatisfy(isAbort);
    const controller = new AbortController();
    const reads = [
      store.get('/c', controller),
      store.getRange('/d', { suffixLength: 1 }, controller),
    ];
    controller.abort();
    for (const result of await Promise.allSettled(reads))
      expect(result).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
    await expect(ZipStore.open(sourceOf(zipSync({})), () => undefined, signal)).rejects.toSatisfy(
      isAbort,
    );
  });
});

describe('readZipDirectory', () => {
  const zip = zipSync({ 'a/': new Uint8Array(), 'a/b': text('abc') }, { level: 0 });
  const single = zipSync({ 'a/b': text('abc') }, { level: 0 });
  const read = (bytes: Uint8Array) => readZipDirectory(sourceOf(bytes));

  it('leaves out folders, and takes the last of a name', async () => {
    expect([...(await read(zip)).keys()]).toEqual(['a/b']);
    const twice = zipSync({ 'a/b': text('old'), 'a/c': text('new') }, { level: 0 });
    const renamed = Buffer.from(
      Buffer.from(twice).toString('latin1').replaceAll('a/c', 'a/b'),
      'latin1',
    );
    const store = await open(renamed);
    expect(await store.get('/a/b')).toEqual(text('new'));
  });

  it('takes a comment, also one like an end, and bytes before the archive', async () => {
    const comment = concat(noise(60_000), single.slice(endAt(single)), noise(5_000));
    const commented = changed(concat(single, comment), (view) =>
      view.setUint16(endAt(single) + 20, comment.length, true),
    );
    for (const archive of [commented, concat(noise(1_000), single), concat(noise(3), commented)]) {
      const store = await open(archive);
      expect(await store.get('/a/b')).toEqual(text('abc'));
    }
  });

  it('takes ZIP64 records', async () => {
    const archive = zip64('a/b', text('abc'));
    expect(await (await open(archive)).get('/a/b')).toEqual(text('abc'));
    for (let length = 0; length < archive.length; length++)
      await expect(read(archive.subarray(0, length))).rejects.toMatchObject({
        code: 'BAD_METADATA',
      });
    for (let at = directoryAt(single); at < archive.length; at++)
      for (const value of [0, 1, 0x7f, 0xff]) {
        const mutant = changed(archive, (_, bytes) => bytes.fill(value, at, at + 1));
        const got = await open(mutant)
          .then((store) => store.get('/a/b'))
          .catch((error: unknown) => error);
        if (got instanceof Uint8Array) expect(got).toEqual(text('abc'));
        else expect(got === undefined || isFloodlightError(got)).toBe(true);
      }
  });

  const record = directoryAt(single);
  const end = endAt(single);
  const damages: [string, (view: DataView, bytes: Bytes) => void][] = [
    ['is encrypted', (view) => view.setUint16(record + 8, 1, true)],
    ['compressed by method 12', (view) => view.setUint16(record + 10, 12, true)],
    ['one part of several', (view) => view.setUint16(record + 34, 1, true)],
    ['one part of several', (view) => view.setUint16(end + 4, 1, true)],
    ['“a/b” in its zip lies outside', (view) => view.setUint32(record + 42, record, true)],
    ['“a/b” in its zip lies outside', (view) => view.setUint32(record + 42, 0xffffffff, true)],
    ['“a/b” in its zip lies outside', (view) => view.setUint32(record + 20, 0x7fffffff, true)],
    ['“a/b” in its zip lies outside', (view) => view.setUint32(record + 24, 0x7fffffff, true)],
    ['directory of its zip lies outside', (view) => view.setUint32(end + 12, 0x7fffffff, true)],
    ['directory of its zip lies outside', (view) => view.setUint32(end + 16, 0x7fffffff, true)],
    ['is cut off', (view) => view.setUint16(record + 28, 0xffff, true)],
    ['has 1 files, not 257', (view) => view.setUint32(end + 8, 0x01010101, true)],
    ['a file outside of it, “/ab”', (_, bytes) => bytes.set(text('/ab'), record + 46)],
    ['a file outside of it, “../”', (_, bytes) => bytes.set(text('../'), record + 46)],
  ];
  it.each(damages)('refuses: %s', async (reason, change) => {
    await expect(read(changed(single, change))).rejects.toMatchObject({
      code: 'BAD_METADATA',
      fields: { url: 'test.zip', reason: expect.stringContaining(reason) },
    });
  });

  it('allocates no directory that is claimed to be huge', async () => {
    const lying = zip64('a/b', text('abc'));
    const reads: number[] = [];
    const source = {
      ...sourceOf(lying),
      sizeBytes: 2 ** 40,
      async read(offset: number, length: number) {
        reads.push(length);
        const at = offset - (2 ** 40 - lying.length);
        const bytes = new Uint8Array(length);
        bytes.set(lying.subarray(Math.max(0, at), at + length), Math.max(0, -at));
        return bytes;
      },
    };
    viewOf(lying).setBigUint64(lying.length - 34, BigInt(2 ** 40 - 98), true);
    viewOf(lying).setBigUint64(lying.length - 58, 2n ** 39n, true);
    viewOf(lying).setBigUint64(lying.length - 50, 0n, true);
    await expect(readZipDirectory(source)).rejects.toThrow('more than can be read');
    expect(Math.max(...reads)).toBeLessThan(70_000);
  });
});

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
    const source = await httpSource(url, hidden);
    expect(server.requests.length).toBe(2);
    expect(source).toMatchObject({ url, sizeBytes: zip.length });
    const store = await ZipStore.open(source, () => undefined);
    expect(await store.get('/c')).toEqual(noise(3_000));
    expect(await store.getRange('/c', { offset: 9, length: 4 })).toEqual(noise(3_000).slice(9, 13));
  });

  it('finds the size in one request where Content-Range may be read', async () => {
    const headers = { 'Content-Range': 'bytes 0-0/1234' };
    const requests: unknown[] = [];
    const source = await httpSource('https://host/a.zip', async (...request) => {
      requests.push(request);
      return new Response('P', { status: 206, headers });
    });
    expect([source.sizeBytes, requests.length]).toEqual([1234, 1]);
    await expect(source.read(0, 2)).rejects.toMatchObject({ code: 'BAD_METADATA' });
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
    const source = await httpSource('https://host/a.zip', answer);
    cancelled = false;
    await expect(source.read(0, 10)).rejects.toMatchObject({ code: 'BAD_METADATA' });
    expect(cancelled).toBe(true);
  });

  it('tells servers without ranges, statuses and silence apart', async () => {
    let fault: { status: number } | undefined = { status: 200 };
    const { server, url } = await serve(() => fault);
    await expect(httpSource(url, fetch)).rejects.toMatchObject({
      code: 'BAD_METADATA',
      fields: { url, reason: 'its server does not answer ranges, which reading a zip needs' },
    });
    for (const status of [404, 500]) {
      fault = { status };
      await expect(httpSource(url, fetch)).rejects.toMatchObject({
        code: 'HTTP_STATUS',
        fields: { url, status },
      });
    }
    fault = undefined;
    const source = await httpSource(url, fetch);
    fault = { status: 200 };
    await expect(source.read(0, 10)).rejects.toMatchObject({ code: 'BAD_METADATA' });
    await server.close();
    await expect(source.read(0, 10)).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE' });
    await expect(httpSource(url, fetch)).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE' });
  });

  it('needs a size', async () => {
    const answer = async () => new Response('P', { status: 206 });
    await expect(httpSource('https://host/a.zip', answer)).rejects.toThrow(
      'does not tell its size',
    );
  });

  it('aborts the request', async () => {
    let hang = false;
    const { server, url } = await serve(() => (hang ? { hang } : undefined));
    const source = await httpSource(url, fetch);
    hang = true;
    const controller = new AbortController();
    const reads = [
      source.read(0, 10, controller.signal),
      httpSource(url, fetch, controller.signal),
    ];
    await expect.poll(() => server.requests.length).toBe(3);
    controller.abort(new Error('the caller’s own reason'));
    for (const result of await Promise.allSettled(reads))
      expect(result).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
    await expect.poll(() => server.cancelled).toHaveLength(2);
  });
});

describe('blobSource', () => {
  it('reads parts, and those of a file that is gone are SOURCE_CHANGED', async () => {
    const blob = new Blob([noise(100)]);
    expect(await blobSource(blob, 'x').read(10, 5)).toEqual(noise(100).slice(10, 15));
    await expect(blobSource(blob, 'x').read(98, 5)).rejects.toMatchObject({ code: 'BAD_METADATA' });
    await expect(blobSource(blob, 'x').read(0.5, 5)).rejects.toMatchObject({
      code: 'BAD_METADATA',
    });
    const gone = () => Promise.reject(new DOMException('gone', 'NotReadableError'));
    blob.slice = () => Object.assign(new Blob(), { arrayBuffer: gone });
    await expect(blobSource(blob, 'x').read(0, 5)).rejects.toMatchObject({
      code: 'SOURCE_CHANGED',
      fields: { url: 'x' },
    });
  });
});
