import type { ByteFile, ByteFileEntry, ByteFolder } from '../core/byte-file';

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

/** A folder whose files this worker opens one by one for itself. */
export const byteFolder = (folder: FileSystemDirectoryHandle): ByteFolder => ({
  list: async () => {
    const found: ByteFileEntry[] = [];
    for await (const [name, handle] of folder.entries()) {
      if (handle.kind !== 'file') continue;
      try {
        const { size, lastModified } = await handle.getFile();
        found.push({ name, bytes: size, modified: lastModified });
      } catch {
        // Somebody has it open, or has just removed it.
      }
    }
    return found;
  },
  open: (name) => openByteFile(folder, name),
  remove: (name) => folder.removeEntry(name),
});
