import { crc32c } from '../core/crc32c';
import { ByteReader, type Fail } from './byte-reader';
import { decodeSnappy } from './snappy';

const FOOTER_BYTES = 48;
const HANDLES_BYTES = 40;
/** Of the footer's last eight bytes: 0xdb4775248b80fb57. */
const MAGIC_LOW = 0x8b80fb57;
const MAGIC_HIGH = 0xdb477524;
const TRAILER_BYTES = 5;
/** Indexes have some kilobytes. With shared beginnings of keys a small table could claim no end of them. */
const MOST_BYTES = 2 ** 22;
const MOST_ENTRIES = 2 ** 16;
const MOST_KEY_BYTES = 1024;

/** How LevelDB and TensorFlow keep checksums among what they are of: turned by 15 bits, plus a constant. */
export const maskChecksum = (crc: number): number =>
  (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;

interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Where a block lies, without its trailer. */
interface Handle {
  readonly offset: number;
  readonly length: number;
}

const readHandle = (reader: ByteReader): Handle => ({
  offset: reader.varint(),
  length: reader.varint(),
});

function readBlock(file: Uint8Array, { offset, length }: Handle, fail: Fail): Uint8Array {
  if (!(offset + length + TRAILER_BYTES <= file.length - FOOTER_BYTES))
    throw fail('a block of its index lies outside of it');
  const stored = file.subarray(offset, offset + length);
  const trailer = new ByteReader(file.subarray(offset + length), fail);
  const type = trailer.byte();
  const checked = file.subarray(offset, offset + length + 1);
  if (trailer.uint32() !== maskChecksum(crc32c(checked)))
    throw fail('a block of its index does not match its checksum');
  if (type === 0) return stored;
  if (type === 1) return decodeSnappy(stored, MOST_BYTES, fail);
  throw fail(`a block of its index is compressed in the unknown way ${type}`);
}

/** The entries of a block, one after the other: its restarts are only of use to whoever looks for one of them. */
function* entriesOf(block: Uint8Array, fail: Fail): Generator<Entry> {
  if (block.length < 4) throw fail('a block of its index ends too early');
  const restarts = new ByteReader(block.subarray(block.length - 4), fail).uint32();
  const end = block.length - 4 - 4 * restarts;
  if (end < 0) throw fail('a block of its index claims more restarts than it can hold');
  const reader = new ByteReader(block.subarray(0, end), fail);
  let before: Uint8Array = new Uint8Array();
  while (reader.left > 0) {
    const [shared, own, valueBytes] = [reader.varint(), reader.varint(), reader.varint()];
    if (shared > before.length) throw fail('a key of its index shares more than there is');
    if (shared + own > MOST_KEY_BYTES)
      throw fail(`a key of its index is longer than ${MOST_KEY_BYTES} bytes`);
    const key = new Uint8Array(shared + own);
    key.set(before.subarray(0, shared));
    key.set(reader.take(own), shared);
    yield { key, value: reader.take(valueBytes) };
    before = key;
  }
}

/**
 * All of a table as LevelDB and TensorFlow's bundles keep it (LevelDB's `doc/table_format.md`): values by their keys, whose
 * bytes become characters of the same numbers. Checksums, order and bounds are checked; throws what `fail` makes.
 */
export function readTable(file: Uint8Array, fail: Fail): Map<string, Uint8Array> {
  if (file.length < FOOTER_BYTES) throw fail(`its index has only ${file.length} bytes`);
  if (file.length > MOST_BYTES) throw fail(`its index has more than ${MOST_BYTES} bytes`);
  const footer = file.subarray(file.length - FOOTER_BYTES);
  const magic = new ByteReader(footer.subarray(HANDLES_BYTES), fail);
  if (magic.uint32() !== MAGIC_LOW || magic.uint32() !== MAGIC_HIGH)
    throw fail('its index does not end as one of TensorFlow does');
  const handles = new ByteReader(footer.subarray(0, HANDLES_BYTES), fail);
  readHandle(handles);
  const values = new Map<string, Uint8Array>();
  const decoder = new TextDecoder('latin1');
  let end = 0;
  for (const { value } of entriesOf(readBlock(file, readHandle(handles), fail), fail)) {
    const handle = readHandle(new ByteReader(value, fail));
    // Otherwise many entries could name one large block.
    if (handle.offset < end) throw fail('blocks of its index overlap');
    end = handle.offset + handle.length + TRAILER_BYTES;
    for (const entry of entriesOf(readBlock(file, handle, fail), fail)) {
      const key = decoder.decode(entry.key);
      if (values.has(key)) throw fail(`its index names “${key}” twice`);
      if (values.size >= MOST_ENTRIES)
        throw fail(`its index has more than ${MOST_ENTRIES} entries`);
      values.set(key, entry.value);
    }
  }
  return values;
}
