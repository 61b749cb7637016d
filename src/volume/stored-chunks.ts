/** Chunks so many times smaller as stored than decoded are kept. */
const LEAST_RATIO = 16;

/**
 * Chunks as they are stored, of those that are small so: labels and masks hardly take more than a hundredth of what they are
 * decoded to. When what is decoded makes room for others, a chunk that is wanted again needs no server then, whose answer
 * costs as much processor time as decoding does. Least recently used dropped first once they exceed `limitBytes`.
 */
export class StoredChunks {
  private heldBytes = 0;
  /** Insertion order is order of use. */
  private readonly chunks = new Map<string, Uint8Array>();

  constructor(private limitBytes: number) {}

  get bytes(): number {
    return this.heldBytes;
  }

  /** Changes what they may take; those over it go at once. */
  setLimit(limitBytes: number): void {
    this.limitBytes = limitBytes;
    this.trim();
  }

  /** The bytes of a chunk, in an array of their own. */
  get(key: string): Uint8Array | undefined {
    const held = this.chunks.get(key);
    if (!held) return undefined;
    this.chunks.delete(key);
    this.chunks.set(key, held);
    return held.slice();
  }

  /** Keeps a copy of a chunk's bytes, if they are few for what it is decoded to. */
  put(key: string, bytes: Uint8Array, decodedBytes: number): void {
    this.forget(key);
    if (bytes.length * LEAST_RATIO > decodedBytes) return;
    this.chunks.set(key, bytes.slice());
    this.heldBytes += bytes.length;
    this.trim();
  }

  /** Lets go of all chunks whose keys begin so: one of them cannot be decoded. */
  forgetAll(start: string): void {
    for (const key of this.chunks.keys()) if (key.startsWith(start)) this.forget(key);
  }

  private forget(key: string): void {
    this.heldBytes -= this.chunks.get(key)?.length ?? 0;
    this.chunks.delete(key);
  }

  private trim(): void {
    for (const key of this.chunks.keys()) {
      if (this.heldBytes <= this.limitBytes) return;
      this.forget(key);
    }
  }
}
