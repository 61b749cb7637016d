import { FloodlightError } from '../core/errors';
import { isNamed } from './local-failure';

/** Finds a file by its path's segments below a root; undefined where there is none. */
export type FindFile = (segments: readonly string[]) => Promise<Blob | undefined>;

/** Files below a folder that the browser was given access to. */
export function findInDirectory(root: FileSystemDirectoryHandle): FindFile {
  const folders = new Map<string, Promise<FileSystemDirectoryHandle>>([
    ['', Promise.resolve(root)],
  ]);
  const folderOf = (segments: readonly string[]): Promise<FileSystemDirectoryHandle> => {
    const path = segments.join('/');
    const known = folders.get(path);
    if (known) return known;
    const found = folderOf(segments.slice(0, -1)).then((parent) =>
      parent.getDirectoryHandle(segments.at(-1) ?? ''),
    );
    folders.set(path, found);
    // One that is absent or forbidden now may be there later.
    found.catch(() => folders.delete(path));
    return found;
  };
  return async (segments) => {
    try {
      const folder = await folderOf(segments.slice(0, -1));
      return await (await folder.getFileHandle(segments.at(-1) ?? '')).getFile();
    } catch (error) {
      if (isNamed(error, 'NotFoundError', 'TypeMismatchError')) return undefined;
      throw error;
    }
  };
}

/** Files by their paths below a folder: those of an upload field, or made in memory. BAD_PARAMETERS for what is no file. */
export const findInFiles =
  (files: ReadonlyMap<string, Blob>): FindFile =>
  async (segments) => {
    const path = segments.join('/');
    const file = files.get(path);
    if (file === undefined || file instanceof Blob) return file;
    const reason = 'it must be a Blob';
    throw new FloodlightError('BAD_PARAMETERS', { what: `The file ${path}`, reason });
  };
