import { instantiate } from '../../wasm/module';
import { type StatusName, statusName } from '../../wasm/status';
import { testModule } from '../../wasm/testing';

/** The codecs with SIMD, and their scalar twins. */
export const CODEC_MODULES = ['codecs', 'codecs.scalar'] as const;

const GUARD = new Uint8Array(64).fill(0xa5);

/** A block of a call: bytes, which must stay as they are, or room for so many. */
type Block = Uint8Array | number;

/** Functions of wasm/codecs, called with blocks between guards: an error where one writes what it may not. */
export class GuardedCodecs {
  private readonly instance;

  constructor(name: (typeof CODEC_MODULES)[number]) {
    this.instance = instantiate<string>(testModule(name));
  }

  /** Calls `run` with where the blocks lie. Returns the status, or the first `result` bytes of block `of`. */
  blocks(
    blocks: readonly Block[],
    of: number,
    run: (...at: number[]) => number,
  ): Uint8Array | StatusName {
    const { arena } = this.instance;
    const lengths = blocks.map((block) => (typeof block === 'number' ? block : block.length));
    const places = arena.layout(lengths.map((length) => length + GUARD.length));
    const place = (index: number) => places[index] ?? 0;
    const guard = (index: number) =>
      arena.bytes(place(index) + (lengths[index] ?? 0), GUARD.length);
    blocks.forEach((block, index) => {
      if (typeof block !== 'number') arena.bytes(place(index), block.length).set(block);
      guard(index).set(GUARD);
    });
    const result = run(...places);
    blocks.forEach((block, index) => {
      const isKept =
        typeof block === 'number' ||
        Buffer.compare(arena.bytes(place(index), block.length), block) === 0;
      if (!isKept || Buffer.compare(guard(index), GUARD) !== 0)
        throw new Error(`block ${index} was written to`);
    });
    return statusName(result) ?? arena.bytes(place(of), result).slice();
  }

  /** Writes to a block that is room. */
  fill(at: number, bytes: Uint8Array): void {
    this.instance.arena.bytes(at, bytes.length).set(bytes);
  }

  /** A function by its name. */
  call(name: string, ...numbers: number[]): number {
    const called = this.instance.call[name];
    if (!called) throw new Error(`There is no ${name}.`);
    return called(...numbers);
  }

  blosc(encoded: Uint8Array, capacity: number): Uint8Array | StatusName {
    const needed = { bytes: 0 };
    const failed = this.blocks([encoded], 0, (src = 0) => {
      needed.bytes = this.call('blosc_scratch', src, encoded.length, capacity);
      return Math.min(needed.bytes, 0);
    });
    if (typeof failed === 'string') return failed;
    return this.blocks([encoded, capacity, needed.bytes], 1, (src = 0, dst = 0, scratch = 0) =>
      this.call('blosc_decode', src, encoded.length, dst, capacity, scratch, needed.bytes),
    );
  }

  zstd(encoded: Uint8Array, capacity: number): Uint8Array | StatusName {
    const needed = this.call('zstd_decode_scratch');
    return this.blocks([encoded, capacity, needed], 1, (src = 0, dst = 0, scratch = 0) =>
      this.call('zstd_decode', src, encoded.length, dst, capacity, scratch, needed),
    );
  }

  lz4(encoded: Uint8Array, capacity: number): Uint8Array | StatusName {
    return this.blocks([encoded, capacity], 1, (src = 0, dst = 0) =>
      this.call('lz4_decode', src, encoded.length, dst, capacity),
    );
  }

  encodeZstd(bytes: Uint8Array, level: number, checksum: boolean): Uint8Array | StatusName {
    const bound = this.call('zstd_encode_bound', bytes.length);
    const needed = this.call('zstd_encode_scratch', level, bytes.length);
    return this.blocks([bytes, bound, needed], 1, (src = 0, dst = 0, scratch = 0) =>
      this.call(
        'zstd_encode',
        ...[src, bytes.length, dst, bound, level, Number(checksum), scratch, needed],
      ),
    );
  }

  /** Elements of so many bytes; shuffle 0, 1 or 2 as in blosc. */
  encodeBlosc(
    bytes: Uint8Array,
    elementBytes: number,
    shuffle: number,
    level: number,
  ): Uint8Array | StatusName {
    const bound = this.call('blosc_encode_bound', bytes.length);
    const needed = this.call('blosc_encode_scratch', bytes.length, elementBytes, level);
    return this.blocks([bytes, bound, needed], 1, (src = 0, dst = 0, scratch = 0) =>
      this.call(
        'blosc_encode',
        ...[src, bytes.length, dst, bound, elementBytes, shuffle, level, scratch, needed],
      ),
    );
  }
}
