import { directoryOpen, fileOpen } from 'browser-fs-access';
import { FloodlightError } from '../core/errors';
import { isModelFile, type VolumeSource } from '../engine/protocol';
import { filesBelow, isDirectoryEntry } from './dropped-folder';

/** A folder or a zip on this machine, as the browser hands it out: it can be remembered. */
export type LocalSource = FileSystemDirectoryHandle | FileSystemFileHandle;

interface Permission {
  requestPermission?(mode: { mode: 'read' }): Promise<PermissionState>;
}

/** A handle once the user has allowed to read what it leads to; PERMISSION_DENIED where not, or nobody can be asked now. */
export async function sourceOfHandle(handle: LocalSource): Promise<VolumeSource> {
  // Without a click of the user's the browser does not ask.
  const asked = (handle as Permission).requestPermission?.({ mode: 'read' });
  const state = await asked?.catch(() => 'denied');
  if (state !== undefined && state !== 'granted')
    throw new FloodlightError('PERMISSION_DENIED', { url: `local:${handle.name}` });
  return handle;
}

/** Files of a folder by their paths below it, as an upload field gives them. */
const filesByPath = (files: readonly File[]): ReadonlyMap<string, File> =>
  new Map(files.map((file) => [file.webkitRelativePath.replace(/^[^/]*\//, ''), file]));

interface DirectoryPicker {
  showDirectoryPicker?(options: { mode: 'read' }): Promise<FileSystemDirectoryHandle>;
}

/** Asks for a folder; browsers without a picker of folders read their list of files. Rejects with an AbortError when called off. */
export async function pickFolder(): Promise<VolumeSource> {
  const { showDirectoryPicker } = window as DirectoryPicker;
  if (showDirectoryPicker) return showDirectoryPicker.call(window, { mode: 'read' });
  const files = await directoryOpen({ recursive: true });
  return filesByPath(
    files.filter((file): file is File & { handle: never } => file instanceof File),
  );
}

/** Asks for a zip. Rejects with an AbortError when called off. */
export async function pickZip(): Promise<VolumeSource> {
  const file = await fileOpen({ mimeTypes: ['application/zip'], extensions: ['.zip'] });
  return file.handle ?? file;
}

interface DroppedItem extends DataTransferItem {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}

/** The files of a network, with what lies beside them, that were dropped on the page; none where it was something else. */
export function droppedModel(transfer: DataTransfer): readonly File[] {
  const files = [...transfer.items].flatMap((item) => item.getAsFile() ?? []);
  return files.some(isModelFile) ? files : [];
}

/** Asks for the files of a network. Rejects with an AbortError when called off. */
export async function pickModel(): Promise<readonly File[]> {
  return fileOpen({ multiple: true, description: 'Files of a network' });
}

/** What was dropped on the page; undefined for anything but a folder or a file. SOURCE_CHANGED where a folder cannot be listed. */
export async function droppedSource(transfer: DataTransfer): Promise<VolumeSource | undefined> {
  const item: DroppedItem | undefined = [...transfer.items].find(({ kind }) => kind === 'file');
  // All have to be asked for before the first await: the drop's data are gone afterwards.
  const file = item?.getAsFile();
  const entry = item?.webkitGetAsEntry();
  const handle = await item?.getAsFileSystemHandle?.().catch(() => null);
  if (handle) return handle as LocalSource;
  return entry && isDirectoryEntry(entry) ? filesBelow(entry) : (file ?? undefined);
}

/** Whether a source is a folder or a zip of this machine, which may have to be allowed and can be remembered. */
export const isHandle = (source: unknown): source is LocalSource =>
  typeof source === 'object' && source !== null && 'kind' in source;
