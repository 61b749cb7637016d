/**
 * A file read and written in place, as workers have them in the origin's private file system. A write that finds no room
 * throws a DOMException named QuotaExceededError and may have been done in part; one beyond the end fills the gap with zeros.
 */
export type ByteFile = Pick<
  FileSystemSyncAccessHandle,
  'read' | 'write' | 'truncate' | 'getSize' | 'flush' | 'close'
>;

/** A file of a folder. */
export interface ByteFileEntry {
  readonly name: string;
  readonly bytes: number;
  /** When it was last written to, milliseconds since 1970. */
  readonly modified: number;
}

/** A folder of such files. */
export interface ByteFolder {
  /** Its files, but for some that are open. */
  list(): Promise<readonly ByteFileEntry[]>;
  /** Makes a file where there is none. Rejects where somebody has it open. */
  open(name: string): Promise<ByteFile>;
  /** Rejects where somebody has it open. */
  remove(name: string): Promise<void>;
}
