import { replaceFile, saveFailure } from '../../exporters/destinations/writing';

/** Files of models by their ids. */
export interface ModelStore {
  ids(): Promise<readonly string[]>;
  /** Undefined where there is none of that id. */
  open(id: string): Promise<Blob | undefined>;
  /** All or nothing: on failure what was there before is as it was. QUOTA_EXCEEDED, PERMISSION_DENIED, SAVE_FAILED. */
  write(id: string, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  remove(id: string): Promise<void>;
}

const ID = /^[0-9a-f]{16}$/;
const FILE = /^([0-9a-f]{16})\.safetensors$/;
const fileName = (id: string) => `${id}.safetensors`;

const isMissing = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'NotFoundError';

/** Models in a folder of the browser's own storage. */
export class FolderModels implements ModelStore {
  constructor(private readonly folder: FileSystemDirectoryHandle) {}

  async ids(): Promise<readonly string[]> {
    const ids: string[] = [];
    for await (const name of this.folder.keys()) {
      const [, id] = FILE.exec(name) ?? [];
      if (id !== undefined) ids.push(id);
    }
    return ids;
  }

  async open(id: string): Promise<Blob | undefined> {
    // What is asked for may be anything, a path too.
    if (!ID.test(id)) return undefined;
    try {
      return await (await this.folder.getFileHandle(fileName(id))).getFile();
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async write(id: string, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const isNew = (await this.open(id)) === undefined;
    try {
      await replaceFile(await this.folder.getFileHandle(fileName(id), { create: true }), bytes);
    } catch (error) {
      if (isNew) await this.remove(id).catch(() => {});
      throw saveFailure(error, name, undefined);
    }
  }

  async remove(id: string): Promise<void> {
    try {
      await this.folder.removeEntry(fileName(id));
    } catch (error) {
      throw saveFailure(error, fileName(id), undefined);
    }
  }
}

/** Models kept as long as the page, where the browser keeps no files for it. */
export class MemoryModels implements ModelStore {
  private readonly files = new Map<string, Blob>();

  async ids(): Promise<readonly string[]> {
    return [...this.files.keys()];
  }

  async open(id: string): Promise<Blob | undefined> {
    return this.files.get(id);
  }

  async write(id: string, _: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.files.set(id, new Blob([bytes]));
  }

  async remove(id: string): Promise<void> {
    this.files.delete(id);
  }
}
