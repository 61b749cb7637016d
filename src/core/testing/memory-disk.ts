import type { ByteFile, ByteFileEntry, ByteFolder } from '../byte-file';

const LEAST_BYTES = 64;

const bytesOf = (buffer: AllowSharedBufferSource): Uint8Array =>
  ArrayBuffer.isView(buffer)
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : new Uint8Array(buffer);

interface Contents {
  bytes: Uint8Array;
  sizeBytes: number;
  isOpen: boolean;
  /** Counts what was opened; time does not pass here. */
  modified: number;
}

/**
 * Files by name that outlive their handles, as on a disk. Where they would take more than `quotaBytes` together, writing and
 * growing throw QuotaExceededError and do nothing. A file is open once at a time, else NoModificationAllowedError.
 */
export class MemoryDisk {
  private readonly files = new Map<string, Contents>();
  private opened = 0;

  constructor(public quotaBytes = Number.POSITIVE_INFINITY) {}

  get usedBytes(): number {
    return [...this.files.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  /** What a file holds now; a copy. */
  contents(name: string): Uint8Array {
    const file = this.files.get(name);
    return file ? file.bytes.slice(0, file.sizeBytes) : new Uint8Array();
  }

  list(): readonly ByteFileEntry[] {
    return [...this.files].map(([name, { sizeBytes, modified }]) => {
      return { name, bytes: sizeBytes, modified };
    });
  }

  remove(name: string): void {
    if (this.files.get(name)?.isOpen)
      throw new DOMException(`${name} is open`, 'NoModificationAllowedError');
    this.files.delete(name);
  }

  /** The same as a folder. */
  get folder(): ByteFolder {
    return {
      list: async () => this.list(),
      open: async (name) => this.open(name),
      remove: async (name) => this.remove(name),
    };
  }

  open(name: string): ByteFile {
    const none = { bytes: new Uint8Array(), sizeBytes: 0, isOpen: false, modified: 0 };
    const file = this.files.get(name) ?? none;
    this.files.set(name, file);
    if (file.isOpen) throw new DOMException(`${name} is open`, 'NoModificationAllowedError');
    file.isOpen = true;
    file.modified = ++this.opened;
    return new MemoryFile(file, (moreBytes) => {
      if (this.usedBytes + moreBytes > this.quotaBytes)
        throw new DOMException('The disk is full', 'QuotaExceededError');
    });
  }
}

class MemoryFile implements ByteFile {
  private isClosed = false;
  /** Where the next read or write begins that does not say. */
  private cursor = 0;

  constructor(
    private readonly file: Contents,
    private readonly claim: (moreBytes: number) => void,
  ) {}

  read(buffer: AllowSharedBufferSource, { at = this.cursor } = {}): number {
    const { bytes, sizeBytes } = this.opened();
    const target = bytesOf(buffer);
    const length = Math.max(0, Math.min(target.length, sizeBytes - at));
    target.set(bytes.subarray(at, at + length));
    this.cursor = at + length;
    return length;
  }

  write(buffer: AllowSharedBufferSource, { at = this.cursor } = {}): number {
    const source = bytesOf(buffer);
    this.grow(at + source.length);
    this.opened().bytes.set(source, at);
    this.cursor = at + source.length;
    return source.length;
  }

  truncate(sizeBytes: number): void {
    const file = this.opened();
    this.grow(sizeBytes);
    file.bytes.fill(0, sizeBytes, file.sizeBytes);
    file.sizeBytes = sizeBytes;
    this.cursor = Math.min(this.cursor, sizeBytes);
  }

  getSize(): number {
    return this.opened().sizeBytes;
  }

  flush(): void {
    this.opened();
  }

  close(): void {
    this.isClosed = true;
    this.file.isOpen = false;
  }

  private opened(): Contents {
    if (this.isClosed) throw new DOMException('The file is closed', 'InvalidStateError');
    return this.file;
  }

  private grow(sizeBytes: number): void {
    const file = this.opened();
    if (sizeBytes <= file.sizeBytes) return;
    this.claim(sizeBytes - file.sizeBytes);
    if (sizeBytes > file.bytes.length) {
      const larger = new Uint8Array(Math.max(sizeBytes, 2 * file.bytes.length, LEAST_BYTES));
      larger.set(file.bytes);
      file.bytes = larger;
    }
    file.sizeBytes = sizeBytes;
  }
}
