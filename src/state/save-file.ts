import { fileSave, supported } from 'browser-fs-access';

export interface FileKind {
  readonly fileName: string;
  readonly mimeType: string;
}

const extensionOf = ({ fileName }: FileKind): string => `.${fileName.split('.').pop() ?? ''}`;

/**
 * Asks where to save, then makes the file and writes it, so that nothing is computed for a save that is called off.
 * Rejects with an AbortError when the user calls it off.
 */
export async function saveFile(kind: FileKind, make: () => Promise<Blob>): Promise<void> {
  let answer: () => void = () => {};
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  // Browsers without a file picker download to the user's folder, with no question.
  if (!supported) answer();
  const { fileName, mimeType } = kind;
  await fileSave(
    asked.then(make),
    { fileName, extensions: [extensionOf(kind)], mimeTypes: [mimeType] },
    null,
    false,
    () => {
      answer();
      return null;
    },
  );
}

interface Pickers {
  showSaveFilePicker?(options: {
    suggestedName: string;
    types: readonly { accept: Readonly<Record<string, readonly string[]>> }[];
  }): Promise<FileSystemFileHandle>;
  showDirectoryPicker?(options: {
    id: string;
    mode: 'readwrite';
  }): Promise<FileSystemDirectoryHandle>;
}

/** Asks for a file to write to; null where the browser has no picker. Rejects with an AbortError when called off. */
export async function pickNewFile(kind: FileKind): Promise<FileSystemFileHandle | null> {
  const { showSaveFilePicker } = window as Pickers;
  if (!showSaveFilePicker) return null;
  const types = [{ accept: { [kind.mimeType]: [extensionOf(kind)] } }];
  return showSaveFilePicker.call(window, { suggestedName: kind.fileName, types });
}

export const canPickFolder = (): boolean => 'showDirectoryPicker' in globalThis;

/** Asks for a folder to write to; null where the browser has no picker. Rejects with an AbortError when called off. */
export async function pickParentFolder(): Promise<FileSystemDirectoryHandle | null> {
  const { showDirectoryPicker } = window as Pickers;
  if (!showDirectoryPicker) return null;
  return showDirectoryPicker.call(window, { id: 'floodlight-save', mode: 'readwrite' });
}
