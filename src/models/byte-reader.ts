/** Makes the error of what cannot be read, for a reason. */
export type Fail = (reason: string) => Error;

const VARINT_BYTES = 10;

/** Reads bytes one after the other, numbers little-endian; what would lie beyond them is thrown as `fail` makes it. */
export class ByteReader {
  private at = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly fail: Fail,
  ) {}

  get left(): number {
    return this.bytes.length - this.at;
  }

  byte(): number {
    return this.take(1)[0] ?? 0;
  }

  uint32(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.take(4);
    return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
  }

  /** Seven bits a byte, the lowest first, up to 2^64; inexact from 2^53 on, where no size can be in order. */
  varint(): number {
    let value = 0;
    for (let index = 0; index < VARINT_BYTES; index++) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value;
    }
    throw this.fail('a number in it does not end');
  }

  /** The next bytes, as they lie there. */
  take(length: number): Uint8Array {
    if (!(length <= this.left)) throw this.fail('it ends too early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}
