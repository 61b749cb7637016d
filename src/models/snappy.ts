import { ByteReader, type Fail } from './byte-reader';

/** What three bytes of a copy make at most is 64: no sound stream claims to be longer than this times its own length. */
const MOST_RATIO = 22;

const littleEndian = (bytes: Uint8Array): number =>
  bytes.reduceRight((number, byte) => number * 256 + byte, 0);

/** The next element: literal bytes, or how far back and how long a copy is (snappy's `format_description.txt`). */
function nextElement(reader: ByteReader): Uint8Array | { offset: number; length: number } {
  const tag = reader.byte();
  const high = tag >> 2;
  switch (tag & 3) {
    case 0:
      return reader.take(1 + (high < 60 ? high : littleEndian(reader.take(high - 59))));
    case 1:
      return { length: 4 + (high & 7), offset: (high >> 3) * 256 + reader.byte() };
    default:
      return { length: 1 + high, offset: littleEndian(reader.take((tag & 3) === 2 ? 2 : 4)) };
  }
}

/** Decodes a raw snappy stream to at most so many bytes. */
export function decodeSnappy(encoded: Uint8Array, mostBytes: number, fail: Fail): Uint8Array {
  const reader = new ByteReader(encoded, fail);
  const length = reader.varint();
  if (length > Math.min(mostBytes, MOST_RATIO * encoded.length))
    throw fail('a block claims more than it can hold');
  const decoded = new Uint8Array(length);
  let at = 0;
  while (reader.left > 0) {
    const element = nextElement(reader);
    if (at + element.length > length) throw fail('a block holds more than it claims');
    if (element instanceof Uint8Array) decoded.set(element, at);
    else {
      const { offset } = element;
      if (offset === 0 || offset > at) throw fail('a block copies what lies outside of it');
      // A copy may overlap what it makes.
      for (let i = 0; i < element.length; i++) decoded[at + i] = decoded[at + i - offset] ?? 0;
    }
    at += element.length;
  }
  if (at !== length) throw fail('a block holds less than it claims');
  return decoded;
}
