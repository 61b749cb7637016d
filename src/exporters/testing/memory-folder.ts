type Action = 'list' | 'folder' | 'file' | 'write' | 'close' | 'remove';

/** A disk for tests: files and folders as the browser's handles show them, with a quota and faults. */
export class FolderDisk {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly folders = new Set<string>(['']);
  quotaBytes = Number.POSITIVE_INFINITY;
  /** Names a DOMException that an action on a path throws; undefined lets it be done. */
  fault: (action: Action, path: string) => string | undefined = () => undefined;

  get usedBytes(): number {
    return [...this.files.values()].reduce((sum, { length }) => sum + length, 0);
  }

  get root(): FileSystemDirectoryHandle {
    return new MemoryFolder(this, '') as unknown as FileSystemDirectoryHandle;
  }

  check(action: Action, path: string): void {
    const name = this.fault(action, path);
    if (name !== undefined) throw new DOMException(`${action} ${path}`, name);
  }
}

const join = (folder: string, name: string): string => (folder ? `${folder}/${name}` : name);

class MemoryFolder {
  readonly kind = 'directory';

  constructor(
    private readonly disk: FolderDisk,
    private readonly path: string,
  ) {}

  get name(): string {
    return this.path.split('/').at(-1) ?? '';
  }

  private get below(): string {
    return this.path ? `${this.path}/` : '';
  }

  async *keys(): AsyncGenerator<string> {
    this.disk.check('list', this.path);
    const all = [...this.disk.folders, ...this.disk.files.keys()];
    const names = all
      .filter((path) => path !== this.path && path.startsWith(this.below))
      .map((path) => path.slice(this.below.length).split('/')[0] ?? '');
    yield* new Set(names);
  }

  async *values() {
    for await (const name of this.keys())
      yield this.disk.folders.has(join(this.path, name))
        ? await this.getDirectoryHandle(name)
        : await this.getFileHandle(name);
  }

  async getDirectoryHandle(name: string, { create = false } = {}) {
    const path = join(this.path, name);
    this.disk.check('folder', path);
    if (this.disk.files.has(path)) throw new DOMException(path, 'TypeMismatchError');
    if (!this.disk.folders.has(path)) {
      if (!create) throw new DOMException(path, 'NotFoundError');
      this.disk.folders.add(path);
    }
    return new MemoryFolder(this.disk, path);
  }

  async getFileHandle(name: string, { create = false } = {}) {
    const path = join(this.path, name);
    this.disk.check('file', path);
    if (!this.disk.folders.has(this.path)) throw new DOMException(path, 'NotFoundError');
    if (!this.disk.files.has(path)) {
      if (!create) throw new DOMException(path, 'NotFoundError');
      this.disk.files.set(path, new Uint8Array());
    }
    return new MemoryFile(this.disk, path);
  }

  async removeEntry(name: string, { recursive = false } = {}): Promise<void> {
    const path = join(this.path, name);
    this.disk.check('remove', path);
    const { files, folders } = this.disk;
    const inside = [...files.keys(), ...folders].filter((other) => other.startsWith(`${path}/`));
    if (inside.length > 0 && !recursive) throw new DOMException(path, 'InvalidModificationError');
    for (const gone of [path, ...inside]) {
      files.delete(gone);
      folders.delete(gone);
    }
  }
}

/** A file whose writer shows nothing before it is closed, as Chromium's. */
class MemoryFile {
  readonly kind = 'file';

  constructor(
    private readonly disk: FolderDisk,
    private readonly path: string,
  ) {}

  get name(): string {
    return this.path.split('/').at(-1) ?? '';
  }

  async getFile(): Promise<File> {
    const bytes = this.disk.files.get(this.path);
    if (!bytes) throw new DOMException(this.path, 'NotFoundError');
    return new File([bytes], this.name);
  }

  async remove(): Promise<void> {
    this.disk.check('remove', this.path);
    this.disk.files.delete(this.path);
  }

  async createWritable(): Promise<WritableStream<Uint8Array>> {
    this.disk.check('file', this.path);
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let written = 0;
    const write = (bytes: Uint8Array) => {
      this.disk.check('write', this.path);
      written += bytes.length;
      if (this.disk.usedBytes + written > this.disk.quotaBytes)
        throw new DOMException('The disk is full', 'QuotaExceededError');
      parts.push(bytes.slice());
    };
    const close = async () => {
      this.disk.check('close', this.path);
      this.disk.files.set(this.path, new Uint8Array(await new Blob(parts).arrayBuffer()));
    };
    const stream = new WritableStream<Uint8Array>({ write, close });
    return Object.assign(stream, { write: async (bytes: Uint8Array) => write(bytes), close });
  }
}
