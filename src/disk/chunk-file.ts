import type { ByteFile } from '../core/byte-file';
import {
  BLOCK_BYTES,
  BlockMap,
  blocksFor,
  countBlocks,
  endOf,
  type Runs,
  runsOf,
} from './block-map';
import { type Change, type Entry, encodeChange, Journal, recordBytes, writeAll } from './journal';
import { xxh32 } from './xxh32';

/** Of a limit: what the journal may take, and what one chunk may. */
const JOURNAL_SHARE = 1 / 16;
const LARGEST_SHARE = 1 / 4;
/** The journal is rewritten when it is twice as long as it need be, and longer than this. */
const LEAST_JOURNAL_BYTES = 2 ** 16;
/** Of 256 GiB. */
const MOST_BLOCKS = 2 ** 26;
/** Uses are written once there are so many, or along with the next change. */
const MOST_UNWRITTEN = 64;

/**
 * Chunks by key (of ASCII) in two files that together never take more than a limit: one of blocks, and a journal of what lies
 * where. The least recently used make room. What is read is what was put, or nothing: each chunk is checked against its
 * checksum, so a crash or a damaged file can do no worse than lose chunks. Any call may throw as the files do, with
 * QuotaExceededError where the disk is full; after a restart an older chunk of a key may be back then.
 */
export class ChunkFile {
  /** The least recently used first. */
  private readonly entries = new Map<string, Entry>();
  private readonly blocks: BlockMap;
  private readonly journal: Journal;
  /** What a journal of nothing but the entries would take. */
  private neededJournalBytes = 0;
  private unwritten: Uint8Array[] = [];
  /** Whether what lies in the journal can no longer be added to. */
  private isJournalLost = false;
  private dataBytes: number;

  constructor(
    private readonly data: ByteFile,
    journal: ByteFile,
    private limitBytes: number,
  ) {
    this.dataBytes = data.getSize();
    this.blocks = new BlockMap(MOST_BLOCKS);
    this.journal = new Journal(journal);
    for (const change of this.journal.read()) this.replay(change);
    // Not in the replay: what has been moved since may have lain past the end that the file has now.
    const endBlock = blocksFor(this.dataBytes);
    for (const [key, entry] of this.entries)
      if (endOf(entry.runs) > endBlock) this.drop(key, entry);
    this.setLimit(limitBytes);
  }

  /** What both files take. */
  get sizeBytes(): number {
    return this.dataBytes + this.journal.sizeBytes;
  }

  get size(): number {
    return this.entries.size;
  }

  /** A chunk's bytes; null where it is known that there is none; undefined where nothing is known, at `seconds` since 1970. */
  get(key: string, seconds: number): Uint8Array<ArrayBuffer> | null | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    const bytes = entry.expires > seconds ? this.read(entry) : undefined;
    if (bytes === undefined) {
      this.drop(key, entry);
    } else {
      this.entries.delete(key);
      this.entries.set(key, entry);
      this.unwritten.push(encodeChange({ kind: 'used', key }));
    }
    if (this.unwritten.length > MOST_UNWRITTEN) this.write();
    return bytes;
  }

  /** Keeps a chunk, or that there is none, until `expires` (seconds since 1970), in place of what was kept; a large one is not. */
  put(key: string, bytes: Uint8Array | null, expires: number): void {
    const blocks = blocksFor(bytes?.length ?? 0);
    const before = this.entries.get(key);
    if (before) this.drop(key, before);
    if (this.mostBlocks === 0 || blocks > this.mostBlocks * LARGEST_SHARE) return;
    this.dropWhile(() => this.blocks.usedBlocks + blocks > this.mostBlocks);
    const runs = this.blocks.take(blocks);
    if (!runs) return;
    try {
      if (bytes) this.writeRuns(runs, bytes);
    } catch (error) {
      this.blocks.free(runs);
      throw error;
    }
    const entry = { runs, sizeBytes: bytes?.length ?? 0, checksum: bytes && xxh32(bytes), expires };
    this.entries.set(key, entry);
    this.neededJournalBytes += recordBytes(key, entry);
    this.unwritten.push(encodeChange({ kind: 'kept', key, entry }));
    this.fitJournal();
    this.write();
  }

  /** When what is kept of a key expires, in seconds since 1970; undefined where nothing is. */
  expiryOf(key: string): number | undefined {
    return this.entries.get(key)?.expires;
  }

  /** Drops all chunks whose keys begin so. */
  dropAll(start: string): void {
    for (const [key, entry] of this.entries) if (key.startsWith(start)) this.drop(key, entry);
    this.write();
  }

  /** Makes both files fit into a limit from now on. */
  setLimit(bytes: number): void {
    this.limitBytes = bytes;
    this.blocks.limitBlocks = this.mostBlocks;
    this.dropWhile(() => this.blocks.usedBlocks > this.mostBlocks);
    for (const [key, entry] of this.entries)
      if (endOf(entry.runs) > this.mostBlocks) this.move(key, entry);
    this.fitJournal();
    this.dataBytes = this.blocks.endBlock * BLOCK_BYTES;
    this.data.truncate(this.dataBytes);
    this.write();
  }

  clear(): void {
    for (const [key, entry] of this.entries) this.forget(key, entry);
    this.unwritten = [];
    this.journal.rewrite([]);
    this.isJournalLost = false;
    this.dataBytes = 0;
    this.data.truncate(0);
  }

  private get mostBlocks(): number {
    return Math.floor((this.limitBytes * (1 - JOURNAL_SHARE)) / BLOCK_BYTES);
  }

  private get mostJournalBytes(): number {
    return Math.floor(this.limitBytes * JOURNAL_SHARE);
  }

  /** Takes a change of an earlier session over, where it can be: its blocks are nobody else's. */
  private replay(change: Change): void {
    const { key } = change;
    const before = this.entries.get(key);
    if (change.kind === 'used') {
      if (before) this.entries.delete(key);
      if (before) this.entries.set(key, before);
      return;
    }
    if (before && change.kind === 'moved') this.release(key, before);
    else if (before) this.forget(key, before);
    if (!('entry' in change)) return;
    const { entry } = change;
    if (countBlocks(entry.runs) === blocksFor(entry.sizeBytes) && this.blocks.claim(entry.runs)) {
      this.entries.set(key, entry);
      this.neededJournalBytes += recordBytes(key, entry);
    } else {
      this.entries.delete(key);
    }
  }

  /** Brings a chunk that reaches past the limit below it, where there is room enough. */
  private move(key: string, entry: Entry): void {
    const bytes = this.read(entry);
    this.release(key, entry);
    const runs = bytes && this.blocks.take(blocksFor(bytes.length));
    if (!runs) {
      this.entries.delete(key);
      this.unwritten.push(encodeChange({ kind: 'dropped', key }));
      return;
    }
    const moved = { ...entry, runs };
    this.entries.set(key, moved);
    this.neededJournalBytes += recordBytes(key, moved);
    this.unwritten.push(encodeChange({ kind: 'moved', key, entry: moved }));
    this.writeRuns(runs, bytes);
  }

  private drop(key: string, entry: Entry): void {
    this.forget(key, entry);
    this.unwritten.push(encodeChange({ kind: 'dropped', key }));
  }

  /** Drops the least recently used ones while a condition holds. */
  private dropWhile(isTooMuch: () => boolean): void {
    for (const [key, entry] of this.entries) {
      if (!isTooMuch()) return;
      this.drop(key, entry);
    }
  }

  private forget(key: string, entry: Entry): void {
    this.release(key, entry);
    this.entries.delete(key);
  }

  /** What an entry takes, but not its place among the others. */
  private release(key: string, entry: Entry): void {
    this.blocks.free(entry.runs);
    this.neededJournalBytes -= recordBytes(key, entry);
  }

  /** Undefined where the file no longer holds what was written. */
  private read({ runs, sizeBytes, checksum }: Entry): Uint8Array<ArrayBuffer> | null | undefined {
    if (checksum === null) return null;
    const bytes = new Uint8Array(sizeBytes);
    let at = 0;
    for (const [first, count] of runsOf(runs)) {
      const part = bytes.subarray(at, at + count * BLOCK_BYTES);
      if (this.data.read(part, { at: first * BLOCK_BYTES }) !== part.length) return undefined;
      at += part.length;
    }
    return xxh32(bytes) === checksum ? bytes : undefined;
  }

  private writeRuns(runs: Runs, bytes: Uint8Array): void {
    let from = 0;
    for (const [first, count] of runsOf(runs)) {
      const part = bytes.subarray(from, from + count * BLOCK_BYTES);
      writeAll(this.data, part, first * BLOCK_BYTES);
      from += part.length;
      this.dataBytes = Math.max(this.dataBytes, (first + count) * BLOCK_BYTES);
    }
  }

  private fitJournal(): void {
    this.dropWhile(() => this.neededJournalBytes > this.mostJournalBytes / 2);
  }

  private write(): void {
    const { unwritten, journal } = this;
    const bytes = unwritten.reduce((sum, { length }) => sum + length, journal.sizeBytes);
    const most = Math.max(LEAST_JOURNAL_BYTES, 2 * this.neededJournalBytes);
    if (this.isJournalLost || bytes > Math.min(most, this.mostJournalBytes)) {
      this.isJournalLost = true;
      this.unwritten = [];
      journal.rewrite(
        [...this.entries].map(([key, entry]) => encodeChange({ kind: 'kept', key, entry })),
      );
      this.isJournalLost = false;
    } else if (unwritten.length > 0) {
      journal.append(unwritten);
      this.unwritten = [];
    }
  }
}
