import { type Box, isEmpty, union } from './box';
import { BRICK_EDGE, type BrickKey, brickOfKey } from './brick';
import { type Bits, BRICK_WORDS, countBits } from './brick-bits';
import { add, scale, subtract, type Zyx } from './vec';

/** Where bytes lie in a file. */
export interface Place {
  readonly at: number;
  readonly length: number;
}

/**
 * The bits of a brick, compressed; what they say never changes. `BitsVault` may move the bytes to a file, and is who unpacks
 * them.
 */
export interface PackedBits {
  readonly voxels: number;
  /** The smallest box that holds them, in the brick's own voxels; empty where there are none. */
  readonly box: Box;
  /** Undefined while they are only in the file. */
  bytes: Uint8Array<ArrayBuffer> | undefined;
  place: Place | undefined;
  /** When they were last made or unpacked, on the vault's clock. */
  usedAt: number;
}

/** A segment's voxels by brick, compressed. */
export type SegmentBits = ReadonlyMap<BrickKey, PackedBits>;

/*
 * Each word is stored as its difference (exclusive or) from the one before, the row above: most are 0 then, or have few bytes
 * that are not. Of these bytes those that are 0 are left out and noted as bits of a mask, a bit a byte; of the mask's bytes
 * likewise, and once more. So an empty brick takes 64 bytes, a full one 70, and noise a ninth more than its 32 KiB.
 */
const WORD_BYTES = BRICK_WORDS * 4;
const MASK_BYTES = WORD_BYTES / 8;
const MIDDLE_BYTES = MASK_BYTES / 8;
const ROOT_BYTES = MIDDLE_BYTES / 8;

/** Masks, and what is not 0 of them and of the words, while a brick is packed. */
const data = new Uint8Array(WORD_BYTES);
const maskBytes = new Uint8Array(MASK_BYTES);
const middle = new Uint8Array(MIDDLE_BYTES);
const middleBytes = new Uint8Array(MIDDLE_BYTES);
const root = new Uint8Array(ROOT_BYTES);

/** Writes the bytes that are not 0 to `target`, and which they are to `marks`; returns how many. */
function leaveZerosOut(bytes: Uint8Array, marks: Uint8Array, target: Uint8Array): number {
  let end = 0;
  for (let i = 0; i < marks.length; i++) {
    let bits = 0;
    for (let j = 0; j < 8; j++) {
      const byte = bytes[i * 8 + j] ?? 0;
      if (byte === 0) continue;
      bits |= 1 << j;
      target[end++] = byte;
    }
    marks[i] = bits;
  }
  return end;
}

/** The same words as signed numbers: of those that do not fit 31 bits engines make floating-point numbers else. */
const signed = ({ buffer, byteOffset, length }: Bits): Int32Array =>
  new Int32Array(buffer, byteOffset, length);

/** Writes a word's bytes that are not 0 to `data` from `to` on. */
function putWord(word: number, marks: number, to: number): void {
  let end = to;
  if (marks & 1) data[end++] = word;
  if (marks & 2) data[end++] = word >> 8;
  if (marks & 4) data[end++] = word >> 16;
  if (marks & 8) data[end] = word >>> 24;
}

/** Which of a word's bytes are not 0, as bits. */
const marksOf = (word: number): number =>
  ((word & 0xff) !== 0 ? 1 : 0) |
  ((word & 0xff00) !== 0 ? 2 : 0) |
  ((word & 0xff0000) !== 0 ? 4 : 0) |
  (word >>> 24 !== 0 ? 8 : 0);

const COUNTS = Uint8Array.from({ length: 16 }, (_, marks) => countBits(marks));

/** The compressed form: the root mask, then what is not 0 of the middle mask, of the mask, and of the words' differences. */
export function packWords(bits: Bits): Uint8Array<ArrayBuffer> {
  const words = signed(bits);
  let [dataEnd, maskEnd, before] = [0, 0, 0];
  for (let group = 0; group < MIDDLE_BYTES; group++) {
    let inGroup = 0;
    for (let pair = 0; pair < 8; pair++) {
      const at = group * 16 + pair * 2;
      const first = words[at] ?? 0;
      const second = words[at + 1] ?? 0;
      let marks = 0;
      if (first !== before) {
        marks = marksOf(first ^ before);
        putWord(first ^ before, marks, dataEnd);
        dataEnd += COUNTS[marks] ?? 0;
      }
      if (second !== first) {
        const more = marksOf(second ^ first);
        putWord(second ^ first, more, dataEnd);
        dataEnd += COUNTS[more] ?? 0;
        marks |= more << 4;
      }
      before = second;
      if (marks === 0) continue;
      maskBytes[maskEnd++] = marks;
      inGroup |= 1 << pair;
    }
    middle[group] = inGroup;
  }
  const middleEnd = leaveZerosOut(middle, root, middleBytes);
  const packed = new Uint8Array(ROOT_BYTES + middleEnd + maskEnd + dataEnd);
  packed.set(root);
  packed.set(middleBytes.subarray(0, middleEnd), ROOT_BYTES);
  packed.set(maskBytes.subarray(0, maskEnd), ROOT_BYTES + middleEnd);
  packed.set(data.subarray(0, dataEnd), ROOT_BYTES + middleEnd + maskEnd);
  return packed;
}

/** How many bits of some bytes are set. */
function countOnes(bytes: Uint8Array, from: number, to: number): number {
  let ones = 0;
  for (let at = from; at < to; at++)
    ones += (COUNTS[(bytes[at] ?? 0) & 15] ?? 0) + (COUNTS[(bytes[at] ?? 0) >> 4] ?? 0);
  return ones;
}

/**
 * Visits the words that are not 0 of those that `packWords` compressed, in order, as signed numbers. What has few of them costs
 * little: stretches of 0 are skipped.
 */
export function visitWords(packed: Uint8Array, visit: (word: number, bits: number) => void): void {
  let middleAt = ROOT_BYTES;
  let maskAt = middleAt + countOnes(packed, 0, ROOT_BYTES);
  let at = maskAt + countOnes(packed, middleAt, maskAt);
  let before = 0;
  for (let octet = 0; octet < ROOT_BYTES; octet++) {
    const groups = packed[octet] ?? 0;
    if (groups === 0 && before === 0) continue;
    for (let group = 0; group < 8; group++) {
      const first = (octet * 8 + group) * 16;
      const pairs = (groups >> group) & 1 ? (packed[middleAt++] ?? 0) : 0;
      if (pairs === 0 && before === 0) continue;
      for (let i = 0; i < 16; i += 2) {
        const marks = (pairs >> (i >> 1)) & 1 ? (packed[maskAt++] ?? 0) : 0;
        for (let half = 0; half < 2; half++) {
          const inWord = (marks >> (4 * half)) & 15;
          if (inWord & 1) before ^= packed[at++] ?? 0;
          if (inWord & 2) before ^= (packed[at++] ?? 0) << 8;
          if (inWord & 4) before ^= (packed[at++] ?? 0) << 16;
          if (inWord & 8) before ^= (packed[at++] ?? 0) << 24;
          if (before !== 0) visit(first + i + half, before);
        }
      }
    }
  }
}

/** The words that `packWords` compressed. */
export function unpackWords(packed: Uint8Array): Bits {
  const bits: Bits = new Uint32Array(BRICK_WORDS);
  const words = signed(bits);
  visitWords(packed, (word, value) => {
    words[word] = value;
  });
  return bits;
}

/** How many voxels are set, and their box. */
export function measureWords(bits: Bits): { voxels: number; box: Box } {
  const words = signed(bits);
  let voxels = 0;
  /** Which planes, rows and columns hold any, as bits: those of the low half, and those of the high one. */
  const planes: Halves = [0, 0];
  const rows: Halves = [0, 0];
  const columns: Halves = [0, 0];
  let at = 0;
  for (let sub = 0; sub < 8; sub++) {
    let [inPlanes, inRows, inColumns] = [0, 0, 0];
    for (let z = 0; z < 32; z++) {
      let inPlane = 0;
      for (let y = 0; y < 32; y++) {
        const word = words[at++] ?? 0;
        if (word === 0) continue;
        inPlane |= word;
        inRows |= 1 << y;
        voxels += word === -1 ? 32 : countBits(word);
      }
      if (inPlane === 0) continue;
      inPlanes |= 1 << z;
      inColumns |= inPlane;
    }
    planes[sub < 4 ? 0 : 1] |= inPlanes;
    rows[(sub & 2) === 0 ? 0 : 1] |= inRows;
    columns[(sub & 1) === 0 ? 0 : 1] |= inColumns;
  }
  if (voxels === 0) return { voxels, box: { originZyx: [0, 0, 0], shapeZyx: [0, 0, 0] } };
  const originZyx: Zyx = [firstOf(planes), firstOf(rows), firstOf(columns)];
  const endZyx: Zyx = [endOf(planes), endOf(rows), endOf(columns)];
  return { voxels, box: { originZyx, shapeZyx: subtract(endZyx, originZyx) } };
}

/** Bits 0 to 31 and 32 to 63. */
type Halves = [low: number, high: number];

const lowest = (bits: number): number => 31 - Math.clz32(bits & -bits);
const firstOf = ([low, high]: Halves): number => (low !== 0 ? lowest(low) : 32 + lowest(high));
const endOf = ([low, high]: Halves): number =>
  high !== 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(low);

/** The smallest box that holds all voxels of a segment; empty at the origin when there are none. */
export function boxOfSegment(segment: SegmentBits): Box {
  let whole: Box | undefined;
  for (const [key, { box }] of segment) {
    if (isEmpty(box)) continue;
    const originZyx = add(scale(brickOfKey(key), BRICK_EDGE), box.originZyx);
    const placed = { originZyx, shapeZyx: box.shapeZyx };
    whole = whole ? union(whole, placed) : placed;
  }
  return whole ?? { originZyx: [0, 0, 0], shapeZyx: [0, 0, 0] };
}
