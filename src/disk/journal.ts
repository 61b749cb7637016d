import type { ByteFile } from '../core/byte-file';
import type { Runs } from './block-map';
import { xxh32 } from './xxh32';

/** Where a chunk lies; `null` of `checksum`: it is known that there is none. */
export interface Entry {
  readonly runs: Runs;
  readonly sizeBytes: number;
  readonly checksum: number | null;
  /** When it is no longer to be believed, in seconds since 1970. */
  readonly expires: number;
}

/** What happened to a key. `moved`: as `kept`, without having been used. */
export type Change =
  | { readonly kind: 'kept' | 'moved'; readonly key: string; readonly entry: Entry }
  | { readonly kind: 'used' | 'dropped'; readonly key: string };

const KINDS = ['kept', 'moved', 'used', 'dropped'] as const;
/** Of a file's first bytes; another number for another layout of what follows. */
const MAGIC = new TextEncoder().encode('FLCHUNK1');
/** Length of what follows, and its checksum. */
const HEAD_BYTES = 8;
const ENTRY_BYTES = 17;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** How long a record of this entry is, its key of ASCII alone. */
export const recordBytes = (key: string, { runs }: Entry): number =>
  HEAD_BYTES + 3 + key.length + ENTRY_BYTES + 4 * runs.length;

/** A change as bytes: length, checksum, then kind, length of the key, key, and the entry with its runs. */
export function encodeChange(change: Change): Uint8Array {
  const key = encoder.encode(change.key);
  const entry = 'entry' in change ? change.entry : undefined;
  const entryBytes = entry ? ENTRY_BYTES + 4 * entry.runs.length : 0;
  const bytes = new Uint8Array(HEAD_BYTES + 3 + key.length + entryBytes);
  const view = new DataView(bytes.buffer);
  view.setUint8(HEAD_BYTES, KINDS.indexOf(change.kind));
  view.setUint16(HEAD_BYTES + 1, key.length, true);
  bytes.set(key, HEAD_BYTES + 3);
  if (entry) {
    const at = HEAD_BYTES + 3 + key.length;
    view.setUint8(at, entry.checksum === null ? 0 : 1);
    view.setUint32(at + 1, entry.checksum ?? 0, true);
    view.setFloat64(at + 5, entry.expires, true);
    view.setUint32(at + 13, entry.sizeBytes, true);
    entry.runs.forEach((value, index) => {
      view.setUint32(at + ENTRY_BYTES + 4 * index, value, true);
    });
  }
  view.setUint32(0, bytes.length - HEAD_BYTES, true);
  view.setUint32(4, xxh32(bytes.subarray(HEAD_BYTES)), true);
  return bytes;
}

/** The change that starts at a place, and where it ends; undefined where there is no whole and unharmed one. `view` is of `bytes`. */
function decodeChange(
  bytes: Uint8Array,
  view: DataView,
  from: number,
): { change: Change; end: number } | undefined {
  if (from + HEAD_BYTES + 3 > bytes.length) return undefined;
  const start = from + HEAD_BYTES;
  const end = start + view.getUint32(from, true);
  const keyEnd = start + 3 + view.getUint16(start + 1, true);
  const kind = KINDS[view.getUint8(start)];
  if (end > bytes.length || keyEnd > end || kind === undefined) return undefined;
  if (xxh32(bytes.subarray(start, end)) !== view.getUint32(from + 4, true)) return undefined;
  const key = decoder.decode(bytes.subarray(start + 3, keyEnd));
  if (kind === 'used' || kind === 'dropped') return { change: { kind, key }, end };
  if (keyEnd + ENTRY_BYTES > end) return undefined;
  const runs: number[] = [];
  for (let at = keyEnd + ENTRY_BYTES; at + 4 <= end; at += 4) runs.push(view.getUint32(at, true));
  const entry = {
    runs,
    checksum: view.getUint8(keyEnd) === 0 ? null : view.getUint32(keyEnd + 1, true),
    expires: view.getFloat64(keyEnd + 5, true),
    sizeBytes: view.getUint32(keyEnd + 13, true),
  };
  return { change: { kind, key, entry }, end };
}

/** Writes all bytes to a place of a file; QuotaExceededError where there is no room. */
export function writeAll(file: ByteFile, bytes: Uint8Array, at: number): void {
  const written = file.write(bytes as Uint8Array<ArrayBuffer>, { at });
  if (written !== bytes.length)
    throw new DOMException(`${written} of ${bytes.length} bytes written`, 'QuotaExceededError');
}

/**
 * Changes, appended to a file one after the other. Whatever a crash or a stranger left in it, what is read is changes that
 * were written, in their order, up to the first that is not whole.
 */
export class Journal {
  sizeBytes = 0;

  constructor(private readonly file: ByteFile) {}

  /** All that was written; what follows the last whole change is cut off. */
  read(): Change[] {
    const bytes = new Uint8Array(this.file.getSize());
    const length = this.file.read(bytes, { at: 0 });
    const changes: Change[] = [];
    this.sizeBytes = 0;
    if (length >= MAGIC.length && MAGIC.every((byte, index) => bytes[index] === byte)) {
      this.sizeBytes = MAGIC.length;
      const whole = bytes.subarray(0, length);
      const view = new DataView(whole.buffer, 0, length);
      for (;;) {
        const next = decodeChange(whole, view, this.sizeBytes);
        if (!next) break;
        changes.push(next.change);
        this.sizeBytes = next.end;
      }
    }
    this.file.truncate(this.sizeBytes);
    return changes;
  }

  /** QuotaExceededError where there is no room: nothing is appended then. */
  append(records: readonly Uint8Array[]): void {
    const head = this.sizeBytes === 0 ? [MAGIC] : [];
    const bytes = concatenate([...head, ...records]);
    try {
      writeAll(this.file, bytes, this.sizeBytes);
    } catch (error) {
      this.file.truncate(this.sizeBytes);
      throw error;
    }
    this.sizeBytes += bytes.length;
  }

  /** Puts other changes in place of all. A crash meanwhile leaves a journal of none or some of them. */
  rewrite(records: readonly Uint8Array[]): void {
    this.file.truncate(0);
    this.sizeBytes = 0;
    if (records.length > 0) this.append(records);
  }
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
