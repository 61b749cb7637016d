import type { ByteFile } from '../core/byte-file';
import { openByteFile, privateFolder } from './private-files';

const FOLDER = 'spilled';
const lockOf = (name: string): string => `floodlight.spilled.${name}`;

/** Holds a lock as long as this worker lives; resolves once it is held. */
const holdForLife = (name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    navigator.locks
      .request(name, () => {
        resolve();
        return new Promise<never>(() => {});
      })
      .catch(reject);
  });

/** Removes the files whose tabs are gone: a tab holds the lock of its file from before it makes it to its end. */
async function removeLeftovers(folder: FileSystemDirectoryHandle): Promise<void> {
  for await (const name of folder.keys()) {
    await navigator.locks.request(lockOf(name), { ifAvailable: true }, async (lock) => {
      // A browser may still be closing the file of a tab that has just gone: the next tab removes it.
      if (lock) await folder.removeEntry(name).catch(() => {});
    });
  }
}

/**
 * An empty file of this worker's own, for what no longer fits into memory; it is gone when the tab is, at the latest when the
 * next one opens. Undefined where there is no private file system.
 */
export async function openSpillFile(): Promise<ByteFile | undefined> {
  const folder = await privateFolder(FOLDER);
  if (!folder) return undefined;
  try {
    await removeLeftovers(folder);
    const name = crypto.randomUUID();
    await holdForLife(lockOf(name));
    return await openByteFile(folder, name);
  } catch {
    return undefined;
  }
}
