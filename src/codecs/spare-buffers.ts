const MOST_BYTES = 64 * 2 ** 20;

/**
 * Buffers to be used again, 64 MiB at most unless told otherwise. The first writes to new memory are slow: a new buffer can cost more than the
 * decoding that fills it.
 */
export class SpareBuffers {
  private heldBytes = 0;
  private readonly byLength = new Map<number, ArrayBuffer[]>();

  constructor(private readonly mostBytes = MOST_BYTES) {}

  /** One of exactly this length, whatever is in it; undefined where there is none. */
  take(byteLength: number): ArrayBuffer | undefined {
    const buffer = this.byLength.get(byteLength)?.pop();
    if (buffer) this.heldBytes -= byteLength;
    return buffer;
  }

  /** Keeps a buffer if there is room. */
  give(buffer: ArrayBuffer): void {
    const { byteLength } = buffer;
    if (byteLength === 0 || this.heldBytes + byteLength > this.mostBytes) return;
    this.heldBytes += byteLength;
    const others = this.byLength.get(byteLength);
    if (others) others.push(buffer);
    else this.byLength.set(byteLength, [buffer]);
  }
}
