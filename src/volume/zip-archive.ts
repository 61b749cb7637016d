import { codecFailed } from '../codecs/codec-failed';
import { abortError } from '../core/errors';
import { readAtMost } from './byte-sources';
import { type ByteSource, decodeName, LOCAL_HEADER_BYTES, type ZipEntry } from './zip-directory';

const LOCAL_HEADER = 0x04034b50;
/** Of the name and extra of a local header, which nobody knows before it is read. */
const GUESSED_BYTES = 512;
const MOST_BYTES = 2 ** 31;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  return value;
});

function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (value >>> 8) ^ (CRC_TABLE[(value ^ byte) & 0xff] ?? 0);
  return ~value >>> 0;
}

/** What cannot be read of an entry: `reason` goes on from its name. */
export const failed = ({ name }: ZipEntry, reason: string, cause?: unknown) =>
  codecFailed('zip', `“${name}” ${reason}`, cause);

function checkAmount(entry: ZipEntry, bytes: number): void {
  if (!(bytes <= MOST_BYTES)) throw failed(entry, `claims ${bytes} bytes, more than can be read`);
}

async function inflate(
  entry: ZipEntry,
  stored: Uint8Array<ArrayBuffer>,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  try {
    const stream = new Blob([stored]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    const bytes = await readAtMost(stream, entry.sizeBytes, signal);
    if (signal?.aborted) throw abortError();
    if (bytes) return bytes;
  } catch (error) {
    if (signal?.aborted) throw abortError();
    throw failed(entry, 'cannot be inflated', error);
  }
  throw failed(entry, `inflates to more than its ${entry.sizeBytes} bytes`);
}

/** The contents of an archive's entries; what is damaged is CODEC_FAILED. */
export class ZipArchive {
  /** Where the stored bytes of entries start, as their local headers tell. */
  private readonly dataAt = new WeakMap<ZipEntry, number>();

  constructor(
    readonly source: ByteSource,
    readonly entries: ReadonlyMap<string, ZipEntry>,
  ) {}

  /** Verified by size and checksum. */
  async whole(entry: ZipEntry, signal: AbortSignal | undefined): Promise<Uint8Array> {
    checkAmount(entry, entry.sizeBytes);
    checkAmount(entry, entry.storedBytes);
    const stored = await this.stored(entry, signal);
    const bytes = entry.method === 0 ? stored : await inflate(entry, stored, signal);
    if (bytes.byteLength !== entry.sizeBytes)
      throw failed(entry, `has ${bytes.byteLength} bytes, not ${entry.sizeBytes}`);
    if (crc32(bytes) !== entry.crc32) throw failed(entry, 'does not match its checksum');
    return bytes;
  }

  /** As it is, for no checksum tells of a part. */
  async part(
    entry: ZipEntry,
    offset: number,
    length: number,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    checkAmount(entry, length);
    const dataAt =
      this.dataAt.get(entry) ?? this.locateIn(await this.readHead(entry, 0, signal), entry);
    return this.source.read(dataAt + offset, length, signal);
  }

  private async stored(entry: ZipEntry, signal: AbortSignal | undefined) {
    const known = this.dataAt.get(entry);
    if (known !== undefined) return this.source.read(known, entry.storedBytes, signal);
    const head = await this.readHead(entry, GUESSED_BYTES + entry.storedBytes, signal);
    const dataAt = this.locateIn(head, entry);
    const from = dataAt - entry.headerAt;
    const to = from + entry.storedBytes;
    if (to > head.byteLength) return this.source.read(dataAt, entry.storedBytes, signal);
    return head.slice(from, to);
  }

  /** The local header with its name, and as many bytes more as there are. */
  private readHead(entry: ZipEntry, moreBytes: number, signal: AbortSignal | undefined) {
    const nameBytes = new TextEncoder().encode(entry.name).byteLength;
    const length = LOCAL_HEADER_BYTES + nameBytes + moreBytes;
    const most = this.source.sizeBytes - entry.headerAt;
    return this.source.read(entry.headerAt, Math.min(length, most), signal);
  }

  /** Where the data start, by a local header that must be the entry's own. */
  private locateIn(head: Uint8Array<ArrayBuffer>, entry: ZipEntry): number {
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    const nameBytes = view.getUint16(26, true);
    const name = head.subarray(LOCAL_HEADER_BYTES, LOCAL_HEADER_BYTES + nameBytes);
    const isOwn =
      view.getUint32(0, true) === LOCAL_HEADER &&
      view.getUint16(8, true) === entry.method &&
      decodeName(name) === entry.name;
    if (!isOwn) throw failed(entry, 'is not where the directory of its zip says');
    const dataAt = entry.headerAt + LOCAL_HEADER_BYTES + nameBytes + view.getUint16(28, true);
    if (dataAt + entry.storedBytes > this.source.sizeBytes)
      throw failed(entry, 'reaches past the end of its zip');
    this.dataAt.set(entry, dataAt);
    return dataAt;
  }
}
