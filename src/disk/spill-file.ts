import type { ByteFile } from '../core/byte-file';
import { holdForLife } from './life-lock';
import { openByteFile, privateFolder } from './private-files';

const FOLDER = 'spilled';
const lockOf = (name: string): string => `floodlight.spilled.${name}`;

const ATTEMPTS = 20;
const ATTEMPT_MILLISECONDS = 100;

async function remove(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      await folder.removeEntry(name);
      return;
    } catch {
      // The lock of a tab that goes is free a moment before its file; or somebody else was faster.
      await new Promise((resolve) => setTimeout(resolve, ATTEMPT_MILLISECONDS));
    }
  }
}

/**
 * Removes the files of tabs that are gone, and each of the others once its tab goes: a tab holds the lock of its file from
 * before it makes it to its end. Called before this worker opens its own.
 */
export async function removeAbandonedSpillFiles(): Promise<void> {
  const folder = await privateFolder(FOLDER);
  if (!folder) return;
  for await (const name of folder.keys())
    navigator.locks.request(lockOf(name), () => remove(folder, name)).catch(() => {});
}

/**
 * An empty file of this worker's own, for what no longer fits into memory; it is removed once the tab is gone, by another one that
 * is open or the next that opens. Undefined where there is no private file system.
 */
export async function openSpillFile(): Promise<ByteFile | undefined> {
  const folder = await privateFolder(FOLDER);
  if (!folder) return undefined;
  try {
    const name = crypto.randomUUID();
    await holdForLife(lockOf(name));
    return await openByteFile(folder, name);
  } catch {
    return undefined;
  }
}
