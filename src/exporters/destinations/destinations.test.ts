import { beforeEach, describe, expect, it } from 'vitest';
import { abortError } from '../../core/errors';
import { blobSource } from '../../volume/byte-sources';
import { ZipStore } from '../../volume/zip-store';
import type { LabelFile } from '../labels/level-writer';
import { FolderDisk } from '../testing/memory-folder';
import { saveToFolder } from './folder';
import { zipBlob, zipToFile } from './zip';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);

/** A save with one shard that holds `text`. */
async function* filesOf(text: string, prefix = ''): AsyncGenerator<LabelFile> {
  const path = prefix ? `${prefix}/0` : '0';
  const ome = { multiscales: [{ datasets: [{ path }, { path: 'more' }] }], 'image-label': {} };
  yield { path: 'zarr.json', bytes: bytesOf(JSON.stringify({ attributes: { ome } })) };
  yield { path: `${path}/zarr.json`, bytes: bytesOf('{}') };
  yield { path: `${path}/c/0/0/0`, bytes: bytesOf(text) };
}

let disk: FolderDisk;
beforeEach(() => {
  disk = new FolderDisk();
});

/** What a reader of the folder finds: the shard that the root's zarr.json leads to. */
function found(name = 'mine.zarr'): string | undefined {
  const root = textOf(disk.files.get(`${name}/zarr.json`));
  if (!root) return undefined;
  const path = JSON.parse(root).attributes.ome.multiscales[0].datasets[0].path;
  return textOf(disk.files.get(`${name}/${path}/c/0/0/0`));
}

const save = (text: string, signal?: AbortSignal) =>
  saveToFolder(disk.root, 'mine.zarr', (prefix) => filesOf(text, prefix), signal);

/** Every path there is. */
const paths = () => [...disk.files.keys(), ...disk.folders].sort();

describe('saveToFolder', () => {
  it('saves, and saves again in place of it, with nothing left over', async () => {
    const folder = await save('first');
    expect(folder.name).toBe('mine.zarr');
    expect(found()).toBe('first');
    await save('second');
    expect(found()).toBe('second');
    expect([...disk.files.keys()].sort()).toEqual([
      'mine.zarr/floodlight-2/0/c/0/0/0',
      'mine.zarr/floodlight-2/0/zarr.json',
      'mine.zarr/zarr.json',
    ]);
  });

  it('leaves the old save whole, and nothing else, wherever a save fails', async () => {
    await save('old');
    const before = paths();
    const actions: string[] = [];
    disk.fault = (action, path) => void actions.push(`${action} ${path}`);
    await save('counted');
    const steps = actions.indexOf('close mine.zarr/zarr.json');
    expect(steps).toBeGreaterThan(10);
    for (let failing = 0; failing <= steps; failing++) {
      disk = new FolderDisk();
      await save('old');
      let step = 0;
      disk.fault = () => (step++ === failing ? 'NoModificationAllowedError' : undefined);
      await expect(save('new'), actions[failing]).rejects.toMatchObject({ code: 'SAVE_FAILED' });
      expect(found(), actions[failing]).toBe('old');
      expect(paths(), actions[failing]).toEqual(before);
    }
  });

  it('leaves nothing at all where there was nothing', async () => {
    const actions: string[] = [];
    disk.fault = (action, path) => void actions.push(`${action} ${path}`);
    await save('counted');
    const steps = actions.indexOf('close mine.zarr/zarr.json');
    expect(steps).toBeGreaterThan(10);
    for (let failing = 0; failing <= steps; failing++) {
      disk = new FolderDisk();
      let step = 0;
      disk.fault = () => (step++ === failing ? 'UnknownError' : undefined);
      await expect(save('new'), actions[failing]).rejects.toMatchObject({ code: 'SAVE_FAILED' });
      expect(paths(), actions[failing]).toEqual(['']);
    }
  });

  it('saves where a crash left an empty zarr.json', async () => {
    disk.folders.add('mine.zarr');
    disk.files.set('mine.zarr/zarr.json', new Uint8Array());
    await save('new');
    expect(found()).toBe('new');
  });

  it('keeps the new save where its last step was done although it failed', async () => {
    await save('old');
    disk.fault = (action, path) => {
      if (action === 'close' && path === 'mine.zarr/zarr.json') {
        const ome = {
          multiscales: [{ datasets: [{ path: 'floodlight-2/0' }] }],
          'image-label': {},
        };
        disk.files.set(path, bytesOf(JSON.stringify({ attributes: { ome } })));
        return 'UnknownError';
      }
      return undefined;
    };
    await expect(save('new')).rejects.toMatchObject({ code: 'SAVE_FAILED' });
    expect(found()).toBe('new');
  });

  it('survives a crash at any point: what is left over goes with the next save', async () => {
    await save('old');
    // As a crash leaves it: nothing can be undone.
    disk.fault = (action, path) =>
      action === 'remove' || (action === 'write' && path === 'mine.zarr/zarr.json')
        ? 'UnknownError'
        : undefined;
    await expect(save('crashed')).rejects.toMatchObject({ code: 'SAVE_FAILED' });
    expect(found()).toBe('old');
    expect(paths()).toContain('mine.zarr/floodlight-2');
    disk.fault = () => undefined;
    disk.files.set('mine.zarr/zarr.json.crswap', bytesOf('{'));
    disk.files.set('mine.zarr/.DS_Store', bytesOf(''));
    await save('new');
    expect(found()).toBe('new');
    expect(paths().filter((path) => /floodlight-[12]$/.test(path))).toEqual([]);
  });

  it.each([
    ['an image', { 'photo.zarr/zarr.json': '{"attributes":{}}' }],
    [
      'labels of others',
      {
        'photo.zarr/zarr.json':
          '{"attributes":{"ome":{"multiscales":[{"datasets":[{"path":"0"}]}],"image-label":{}}}}',
      },
    ],
    ['a photo', { 'photo.zarr/holiday.jpg': 'x' }],
    ['a broken zarr.json', { 'photo.zarr/zarr.json': '{' }],
  ])('does not touch a folder with %s in it', async (_, files) => {
    disk.folders.add('photo.zarr');
    for (const [path, text] of Object.entries(files)) disk.files.set(path, bytesOf(text));
    const before = paths();
    const saving = saveToFolder(disk.root, 'photo.zarr', (prefix) => filesOf('new', prefix));
    await expect(saving).rejects.toMatchObject({
      code: 'SAVE_FAILED',
      message: expect.stringContaining('choose another name'),
    });
    expect(paths()).toEqual(before);
  });

  it('tells of no room, of no permission, of a cancel, and of what the labels threw', async () => {
    await save('old');
    const before = paths();
    disk.quotaBytes = disk.usedBytes + 50;
    await expect(save('n'.repeat(100))).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
      fields: { where: 'mine.zarr' },
    });
    disk.quotaBytes = Number.POSITIVE_INFINITY;
    disk.fault = (action) => (action === 'write' ? 'NotAllowedError' : undefined);
    await expect(save('new')).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining('may not write'),
    });
    const abort = new AbortController();
    disk.fault = (action) => void (action === 'write' && abort.abort(abortError()));
    await expect(save('new', abort.signal)).rejects.toMatchObject({ name: 'AbortError' });
    disk.fault = () => undefined;
    const lost = new Error('device lost');
    async function* failing(prefix: string): AsyncGenerator<LabelFile> {
      yield* filesOf('new', prefix);
      throw lost;
    }
    await expect(saveToFolder(disk.root, 'mine.zarr', failing)).rejects.toBe(lost);
    expect(found()).toBe('old');
    expect(paths()).toEqual(before);
  });
});

describe('zip', () => {
  const shard = async (zip: Blob) => {
    const store = await ZipStore.open(blobSource(zip as File, 'zip'), () => {});
    return textOf(await store.get('/0/c/0/0/0'));
  };

  it('is read by our own store, metadata first', async () => {
    const blob = await zipBlob(filesOf('labels'));
    expect(blob.type).toBe('application/zip');
    expect(await shard(blob)).toBe('labels');
    const start = textOf(new Uint8Array(await blob.slice(30, 39).arrayBuffer()));
    expect(start).toBe('zarr.json');
  });

  it('passes on what the labels throw', async () => {
    const lost = new Error('device lost');
    async function* failing(): AsyncGenerator<LabelFile> {
      yield* filesOf('x');
      throw lost;
    }
    await expect(zipBlob(failing())).rejects.toThrow('device lost');
  });

  it('goes to a file, whose old contents stay when it fails', async () => {
    const file = await disk.root.getFileHandle('labels.zip', { create: true });
    await zipToFile(filesOf('old'), file);
    expect(await shard(await file.getFile())).toBe('old');
    disk.quotaBytes = disk.usedBytes + 100;
    await expect(zipToFile(filesOf('n'.repeat(200)), file)).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
    });
    const abort = new AbortController();
    abort.abort(abortError());
    await expect(zipToFile(filesOf('new'), file, abort.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
    disk.fault = (action) => (action === 'close' ? 'AbortError' : undefined);
    disk.quotaBytes = Number.POSITIVE_INFINITY;
    await expect(zipToFile(filesOf('new'), file)).rejects.toMatchObject({ code: 'SAVE_FAILED' });
    expect(await shard(await file.getFile())).toBe('old');
  });

  it('removes the empty file that a picker made when nothing came of it', async () => {
    const file = await disk.root.getFileHandle('labels.zip', { create: true });
    disk.fault = (action) => (action === 'write' ? 'NotAllowedError' : undefined);
    await expect(zipToFile(filesOf('new'), file)).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    expect(paths()).toEqual(['']);
  });
});
