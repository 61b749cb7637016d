import { FloodlightError } from '../core/errors';

/** Whether what was dropped is a folder. */
export const isDirectoryEntry = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry =>
  entry.isDirectory;

const fileOf = (entry: FileSystemEntry): Promise<File> =>
  new Promise((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));

/** All that lies in a folder: browsers give some at a time, and none at last. */
async function entriesIn(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader();
  const entries: FileSystemEntry[] = [];
  for (;;) {
    const more = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (more.length === 0) return entries;
    entries.push(...more);
  }
}

/**
 * The files of a folder that was dropped, by their paths below it, for browsers that hand out no folders. SOURCE_CHANGED where
 * something of it cannot be listed.
 */
export async function filesBelow(
  folder: FileSystemDirectoryEntry,
): Promise<ReadonlyMap<string, File>> {
  const files = new Map<string, File>();
  const list = async (parent: FileSystemDirectoryEntry, path: string): Promise<void> => {
    for (const entry of await entriesIn(parent)) {
      if (isDirectoryEntry(entry)) await list(entry, `${path}${entry.name}/`);
      else files.set(path + entry.name, await fileOf(entry));
    }
  };
  try {
    await list(folder, '');
  } catch (error) {
    throw new FloodlightError('SOURCE_CHANGED', { url: `local:${folder.name}` }, error);
  }
  return files;
}
