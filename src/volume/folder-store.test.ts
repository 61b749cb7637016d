import { describe, expect, it } from 'vitest';
import { isUnreadable } from '../core/errors';
import type { Zyx } from '../core/vec';
import { findInDirectory, findInFiles } from './find-file';
import { FolderStore } from './folder-store';
import { openVolume } from './open-volume';
import { putArray } from './testing/array-files';
import { FakeDirectory, failureNamed } from './testing/fake-directory';
import { putImage } from './testing/multiscale-files';

const bytes = new Uint8Array([1, 2, 3, 4, 5]);

const storeOf = (folder: FakeDirectory) => {
  const statistics = { fetchedBytes: 0 };
  const store = new FolderStore('local:x', findInDirectory(folder.handle), statistics);
  return { store, statistics };
};

describe('a folder', () => {
  it('gives files, ranges of them, and nothing where there is none', async () => {
    const { store, statistics } = storeOf(new FakeDirectory('x', new Map([['a/b/c', bytes]])));
    expect(await store.get('/a/b/c')).toEqual(bytes);
    const inner = store.at('a/b');
    expect(inner.url).toBe('local:x/a/b');
    expect(await inner.getRange('/c', { offset: 1, length: 3 })).toEqual(bytes.slice(1, 4));
    expect(await inner.getRange('/c', { suffixLength: 2 })).toEqual(bytes.slice(3));
    expect(await store.get('/a/b')).toBeUndefined();
    expect(await store.get('/none/c')).toBeUndefined();
    expect(statistics.fetchedBytes).toBe(10);
  });

  it('refuses a range past the end of a file', async () => {
    const { store } = storeOf(new FakeDirectory('x', new Map([['c', bytes]])));
    await expect(store.getRange('/c', { offset: 3, length: 3 })).rejects.toMatchObject({
      code: 'CODEC_FAILED',
    });
  });

  it.each([
    ['NotAllowedError', 'PERMISSION_DENIED'],
    ['NotReadableError', 'SOURCE_CHANGED'],
  ])('that fails with %s gives %s, and can be read again later', async (name, code) => {
    const faults: { failure?: Error | undefined } = { failure: failureNamed(name) };
    const { store } = storeOf(new FakeDirectory('x', new Map([['a/c', bytes]]), faults));
    await expect(store.get('/a/c')).rejects.toMatchObject({ code });
    faults.failure = undefined;
    expect(await store.get('/a/c')).toEqual(bytes);
  });

  it('gives up when it is told to', async () => {
    const { store } = storeOf(new FakeDirectory('x', new Map([['c', bytes]])));
    await expect(store.get('/c', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

describe('a volume in a folder', () => {
  /** Eight chunks of 64 voxels, in a folder that may be changed and locked. */
  async function open(cacheBytes = 0) {
    const made = new Map<string, Uint8Array>();
    await putArray(made, '', {
      version: 3,
      dtype: 'uint8',
      shape: [4, 4, 32],
      chunks: [4, 4, 4],
      fill: 9,
      valueAt: (index: number) => index,
    });
    const files = new Map([...made].map(([key, file]) => [key.replace(/^\//, ''), file]));
    const faults: { failure?: Error | undefined } = {};
    const folder = new FakeDirectory('em.zarr', files, faults);
    const { levels, statistics } = await openVolume(folder.handle, { cacheBytes });
    const read = async (originZyx: Zyx = [0, 0, 0]) =>
      Array.from((await levels[0]?.readBox({ originZyx, shapeZyx: [1, 1, 3] })) ?? [], Number);
    return { files, faults, folder, statistics, level: levels[0], read };
  }

  it('that the browser may no longer read says so, and is read once it may again', async () => {
    const { faults, read } = await open();
    expect(await read()).toEqual([0, 1, 2]);
    faults.failure = failureNamed('NotAllowedError');
    const failure = await read().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringMatching(/may not read local:em\.zarr any more\. Open it again/),
    });
    expect(isUnreadable(failure)).toBe(true);
    faults.failure = undefined;
    expect(await read()).toEqual([0, 1, 2]);
  });

  it('that changes underneath shows what is there, and fails where that is no chunk', async () => {
    const { files, read } = await open();
    files.set('c/0/0/0', new Uint8Array(64).fill(7));
    expect(await read()).toEqual([7, 7, 7]);
    files.set('c/0/0/0', new Uint8Array(20));
    await expect(read()).rejects.toMatchObject({ code: 'CHUNK_FAILED' });
  });

  it('lacks chunks that are not there, which are the fill value while the array is', async () => {
    const { files, statistics, read } = await open();
    files.delete('c/0/0/0');
    expect(await read()).toEqual([9, 9, 9]);
    expect(statistics.missingChunks).toBe(1);
  });

  const changed = expect.objectContaining({
    code: 'SOURCE_CHANGED',
    message: expect.stringMatching(/^local:em\.zarr has changed on the disk .*, or is gone/),
  });

  it('that was removed is no fill value, and is read once it is back as it was', async () => {
    const { files, statistics, read } = await open();
    const before = new Map(files);
    files.clear();
    const failure = await read().catch((error: unknown) => error);
    expect(failure).toEqual(changed);
    expect(isUnreadable(failure)).toBe(true);
    expect(statistics.missingChunks).toBe(0);
    for (const [path, file] of before) files.set(path, file);
    expect(await read()).toEqual([0, 1, 2]);
  });

  it.each([
    ['of another size', (bytes: Uint8Array) => new Uint8Array([...bytes, 10])],
    ['written again', (bytes: Uint8Array) => bytes.slice()],
  ])('whose metadata are %s is another array, chunk or no chunk', async (_, replace) => {
    const { files, read } = await open();
    const metadata = files.get('zarr.json') ?? new Uint8Array();
    files.set('zarr.json', replace(metadata));
    await expect(read()).rejects.toEqual(changed);
    files.delete('c/0/0/0');
    await expect(read()).rejects.toEqual(changed);
    files.set('zarr.json', metadata);
    expect(await read()).toEqual([9, 9, 9]);
  });

  it('that was being removed when chunks were missing is believed in none of them any more', async () => {
    const { files, level, read } = await open(2 ** 20);
    const before = new Map(files);
    files.delete('c/0/0/0');
    expect([await read(), await read()]).toEqual([
      [9, 9, 9],
      [9, 9, 9],
    ]);
    expect(level?.takeDoubtful?.()).toEqual([]);
    files.clear();
    await expect(read([0, 0, 16])).rejects.toEqual(changed);
    await expect(read()).rejects.toEqual(changed);
    const box = { originZyx: [0, 0, 0], shapeZyx: [4, 4, 4] };
    expect([level?.takeDoubtful?.(), level?.takeDoubtful?.()]).toEqual([[box], []]);
    for (const [path, file] of before) files.set(path, file);
    expect(await read()).toEqual([0, 1, 2]);
  });

  it('is looked at once for all chunks that come meanwhile', async () => {
    const { files, folder, read } = await open();
    for (const path of [...files.keys()]) if (path.startsWith('c/')) files.delete(path);
    folder.asked.clear();
    const all = Array.from({ length: 8 }, (_, x) => read([0, 0, 4 * x]));
    expect(await Promise.all(all)).toEqual(all.map(() => [9, 9, 9]));
    expect(folder.asked.get('zarr.json')).toBeLessThanOrEqual(2);
  });
});

it('of an OME-Zarr is opened as a volume, and so are its files', async () => {
  const made = new Map<string, Uint8Array>();
  const level = { dtype: 'uint8', shape: [4, 70, 80], chunks: [4, 64, 64] } as const;
  await putImage(made, '', {
    ome: '0.5',
    scale: [3, 2, 1],
    levels: [{ ...level, valueAt: (index: number) => index % 251 }],
  });
  const files = new Map([...made].map(([key, file]) => [key.replace(/^\//, ''), file]));
  const blobs = new Map(
    [...files].map(([key, file]) => [key, new Blob([file as Uint8Array<ArrayBuffer>])]),
  );
  expect(await findInFiles(blobs)(['zarr.json'])).toBeDefined();
  for (const source of [new FakeDirectory('em.zarr', files).handle, blobs]) {
    const volume = await openVolume(source);
    expect(volume.info).toMatchObject({ shapeZyx: [4, 70, 80], voxelSizeNm: [3, 2, 1] });
    expect(volume.info.url).toMatch(/^local:(em\.zarr|files)$/);
    const read = await volume.levels[0]?.readBox({ originZyx: [3, 69, 70], shapeZyx: [1, 1, 9] });
    const first = (3 * 70 + 69) * 80 + 70;
    expect(Array.from(read as Uint8Array)).toEqual(
      Array.from({ length: 9 }, (_, index) => (first + index) % 251),
    );
  }
});
