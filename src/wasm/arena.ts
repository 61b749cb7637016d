import { FloodlightError } from '../core/errors';

const PAGE_BYTES = 2 ** 16;
/** What v128 loads and stores like best, and every number needs at most. */
const ALIGNMENT = 16;
const MOST_BYTES = 2 ** 31;

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** The memory of a module's instance behind its own data: JavaScript owns it and lays out each job's blocks there. */
export class Arena {
  /** Of a growing memory: taken anew whenever it may have grown. */
  private all: Uint8Array<ArrayBuffer>;

  constructor(
    readonly memory: WebAssembly.Memory,
    private readonly baseBytes: number,
  ) {
    this.all = new Uint8Array(memory.buffer as ArrayBuffer);
  }

  get sizeBytes(): number {
    return this.memory.buffer.byteLength;
  }

  /**
   * Where blocks of these sizes lie, one after the other, until the next call. Grows the memory as needed;
   * BUDGET_EXCEEDED past 2 GiB, or where the browser gives no more.
   */
  layout<const Sizes extends readonly number[]>(sizesBytes: Sizes): { [I in keyof Sizes]: number } {
    let end = aligned(this.baseBytes);
    const blocks = sizesBytes.map((size) => {
      const at = end;
      end += aligned(size);
      return at;
    });
    this.reserve(end);
    return blocks as { [I in keyof Sizes]: number };
  }

  /** A view of some bytes; stale after the next `layout`. */
  bytes(at: number, lengthBytes: number): Uint8Array<ArrayBuffer> {
    return this.all.subarray(at, at + lengthBytes);
  }

  private reserve(endBytes: number): void {
    const missing = endBytes - this.sizeBytes;
    if (missing <= 0) return;
    try {
      if (endBytes > MOST_BYTES) throw new RangeError('more than 2 GiB');
      this.memory.grow(Math.ceil(missing / PAGE_BYTES));
    } catch (error) {
      const fields = { what: 'WebAssembly', neededBytes: endBytes, budgetBytes: MOST_BYTES };
      throw new FloodlightError('BUDGET_EXCEEDED', fields, error);
    }
    this.all = new Uint8Array(this.memory.buffer as ArrayBuffer);
  }
}
