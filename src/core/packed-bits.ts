import { type Box, isEmpty, union } from './box';
import { BRICK_EDGE, type BrickKey, brickOfKey } from './brick';
import { type Bits, BRICK_WORDS, countBits } from './brick-bits';
import { add, scale, type Zyx } from './vec';

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

/** Masks, and what is not 0 of them and of the words, while a brick is packed or unpacked. */
const data = new Uint8Array(WORD_BYTES);
const mask = new Uint8Array(MASK_BYTES);
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

/** Writes the bytes of `rest` that are not 0 to `data` from `to` on; returns which they are, as bits from `bit` on. */
function packWord(word: number, bit: number, to: number): number {
  let marks = 0;
  let end = to;
  for (let rest = word, mark = bit; rest !== 0; rest >>>= 8, mark <<= 1) {
    if ((rest & 0xff) === 0) continue;
    marks |= mark;
    data[end++] = rest;
  }
  return marks;
}

/** The compressed form: the root mask, then what is not 0 of the middle mask, of the mask, and of the words' differences. */
export function packWords(bits: Bits): Uint8Array<ArrayBuffer> {
  let dataEnd = 0;
  let before = 0;
  for (let i = 0; i < BRICK_WORDS; i += 2) {
    const first = bits[i] ?? 0;
    const second = bits[i + 1] ?? 0;
    let marks = 0;
    if (first !== before) {
      marks = packWord((first ^ before) >>> 0, 1, dataEnd);
      dataEnd += countBits(marks);
    }
    if (second !== first) {
      const more = packWord((second ^ first) >>> 0, 16, dataEnd);
      dataEnd += countBits(more);
      marks |= more;
    }
    mask[i >> 1] = marks;
    before = second;
  }
  const maskEnd = leaveZerosOut(mask, middle, maskBytes);
  const middleEnd = leaveZerosOut(middle, root, middleBytes);
  const packed = new Uint8Array(ROOT_BYTES + middleEnd + maskEnd + dataEnd);
  packed.set(root);
  packed.set(middleBytes.subarray(0, middleEnd), ROOT_BYTES);
  packed.set(maskBytes.subarray(0, maskEnd), ROOT_BYTES + middleEnd);
  packed.set(data.subarray(0, dataEnd), ROOT_BYTES + middleEnd + maskEnd);
  return packed;
}

/** Undoes `leaveZerosOut`: fills `target`, from `at` of the packed bytes on; returns where it ended. */
function putZerosBack(
  packed: Uint8Array,
  at: number,
  marks: Uint8Array,
  target: Uint8Array,
): number {
  let from = at;
  for (let i = 0; i < marks.length; i++) {
    const bits = marks[i] ?? 0;
    if (bits === 0) {
      target.fill(0, i * 8, i * 8 + 8);
      continue;
    }
    for (let j = 0; j < 8; j++) target[i * 8 + j] = (bits >> j) & 1 ? (packed[from++] ?? 0) : 0;
  }
  return from;
}

/** The words that `packWords` compressed. */
export function unpackWords(packed: Uint8Array): Bits {
  const bits: Bits = new Uint32Array(BRICK_WORDS);
  const maskAt = putZerosBack(packed, ROOT_BYTES, packed.subarray(0, ROOT_BYTES), middle);
  let at = putZerosBack(packed, maskAt, middle, mask);
  let before = 0;
  for (let i = 0; i < BRICK_WORDS; i += 2) {
    const marks = mask[i >> 1] ?? 0;
    if (marks === 0) {
      bits[i] = before;
      bits[i + 1] = before;
      continue;
    }
    for (let half = 0; half < 2; half++) {
      const nibble = (marks >> (4 * half)) & 15;
      let word = 0;
      if (nibble & 1) word = packed[at++] ?? 0;
      if (nibble & 2) word |= (packed[at++] ?? 0) << 8;
      if (nibble & 4) word |= (packed[at++] ?? 0) << 16;
      if (nibble & 8) word |= (packed[at++] ?? 0) << 24;
      before = (before ^ word) >>> 0;
      bits[i + half] = before;
    }
  }
  return bits;
}

/** How many voxels are set, and their box. */
export function measureWords(bits: Bits): { voxels: number; box: Box } {
  let voxels = 0;
  let [firstZ, firstY, endZ, endY] = [64, 64, 0, 0];
  /** Which columns of x hold any, low and high half. */
  let [low, high] = [0, 0];
  for (let word = 0; word < BRICK_WORDS; word++) {
    const value = bits[word] ?? 0;
    if (value === 0) continue;
    voxels += countBits(value);
    // As `voxelOfWord` has it, without a list for each word.
    const z = ((word >> 12) << 5) | ((word >> 5) & 31);
    const y = (((word >> 11) & 1) << 5) | (word & 31);
    if (z < firstZ) firstZ = z;
    if (z >= endZ) endZ = z + 1;
    if (y < firstY) firstY = y;
    if (y >= endY) endY = y + 1;
    if (word & 1024) high |= value;
    else low |= value;
  }
  if (voxels === 0) return { voxels, box: { originZyx: [0, 0, 0], shapeZyx: [0, 0, 0] } };
  const firstX = low !== 0 ? lowest(low) : 32 + lowest(high);
  const endX = high !== 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(low);
  const originZyx: Zyx = [firstZ, firstY, firstX];
  return { voxels, box: { originZyx, shapeZyx: [endZ - firstZ, endY - firstY, endX - firstX] } };
}

const lowest = (bits: number): number => 31 - Math.clz32(bits & -bits);

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
