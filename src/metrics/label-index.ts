import { type VoxelArray, viewAs } from '../core/dtype';

const WORD = 2 ** 32;
/** Slots are at most so full. */
const MOST_FULL = 0.5;

/** The two words of an id spread over all bits (MurmurHash3's finaliser). */
function hashOf(low: number, high: number): number {
  let hash = low ^ Math.imul(high, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * Indices for the ids of a label array, from 1 on in the order in which they are met; 0 is 0. Every bit of ids of 64 bits counts;
 * a negative id is the one of 64 bits that has its bits.
 */
export class LabelIndex {
  private slots = new Uint32Array(1024);
  private low = new Uint32Array(512);
  private high = new Uint32Array(512);
  /** How many indices there are, that of 0 included. */
  count = 1;

  get bytes(): number {
    return 4 * (this.slots.length + this.low.length + this.high.length);
  }

  /** The id that has an index. */
  idOf(index: number): bigint {
    return BigInt(this.high[index] ?? 0) * BigInt(WORD) + BigInt(this.low[index] ?? 0);
  }

  /** Writes the index of each label, which must be integers, into an array as long. */
  indicesOf(labels: VoxelArray, indices: Uint32Array): void {
    if (labels instanceof BigUint64Array || labels instanceof BigInt64Array)
      this.indicesOfWide(viewAs('uint32', labels), indices);
    else this.indicesOfNarrow(labels, indices);
  }

  private indicesOfNarrow(
    labels: Exclude<VoxelArray, BigUint64Array | BigInt64Array>,
    indices: Uint32Array,
  ): void {
    let last = 0;
    let index = 0;
    for (let i = 0; i < labels.length; i++) {
      const label = labels[i] ?? 0;
      if (label !== last) {
        last = label;
        index = this.indexOf(label >>> 0, label < 0 ? WORD - 1 : 0);
      }
      indices[i] = index;
    }
  }

  /** Of ids of 64 bits, as pairs of words, the lower one first. */
  private indicesOfWide(words: Uint32Array, indices: Uint32Array): void {
    let lastLow = 0;
    let lastHigh = 0;
    let index = 0;
    for (let i = 0; i < indices.length; i++) {
      const low = words[2 * i] ?? 0;
      const high = words[2 * i + 1] ?? 0;
      if (low !== lastLow || high !== lastHigh) {
        lastLow = low;
        lastHigh = high;
        index = this.indexOf(low, high);
      }
      indices[i] = index;
    }
  }

  private indexOf(low: number, high: number): number {
    if (low === 0 && high === 0) return 0;
    const mask = this.slots.length - 1;
    for (let slot = hashOf(low, high) & mask; ; slot = (slot + 1) & mask) {
      const index = this.slots[slot] ?? 0;
      if (index === 0) return this.add(low, high, slot);
      if (this.low[index] === low && this.high[index] === high) return index;
    }
  }

  private add(low: number, high: number, slot: number): number {
    const index = this.count++;
    if (index === this.low.length) {
      this.low = grown(this.low);
      this.high = grown(this.high);
    }
    this.low[index] = low;
    this.high[index] = high;
    this.slots[slot] = index;
    if (this.count > this.slots.length * MOST_FULL) this.rehash();
    return index;
  }

  private rehash(): void {
    const slots = new Uint32Array(2 * this.slots.length);
    const mask = slots.length - 1;
    for (let index = 1; index < this.count; index++) {
      let slot = hashOf(this.low[index] ?? 0, this.high[index] ?? 0) & mask;
      while (slots[slot]) slot = (slot + 1) & mask;
      slots[slot] = index;
    }
    this.slots = slots;
  }
}

function grown(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * array.length);
  larger.set(array);
  return larger;
}
