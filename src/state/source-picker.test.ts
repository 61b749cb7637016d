import { describe, expect, it } from 'vitest';
import { droppedSource, isHandle, sourceOfHandle } from './source-picker';
import { fakeHandle } from './testing-handles';

interface FakeItem {
  readonly kind?: string;
  readonly file?: File | null;
  readonly entry?: FileSystemEntry | null;
  readonly handle?: () => Promise<FileSystemHandle | null>;
}

/** What was dropped, in a browser that gives handles or one that does not: asking for it has to be done at once. */
function transferOf(...items: readonly FakeItem[]): DataTransfer {
  let isOver = false;
  queueMicrotask(() => {
    isOver = true;
  });
  const atOnce = <T>(value: T) => {
    if (isOver) throw new Error('The drop’s data are gone');
    return value;
  };
  return {
    items: items.map(({ kind = 'file', file = null, entry = null, handle }) => ({
      kind,
      getAsFile: () => atOnce(file),
      webkitGetAsEntry: () => atOnce(entry),
      ...(handle && { getAsFileSystemHandle: () => atOnce(handle()) }),
    })),
  } as unknown as DataTransfer;
}

const fileEntry = (name: string): FileSystemEntry =>
  ({
    isDirectory: false,
    name,
    file: (resolve: (file: File) => void) => resolve(new File([name], name)),
  }) as unknown as FileSystemEntry;

/** A folder that gives two entries at a time, as browsers give a hundred. */
function folderEntry(name: string, entries: readonly FileSystemEntry[]): FileSystemEntry {
  const createReader = () => {
    let at = 0;
    return {
      readEntries(resolve: (some: readonly FileSystemEntry[]) => void) {
        resolve(entries.slice(at, at + 2));
        at += 2;
      },
    };
  };
  return { isDirectory: true, name, createReader } as unknown as FileSystemEntry;
}

const zip = new File(['zip'], 'em.zip');
/** What Firefox gives for a folder: a file that nobody can read. */
const noFile = new File([], 'em.zarr');

describe('what is dropped on the page', () => {
  it.each([
    ['folder', fakeHandle({ entry: 'em.zarr' })],
    ['zip', fakeHandle({ entry: 'em.zip', kind: 'file' })],
  ])('is a %s’s handle where browsers give it', async (_, handle) => {
    const item = { file: zip, entry: fileEntry('em.zip'), handle: async () => handle };
    expect(await droppedSource(transferOf({ kind: 'string' }, item))).toBe(handle);
  });

  it('is a file where there are no handles', async () => {
    const item = { file: zip, entry: fileEntry('em.zip') };
    expect(await droppedSource(transferOf(item))).toBe(zip);
    const refused = () => Promise.reject(new DOMException('no', 'SecurityError'));
    for (const handle of [async () => null, refused])
      expect(await droppedSource(transferOf({ ...item, handle }))).toBe(zip);
  });

  it('is all files of a folder, by their paths below it, where there are no handles', async () => {
    const chunks = ['0', '1', '2', '3', '4'].map(fileEntry);
    const entry = folderEntry('em.zarr', [
      fileEntry('zarr.json'),
      folderEntry('c', [folderEntry('0', chunks), folderEntry('1', [])]),
      fileEntry('readme'),
    ]);
    const source = await droppedSource(transferOf({ file: noFile, entry }));
    const files = source as ReadonlyMap<string, File>;
    expect([...files.keys()].sort()).toEqual(
      ['c/0/0', 'c/0/1', 'c/0/2', 'c/0/3', 'c/0/4', 'readme', 'zarr.json'].sort(),
    );
    expect(await files.get('c/0/3')?.text()).toBe('3');
  });

  it('is told of where a folder cannot be listed', async () => {
    const readEntries = (_: unknown, reject: (error: Error) => void) =>
      reject(new DOMException('gone', 'NotFoundError'));
    const createReader = () => ({ readEntries });
    const entry = { isDirectory: true, name: 'em.zarr', createReader } as never;
    await expect(droppedSource(transferOf({ file: noFile, entry }))).rejects.toMatchObject({
      code: 'SOURCE_CHANGED',
      fields: { url: 'local:em.zarr' },
    });
  });

  it('is nothing where it is a text', async () => {
    expect(await droppedSource(transferOf({ kind: 'string' }))).toBeUndefined();
  });
});

describe('reading what was remembered', () => {
  const zip = (permission?: () => Promise<PermissionState>) =>
    fakeHandle({ entry: 'em.zip', kind: 'file', ...(permission && { permission }) });

  it('is allowed by the user, or where browsers do not ask', async () => {
    for (const handle of [zip(async () => 'granted'), zip()])
      expect(await sourceOfHandle(handle)).toBe(handle);
  });

  it.each([
    ['denied', async () => 'denied' as const],
    ['left open', async () => 'prompt' as const],
    ['not even asked for', () => Promise.reject(new DOMException('no', 'SecurityError'))],
  ])('is told of where it is %s', async (_, permission) => {
    await expect(sourceOfHandle(zip(permission))).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      fields: { url: 'local:em.zip' },
    });
  });

  it('needs no permission for anything but handles', () => {
    for (const source of ['https://host/em.zarr', new File([], 'em.zip'), new Map(), null, 7, {}])
      expect(isHandle(source)).toBe(false);
    expect(isHandle(zip())).toBe(true);
  });
});
