import type { ByteFile } from '../core/byte-file';

/** The folder of the origin's private file system that is Floodlight's; undefined where a browser or a test has none. */
export async function privateFolder(path: string): Promise<FileSystemDirectoryHandle | undefined> {
  try {
    const root = await navigator.storage.getDirectory();
    const own = await root.getDirectoryHandle('floodlight', { create: true });
    return await own.getDirectoryHandle(path, { create: true });
  } catch {
    // Private windows of some browsers, and pages that are no secure context.
    return undefined;
  }
}

/** Opens a file of a folder for this worker alone; makes it where there is none. */
export async function openByteFile(
  folder: FileSystemDirectoryHandle,
  name: string,
): Promise<ByteFile> {
  const file = await folder.getFileHandle(name, { create: true });
  return file.createSyncAccessHandle();
}
