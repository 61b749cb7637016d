import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { VolumeSource } from './open-store';
import { openVolume } from './open-volume';
import { putArray } from './testing/array-files';

/** A zip of an array of eight voxels. */
async function zipped(): Promise<Blob> {
  const files = new Map<string, Uint8Array>();
  await putArray(files, '', {
    version: 3,
    dtype: 'uint8',
    shape: [2, 2, 2],
    chunks: [2, 2, 2],
    valueAt: (index: number) => index + 1,
  });
  const entries = [...files].map(([key, file]) => [key.replace(/^\//, ''), file] as const);
  return new Blob([zipSync(Object.fromEntries(entries)) as Uint8Array<ArrayBuffer>]);
}

const handleOf = (name: string, getFile: () => Promise<File>) =>
  ({ kind: 'file', name, getFile }) as FileSystemFileHandle;

describe('a zip at hand', () => {
  it('is opened as a file, as its handle, and as bytes without a name', async () => {
    const zip = await zipped();
    const file = new File([zip], 'mine.zip');
    for (const [source, url] of [
      [file, 'local:mine.zip'],
      [handleOf('mine.zip', async () => file), 'local:mine.zip'],
      [zip, 'local:labels.zip'],
    ] as const) {
      const { info, levels } = await openVolume(source);
      expect(info.url).toBe(url);
      const voxels = await levels[0]?.readBox({ originZyx: [0, 0, 0], shapeZyx: [2, 2, 2] });
      expect(Array.from(voxels ?? [], Number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    }
  });

  it.each([
    ['NotAllowedError', 'PERMISSION_DENIED'],
    ['NotFoundError', 'SOURCE_CHANGED'],
  ])('whose handle fails with %s is %s', async (name, code) => {
    const handle = handleOf('mine.zip', () => Promise.reject(new DOMException('no', name)));
    await expect(openVolume(handle)).rejects.toMatchObject({
      code,
      fields: { url: 'local:mine.zip' },
    });
  });
});

it.each([
  ['null', null],
  ['undefined', undefined],
  ['a number', 7],
  ['an object', {}],
  ['a list', []],
  ['what only says that it is a folder', { kind: 'directory', name: 'x' }],
])('%s is no source', async (_, source) => {
  await expect(openVolume(source as unknown as VolumeSource)).rejects.toMatchObject({
    code: 'BAD_PARAMETERS',
    message: expect.stringContaining('an address, a folder, a zip, or files'),
  });
});

it('files that are none are no source either', async () => {
  const texts = new Map([['zarr.json', '{}']]) as unknown as VolumeSource;
  await expect(openVolume(texts)).rejects.toMatchObject({
    code: 'BAD_PARAMETERS',
    message: 'The file zarr.json: it must be a Blob.',
  });
});
