/** When bytes were written, as far as a file tells: the same bytes put back are the same file. */
const written = new WeakMap<Uint8Array, number>();
let now = 1;

function fileOf(bytes: Uint8Array, name: string): File {
  const lastModified = written.get(bytes) ?? now++;
  written.set(bytes, lastModified);
  return new File([bytes as Uint8Array<ArrayBuffer>], name, { lastModified });
}

export const failureNamed = (name: string): Error => Object.assign(new Error(name), { name });

/** A folder as browsers hand it out, of files by their paths, which may change and be locked. */
export class FakeDirectory {
  readonly kind = 'directory';
  /** How often a file was asked for, by its path. */
  readonly asked = new Map<string, number>();

  constructor(
    readonly name: string,
    private readonly files: ReadonlyMap<string, Uint8Array>,
    private readonly faults: { failure?: Error | undefined } = {},
    private readonly prefix = '',
    private readonly root?: FakeDirectory,
  ) {}

  get handle(): FileSystemDirectoryHandle {
    return this as unknown as FileSystemDirectoryHandle;
  }

  async getDirectoryHandle(name: string): Promise<FakeDirectory> {
    this.check();
    const prefix = `${this.prefix}${name}/`;
    if (![...this.files.keys()].some((path) => path.startsWith(prefix)))
      throw failureNamed('NotFoundError');
    return new FakeDirectory(name, this.files, this.faults, prefix, this.root ?? this);
  }

  async getFileHandle(name: string) {
    this.check();
    const path = this.prefix + name;
    const { asked } = this.root ?? this;
    asked.set(path, (asked.get(path) ?? 0) + 1);
    const bytes = this.files.get(path);
    if (!bytes) throw failureNamed('NotFoundError');
    return { getFile: async () => fileOf(bytes, name) };
  }

  private check(): void {
    if (this.faults.failure) throw this.faults.failure;
  }
}
