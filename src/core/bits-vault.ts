import type { Bits } from './brick-bits';
import type { ByteFile } from './byte-file';
import { FloodlightError } from './errors';
import { measureWords, type PackedBits, packWords, unpackWords, visitWords } from './packed-bits';

/** What an object, its array and its place in a map take besides the bytes, about. */
const OBJECT_BYTES = 256;
/** A trim moves so much more than it must, so that the next one is not due at once. */
const TRIM_TO = 0.75;
/**
 * A trim is due when so much of the budget was added since the last one, or of what objects take that are held: a trim looks at
 * each of these, so that with more of them it must come less often.
 */
const TRIM_DUE = 0.125;
/** Written at once: each write is a call of the system or, in a private window, a message to the browser's process. */
const MOST_BLOCK_BYTES = 2 ** 18;
/** A file with more holes than this, and than what it holds, is packed tight. */
const MOST_HOLE_BYTES = 2 ** 24;

const lengthOf = ({ bytes, place }: PackedBits): number => bytes?.length ?? place?.length ?? 0;

/** What packed bits take, in bytes. */
export const packedBytes = (packed: PackedBits): number => OBJECT_BYTES + lengthOf(packed);

/**
 * Where the segmentation's bits are kept: compressed in memory up to a budget, the least recently used beyond it in a file.
 * It holds nothing itself: who trims it says what is still held, and the room of all else in the file is used again.
 */
export class BitsVault {
  private clock = 0;
  private addedBytes = 0;
  /** What was left in memory by the last trim, and how many were held then. */
  private trimmed = { bytes: 0, count: 0 };
  private fileEnd = 0;
  /** Why nothing more goes to the file; what is in it can still be read. */
  private failure: unknown;

  constructor(
    /** What bits may take in memory, and of the file. */
    public budgetBytes = Number.POSITIVE_INFINITY,
    private readonly file?: ByteFile,
    public fileBudgetBytes = Number.POSITIVE_INFINITY,
    private readonly mostHoleBytes = MOST_HOLE_BYTES,
  ) {}

  /** What bits take in memory; those let go of count until the next trim. */
  get memoryBytes(): number {
    return this.trimmed.bytes + this.addedBytes;
  }

  /** Bytes of the file. */
  get fileBytes(): number {
    return this.fileEnd;
  }

  /** What kept bits from being moved to the file last; undefined when nothing did. */
  get fileFailure(): unknown {
    return this.failure;
  }

  pack(bits: Bits): PackedBits {
    const bytes = packWords(bits);
    const packed = { ...measureWords(bits), bytes, place: undefined, usedAt: this.clock++ };
    this.addedBytes += packedBytes(packed);
    return packed;
  }

  /** The bits as they were packed, in an array of their own. */
  unpack(packed: PackedBits): Bits {
    return unpackWords(this.bytesOf(packed));
  }

  /** Visits the words of the bits that are not 0, in order, as signed numbers. */
  visit(packed: PackedBits, visit: (word: number, bits: number) => void): void {
    visitWords(this.bytesOf(packed), visit);
  }

  /** Whether so much was added that it is time to trim. */
  get isTrimDue(): boolean {
    const objectBytes = this.trimmed.count * OBJECT_BYTES;
    return this.addedBytes > TRIM_DUE * Math.max(this.budgetBytes, objectBytes);
  }

  /**
   * Moves the least recently used to the file until those in memory take no more than the budget; `held` are all that
   * anybody holds. Returns what they take in memory then: more than the budget where the file takes no more.
   */
  trim(held: Iterable<PackedBits>): number {
    const all = [...new Set(held)];
    this.addedBytes = 0;
    let memoryBytes = 0;
    for (const packed of all) memoryBytes += memoryOf(packed);
    if (memoryBytes > this.budgetBytes && this.file) {
      this.closeHoles(all, this.file);
      const inMemory = all.filter(({ bytes }) => bytes).sort((a, b) => a.usedAt - b.usedAt);
      const needed = memoryBytes - TRIM_TO * this.budgetBytes;
      memoryBytes -= this.moveOut(leastOf(inMemory, needed), this.file);
    }
    this.trimmed = { bytes: memoryBytes, count: all.length };
    return memoryBytes;
  }

  private bytesOf(packed: PackedBits): Uint8Array {
    packed.usedAt = this.clock++;
    return packed.bytes ?? this.readBack(packed);
  }

  private readBack({ place }: PackedBits): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(place?.length ?? 0);
    const read = this.file?.read(bytes, { at: place?.at ?? 0 }) ?? 0;
    if (read < bytes.length)
      throw new FloodlightError('INTERNAL', { reason: 'bits on the disk could not be read back' });
    return bytes;
  }

  /** Moves packed bits from memory to the end of the file, as far as that takes them; returns how many bytes. */
  private moveOut(packed: readonly PackedBits[], file: ByteFile): number {
    const start = this.fileEnd;
    this.failure = undefined;
    try {
      for (const block of blocksOf(packed, MOST_BLOCK_BYTES)) {
        const room = this.fileBudgetBytes - this.fileEnd;
        const [fitting = []] = blocksOf(block, room);
        if (fitting.length > 0) this.fileEnd = this.writeBlock(fitting, file, this.fileEnd);
        if (fitting.length < block.length)
          throw new DOMException('The budget of the disk is used up', 'QuotaExceededError');
      }
    } catch (error) {
      this.failure = error;
    }
    return this.fileEnd - start;
  }

  /** Writes packed bits one behind the other, and returns where they end; where that fails they are where they were. */
  private writeBlock(block: readonly PackedBits[], file: ByteFile, at: number): number {
    const bytes = new Uint8Array(block.reduce((sum, packed) => sum + lengthOf(packed), 0));
    const places = new Map<PackedBits, { at: number; length: number }>();
    let end = 0;
    for (const packed of block) {
      const own = packed.bytes ?? this.readBack(packed);
      bytes.set(own, end);
      places.set(packed, { at: at + end, length: own.length });
      end += own.length;
    }
    const written = file.write(bytes, { at });
    if (written < bytes.length) throw new DOMException('The disk is full', 'QuotaExceededError');
    for (const [packed, place] of places) {
      packed.place = place;
      packed.bytes = undefined;
    }
    return at + end;
  }

  /** Moves what is held down over what is not, in order, so that nothing is written over before it was read. */
  private closeHoles(held: readonly PackedBits[], file: ByteFile): void {
    const placed = held.filter(({ place }) => place);
    const heldBytes = placed.reduce((sum, { place }) => sum + (place?.length ?? 0), 0);
    if (this.fileEnd - heldBytes <= Math.max(this.mostHoleBytes, heldBytes)) return;
    placed.sort((a, b) => (a.place?.at ?? 0) - (b.place?.at ?? 0));
    let end = 0;
    for (const block of blocksOf(placed, MOST_BLOCK_BYTES)) end = this.writeBlock(block, file, end);
    this.fileEnd = end;
    file.truncate(end);
  }
}

/** As many of the first as it takes to make up so many bytes. */
function leastOf(packed: readonly PackedBits[], bytes: number): readonly PackedBits[] {
  let sum = 0;
  const end = packed.findIndex((each) => {
    const isEnough = sum >= bytes;
    sum += lengthOf(each);
    return isEnough;
  });
  return end < 0 ? packed : packed.slice(0, end);
}

/** Runs of no more than so many bytes; what is larger by itself is left out, with all behind it. */
function* blocksOf(
  packed: readonly PackedBits[],
  mostBytes: number,
): Generator<readonly PackedBits[]> {
  let start = 0;
  let bytes = 0;
  for (const [index, each] of packed.entries()) {
    const length = lengthOf(each);
    if (bytes + length > mostBytes) {
      if (index > start) yield packed.slice(start, index);
      if (length > mostBytes) return;
      [start, bytes] = [index, 0];
    }
    bytes += length;
  }
  if (packed.length > start) yield packed.slice(start);
}

const memoryOf = ({ bytes }: PackedBits): number => OBJECT_BYTES + (bytes?.length ?? 0);
