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
/** A file with more holes than this, and than what it holds, is packed tight. */
const MOST_HOLE_BYTES = 2 ** 24;

/** What packed bits take, in bytes. */
export const packedBytes = ({ bytes, place }: PackedBits): number =>
  OBJECT_BYTES + (bytes?.length ?? place?.length ?? 0);

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
      for (const packed of inMemory) {
        if (memoryBytes <= TRIM_TO * this.budgetBytes) break;
        if (!this.moveOut(packed, this.file)) break;
        memoryBytes -= packed.place?.length ?? 0;
      }
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

  private moveOut(packed: PackedBits, file: ByteFile): boolean {
    const { bytes } = packed;
    if (!bytes) return true;
    try {
      if (this.fileEnd + bytes.length > this.fileBudgetBytes)
        throw new DOMException('The budget of the disk is used up', 'QuotaExceededError');
      const written = file.write(bytes, { at: this.fileEnd });
      if (written < bytes.length) throw new DOMException('The disk is full', 'QuotaExceededError');
    } catch (error) {
      this.failure = error;
      return false;
    }
    this.failure = undefined;
    packed.place = { at: this.fileEnd, length: bytes.length };
    packed.bytes = undefined;
    this.fileEnd += bytes.length;
    return true;
  }

  /** Moves what is held down over what is not, in order, so that nothing is written over before it was read. */
  private closeHoles(held: readonly PackedBits[], file: ByteFile): void {
    const placed = held.filter(({ place }) => place);
    const heldBytes = placed.reduce((sum, { place }) => sum + (place?.length ?? 0), 0);
    if (this.fileEnd - heldBytes <= Math.max(this.mostHoleBytes, heldBytes)) return;
    let end = 0;
    for (const packed of placed.sort((a, b) => (a.place?.at ?? 0) - (b.place?.at ?? 0))) {
      const bytes = this.readBack(packed);
      file.write(bytes, { at: end });
      packed.place = { at: end, length: bytes.length };
      end += bytes.length;
    }
    this.fileEnd = end;
    file.truncate(end);
  }
}

const memoryOf = ({ bytes }: PackedBits): number => OBJECT_BYTES + (bytes?.length ?? 0);
