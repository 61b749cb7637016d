import { z } from 'zod';
import { FloodlightError } from '../../core/errors';
import type { LabelFile } from '../labels/level-writer';
import { replaceFile, saveFailure } from './writing';

const ROOT = 'zarr.json';
/** Folders that hold the levels of one save each. */
const GENERATION = /^floodlight-(\d+)$/;

/** What the systems of the world leave in every folder they show, and Chromium's file beside one it was writing in a crash. */
const HARMLESS = /^(\..*|Thumbs\.db|desktop\.ini|zarr\.json\.crswap)$/i;

/** What says that a folder was saved here before: labels whose levels lie in such a folder. */
const rootSchema = z.object({
  attributes: z.object({
    ome: z.object({
      multiscales: z.tuple([
        z.object({
          datasets: z.tuple(
            [z.object({ path: z.string().regex(/^floodlight-\d+\//) })],
            z.unknown(),
          ),
        }),
      ]),
      'image-label': z.object({}),
    }),
  }),
});

async function writeFile(
  folder: FileSystemDirectoryHandle,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  await replaceFile(await folder.getFileHandle(name, { create: true }), bytes);
}

/** The folder that a path's file lies in, made as needed, and kept while the next files lie there too. */
class Folders {
  private path = '';
  private folder: FileSystemDirectoryHandle;

  constructor(private readonly root: FileSystemDirectoryHandle) {
    this.folder = root;
  }

  async of(segments: readonly string[]): Promise<FileSystemDirectoryHandle> {
    const path = segments.join('/');
    if (path === this.path) return this.folder;
    let folder = this.root;
    for (const segment of segments)
      folder = await folder.getDirectoryHandle(segment, { create: true });
    [this.path, this.folder] = [path, folder];
    return folder;
  }
}

async function namesIn(folder: FileSystemDirectoryHandle): Promise<string[]> {
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  return names;
}

/** The folder of the save that counts; undefined where there is none, null where what is there was not saved here. */
async function currentGeneration(
  folder: FileSystemDirectoryHandle,
  names: readonly string[],
): Promise<string | undefined | null> {
  if (!names.includes(ROOT)) return undefined;
  const text = await (await (await folder.getFileHandle(ROOT)).getFile()).text();
  // As it is while its contents lie beside it still.
  if (text === '') return undefined;
  try {
    const [{ datasets }] = rootSchema.parse(JSON.parse(text)).attributes.ome.multiscales;
    return datasets[0].path.split('/')[0];
  } catch {
    return null;
  }
}

/** Refuses a folder with anything in it that was not saved here: SAVE_FAILED. */
async function checkOwned(folder: FileSystemDirectoryHandle, names: readonly string[]) {
  const known = (name: string) => name === ROOT || GENERATION.test(name) || HARMLESS.test(name);
  if (names.every(known) && (await currentGeneration(folder, names)) !== null) return;
  throw new FloodlightError('SAVE_FAILED', {
    where: folder.name,
    reason: 'there is something in that folder that was not saved from here; choose another name',
  });
}

/** Removes the folders of other saves: earlier ones, and what a crash left behind. What cannot be removed now is next time. */
async function removeOthers(folder: FileSystemDirectoryHandle, kept: string): Promise<void> {
  const names = await namesIn(folder).catch(() => []);
  for (const name of names)
    if (GENERATION.test(name) && name !== kept)
      await folder.removeEntry(name, { recursive: true }).catch(() => {});
}

/** Undoes as far as it can: what kept a save from going on may keep this from being done too. */
async function undo(folder: FileSystemDirectoryHandle, generation: string): Promise<void> {
  try {
    const names = await namesIn(folder);
    const current = await currentGeneration(folder, names);
    // Replacing zarr.json may fail and be done all the same.
    if (current === generation) return;
    if (current === undefined && names.includes(ROOT)) await folder.removeEntry(ROOT);
    if (names.includes(generation)) await folder.removeEntry(generation, { recursive: true });
  } catch {
    // The next save removes it.
  }
}

async function replace(
  folder: FileSystemDirectoryHandle,
  filesBelow: (prefix: string) => AsyncIterable<LabelFile>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const names = await namesIn(folder);
  await checkOwned(folder, names);
  const used = names.map((name) => Number(GENERATION.exec(name)?.[1] ?? 0));
  const generation = `floodlight-${Math.max(0, ...used) + 1}`;
  try {
    const folders = new Folders(folder);
    let root: LabelFile['bytes'] | undefined;
    for await (const { path, bytes } of filesBelow(generation)) {
      signal?.throwIfAborted();
      const segments = path.split('/');
      if (path === ROOT) root = bytes;
      else await writeFile(await folders.of(segments.slice(0, -1)), segments.at(-1) ?? '', bytes);
    }
    signal?.throwIfAborted();
    // The one moment in which the new save takes the old one's place.
    if (root) await writeFile(folder, ROOT, root);
  } catch (error) {
    await undo(folder, generation);
    throw error;
  }
  await removeOthers(folder, generation);
}

/** One save to folders of a name at a time, in all tabs; where there are no locks, as under Node, at once. */
async function withLock<T>(
  name: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  if (!locks) return work();
  return await locks.request(`floodlight.save.${name}`, signal ? { signal } : {}, work);
}

/**
 * Saves files to the folder `name` of `parent`, in place of what was saved there before, and returns it. Everything but the
 * root's zarr.json goes to a folder of this save's own within it (`filesBelow` is told its name); replacing zarr.json, last,
 * is what makes the save count. A save that fails or is cancelled at any point leaves the old one whole and nothing of its own.
 * Rejects with QUOTA_EXCEEDED, PERMISSION_DENIED, SAVE_FAILED (also where something else is in the folder), with what
 * `filesBelow` throws, or AbortError once the signal fires.
 */
export async function saveToFolder(
  parent: FileSystemDirectoryHandle,
  name: string,
  filesBelow: (prefix: string) => AsyncIterable<LabelFile>,
  signal?: AbortSignal,
): Promise<FileSystemDirectoryHandle> {
  try {
    return await withLock(name, signal, async () => {
      const isNew = !(await namesIn(parent)).includes(name);
      const folder = await parent.getDirectoryHandle(name, { create: true });
      try {
        await replace(folder, filesBelow, signal);
      } catch (error) {
        // Not recursive: a folder with anything in it stays.
        if (isNew) await parent.removeEntry(name).catch(() => {});
        throw error;
      }
      return folder;
    });
  } catch (error) {
    throw saveFailure(error, name, signal);
  }
}
