/**
 * A file read and written in place, as workers have them in the origin's private file system. A write that finds no room
 * throws a DOMException named QuotaExceededError and may have been done in part; one beyond the end fills the gap with zeros.
 */
export type ByteFile = Pick<
  FileSystemSyncAccessHandle,
  'read' | 'write' | 'truncate' | 'getSize' | 'flush' | 'close'
>;
