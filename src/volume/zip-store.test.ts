import { downloadZip } from 'client-zip';
import fc from 'fast-check';
import { type Zippable, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { Random } from '../codecs/testing/mutate';
import { isAbort, isFloodlightError } from '../core/errors';
import { changed, directoryAt, noise, openZip, sourceOfZip, text } from './testing-zips';
import { ZipStore } from './zip-store';

type Contents = Readonly<Record<string, Uint8Array>>;

const RUNS = { seed: 52, numRuns: 60 };
/** Of each archive. */
const MUTATIONS = 1_000;

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
        const store = await openZip(await pack(files));
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
    const isNode = async (packed: Contents) =>
      (await openZip(await pack(packed))).get('/zarr.json');
    expect(await isNode(files)).toEqual(text('{}'));
    expect(await isNode(finder)).toEqual(text('{}'));
    expect(await isNode({ ...files, 'other/zarr.json': text('{}') })).toBeUndefined();
    expect(await isNode({ 'folder/x': text('x') })).toBeUndefined();
    const array = (await openZip(await pack(files))).at('0');
    expect(await array.get('/c/0')).toEqual(text('chunk'));
    expect([array.url, array.urlOf('/c/0')]).toEqual(['test.zip#0', 'test.zip#0/c/0']);
    expect((await openZip(await pack(files))).url).toBe('test.zip');
  });

  it('cut off anywhere is refused', async () => {
    const zip = await pack({ 'zarr.json': text('{"zarr_format":3}'), '0/c/0': noise(40) });
    for (let length = 0; length < zip.length; length++)
      await expect(openZip(zip.subarray(0, length))).rejects.toMatchObject({
        code: 'BAD_METADATA',
      });
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
      const store = openZip(mutant);
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
    const store = await openZip(
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
    const store = await openZip(zip, (more) => counts.push(more));
    counts.length = 0;
    expect(await store.get('/c')).toEqual(chunk);
    expect(await store.get('/c')).toEqual(chunk);
    expect(counts).toEqual([30 + 1 + 512 + chunk.length, chunk.length, chunk.length]);
  });

  it('refuses ranges that start past the end', async () => {
    for (const level of [0, 6] as const) {
      const store = await openZip(zipSync({ c: text('abc') }, { level }));
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
    const read = async (bytes: number) => (await openZip(claiming(bytes))).get('/c');
    await expect(read(1_000)).rejects.toThrow('inflates to more than its 1000 bytes');
    await expect(read(2_000_001)).rejects.toThrow('has 2000000 bytes, not 2000001');
    await expect(read(2 ** 31 + 1)).rejects.toThrow('more than can be read');
    expect(await read(2_000_000)).toHaveLength(2_000_000);
  });

  it('aborts', async () => {
    const store = await openZip(
      zipSync({ c: new Uint8Array(1_000_000), d: [chunk, { level: 0 }] }),
    );
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
    await expect(
      ZipStore.open(sourceOfZip(zipSync({})), () => undefined, signal),
    ).rejects.toSatisfy(isAbort);
  });
});
