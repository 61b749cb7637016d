import { badMetadata } from './parse';

/** Bytes of a known number, of which any part can be read. */
export interface ByteSource {
  /** Names the source in messages. */
  readonly url: string;
  readonly sizeBytes: number;
  /** Exactly `length` bytes from `offset` on; rejects with a typed error otherwise, with an AbortError once the signal fires. */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}

/** A file in a zip archive as its directory tells of it; only the stored bytes are known to lie inside the archive. */
export interface ZipEntry {
  readonly name: string;
  /** 0: as they are; 8: deflated. */
  readonly method: 0 | 8;
  readonly storedBytes: number;
  readonly sizeBytes: number;
  readonly crc32: number;
  /** Of its local header, from the start of the source. */
  readonly headerAt: number;
}

const END = 0x06054b50;
const END_BYTES = 22;
const MOST_COMMENT_BYTES = 0xffff;
const LOCATOR = 0x07064b50;
const LOCATOR_BYTES = 20;
const END_64 = 0x06064b50;
const END_64_BYTES = 56;
const RECORD = 0x02014b50;
const RECORD_BYTES = 46;
/** Without name and extra. */
export const LOCAL_HEADER_BYTES = 30;
const EXTRA_64 = 0x0001;
const MOST_DIRECTORY_BYTES = 2 ** 28;
/** Plain encryption, strong encryption, masked headers. */
const ENCRYPTED = 0b10_0000_0100_0001;
/** What 16 and 32 bits hold where ZIP64 has the number. */
const WIDE_16 = 0xffff;
const WIDE_32 = 0xffffffff;
const OUTSIDE = /^\/|(^|\/)\.\.(\/|$)/;

const nameDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
/** A name in a record or local header: UTF-8, whatever they say of it. */
export const decodeName = (bytes: Uint8Array): string => nameDecoder.decode(bytes);

type Fail = (reason: string) => Error;
type Read = (offset: number, length: number) => Promise<DataView>;

const viewOf = (bytes: Uint8Array) =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const uint16 = (view: DataView, at: number) => view.getUint16(at, true);
const uint32 = (view: DataView, at: number) => view.getUint32(at, true);
/** Inexact from 2^53 on, where no size or offset can be in order. */
const uint64 = (view: DataView, at: number) => Number(view.getBigUint64(at, true));

interface Directory {
  readonly at: number;
  readonly bytes: number;
  readonly records: number;
  /** Before the archive, which counts offsets from its own start. */
  readonly precedingBytes: number;
}

/** The end record: the last that its comment fits. */
function endIn(tail: DataView): number | undefined {
  for (let at = tail.byteLength - END_BYTES; at >= 0; at--)
    if (uint32(tail, at) === END && at + END_BYTES + uint16(tail, at + 20) === tail.byteLength)
      return at;
  return undefined;
}

/** The directory that ends at `endAt`, also where other bytes precede the archive. */
function placed(endAt: number, claimedAt: number, bytes: number, fail: Fail) {
  if (!(claimedAt + bytes <= endAt)) throw fail('the directory of its zip lies outside of it');
  if (bytes > MOST_DIRECTORY_BYTES)
    throw fail(`the directory of its zip claims ${bytes} bytes, more than can be read`);
  return { at: endAt - bytes, bytes, precedingBytes: endAt - bytes - claimedAt };
}

async function findDirectory(sizeBytes: number, read: Read, fail: Fail): Promise<Directory> {
  const tailBytes = Math.min(sizeBytes, LOCATOR_BYTES + END_BYTES + MOST_COMMENT_BYTES);
  const tail = await read(sizeBytes - tailBytes, tailBytes);
  const at = endIn(tail);
  if (at === undefined) throw fail('it is no zip archive, or its end is missing');
  const endAt = sizeBytes - tailBytes + at;
  const records = uint16(tail, at + 10);
  const bytes = uint32(tail, at + 12);
  const claimedAt = uint32(tail, at + 16);
  const isWide = records === WIDE_16 || bytes === WIDE_32 || claimedAt === WIDE_32;
  const locatorAt = at - LOCATOR_BYTES;
  if (isWide && locatorAt >= 0 && uint32(tail, locatorAt) === LOCATOR) {
    if (uint32(tail, locatorAt + 4) !== 0 || uint32(tail, locatorAt + 16) > 1) throw split(fail);
    return findDirectory64(uint64(tail, locatorAt + 8), endAt - LOCATOR_BYTES, read, fail);
  }
  const isSplit = uint16(tail, at + 4) !== 0 || uint16(tail, at + 6) !== 0;
  if (isSplit || uint16(tail, at + 8) !== records) throw split(fail);
  return { ...placed(endAt, claimedAt, bytes, fail), records };
}

const split = (fail: Fail) => fail('its zip is one part of several, which cannot be read');

async function findDirectory64(endAt: number, locatorAt: number, read: Read, fail: Fail) {
  if (endAt + END_64_BYTES > locatorAt) throw fail('the ZIP64 end of its zip lies outside of it');
  const end = await read(endAt, END_64_BYTES);
  if (uint32(end, 0) !== END_64 || endAt + 12 + uint64(end, 4) > locatorAt)
    throw fail('the ZIP64 end of its zip is damaged');
  const records = uint64(end, 32);
  if (uint32(end, 16) !== 0 || uint32(end, 20) !== 0 || uint64(end, 24) !== records)
    throw split(fail);
  return { ...placed(endAt, uint64(end, 48), uint64(end, 40), fail), records };
}

/** The numbers of a record's ZIP64 field, in order; none where there is no such field. */
function wideNumbers(view: DataView, from: number, to: number): (bytes: 4 | 8) => number {
  let at = from;
  let end = from;
  for (let field = from; field + 4 <= to && end === from; field += 4 + uint16(view, field + 2))
    if (uint16(view, field) === EXTRA_64) {
      at = field + 4;
      end = Math.min(to, at + uint16(view, field + 2));
    }
  return (bytes) => {
    if (at + bytes > end) return Number.NaN;
    at += bytes;
    return bytes === 4 ? uint32(view, at - 4) : uint64(view, at - 8);
  };
}

const isMethod = (method: number): method is ZipEntry['method'] => method === 0 || method === 8;

/** Where the parts of the record at `at` are, all inside the directory. */
function partsOf(view: DataView, at: number, fail: Fail) {
  const nameAt = at + RECORD_BYTES;
  if (nameAt > view.byteLength || uint32(view, at) !== RECORD)
    throw fail('the directory of its zip is damaged');
  const extraAt = nameAt + uint16(view, at + 28);
  const commentAt = extraAt + uint16(view, at + 30);
  const end = commentAt + uint16(view, at + 32);
  if (end > view.byteLength) throw fail('the directory of its zip is cut off');
  return { nameAt, extraAt, commentAt, end };
}

function parseEntry(
  view: DataView,
  at: number,
  { nameAt, extraAt, commentAt }: ReturnType<typeof partsOf>,
  name: string,
  { at: limit, precedingBytes }: Directory,
  fail: Fail,
): ZipEntry {
  const method = uint16(view, at + 10);
  if ((uint16(view, at + 8) & ENCRYPTED) !== 0) throw fail(`“${name}” in its zip is encrypted`);
  if (!isMethod(method))
    throw fail(`“${name}” in its zip is compressed by method ${method}, only 0 and 8 can be read`);
  const wide = wideNumbers(view, extraAt, commentAt);
  const number = (from: number) => {
    const narrow = uint32(view, from);
    return narrow === WIDE_32 ? wide(8) : narrow;
  };
  // In the order of the ZIP64 field.
  const sizeBytes = number(at + 24);
  const storedBytes = number(at + 20);
  const headerAt = precedingBytes + number(at + 42);
  const disk = uint16(view, at + 34);
  if ((disk === WIDE_16 ? wide(4) : disk) !== 0) throw split(fail);
  const leastEnd = headerAt + LOCAL_HEADER_BYTES + (extraAt - nameAt) + storedBytes;
  // A number that is missing is NaN, which is in no order.
  const isInOrder =
    leastEnd <= limit && (method === 0 ? storedBytes === sizeBytes : sizeBytes >= 0);
  if (!isInOrder) throw fail(`“${name}” in its zip lies outside of it`);
  return { name, method, storedBytes, sizeBytes, crc32: uint32(view, at + 16), headerAt };
}

/** The files of a zip archive by their names; BAD_METADATA where it is damaged, encrypted, split or of another method. */
export async function readZipDirectory(
  source: ByteSource,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, ZipEntry>> {
  const fail: Fail = (reason) => badMetadata(source.url, reason);
  const read: Read = async (offset, length) => viewOf(await source.read(offset, length, signal));
  const directory = await findDirectory(source.sizeBytes, read, fail);
  const view = await read(directory.at, directory.bytes);
  const entries = new Map<string, ZipEntry>();
  let records = 0;
  for (let at = 0; at < view.byteLength; records++) {
    const parts = partsOf(view, at, fail);
    const nameBytes = parts.extraAt - parts.nameAt;
    const name = decodeName(new Uint8Array(view.buffer, view.byteOffset + parts.nameAt, nameBytes));
    if (OUTSIDE.test(name)) throw fail(`its zip names a file outside of it, “${name}”`);
    if (!name.endsWith('/')) entries.set(name, parseEntry(view, at, parts, name, directory, fail));
    at = parts.end;
  }
  if (records !== directory.records)
    throw fail(`the directory of its zip has ${records} files, not ${directory.records}`);
  return entries;
}
