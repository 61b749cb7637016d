import type { Box } from '../core/box';
import { subtract, type Zyx } from '../core/vec';

/** Slots are at most so full. */
const MOST_FULL = 0.5;

/** Two indices spread over all bits. */
function hashOf(a: number, b: number): number {
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * A sparse contingency table: how many voxels each pair of labels shares, and for each pair a voxel to look at, the middle of the longest
 * run along x that it has. Filled box by box; looks a pair up once a run.
 */
export class Contingency {
  /** How many pairs there are; each array has its entry of a pair at the pair's number, from 0 on. */
  pairs = 0;
  a = new Uint32Array(1024);
  b = new Uint32Array(1024);
  voxels = new Float64Array(1024);
  private longest = new Uint32Array(1024);
  /** C-ordered within `whole`. */
  private middle = new Float64Array(1024);
  /** The number of a pair, and 1; 0 where a slot is free. */
  private slots = new Uint32Array(4096);

  /** Of boxes inside this one. */
  constructor(readonly whole: Box) {}

  get bytes(): number {
    return 28 * this.a.length + 4 * this.slots.length;
  }

  /** Counts the pairs of two arrays of indices of a box, C-ordered. */
  add(a: Uint32Array, b: Uint32Array, box: Box): void {
    const [sizeZ, sizeY, sizeX] = box.shapeZyx;
    const [, wholeY, wholeX] = this.whole.shapeZyx;
    const [fromZ, fromY, fromX] = subtract(box.originZyx, this.whole.originZyx);
    for (let z = 0; z < sizeZ; z++)
      for (let y = 0; y < sizeY; y++) {
        const row = (z * sizeY + y) * sizeX;
        const at = ((fromZ + z) * wholeY + fromY + y) * wholeX + fromX;
        this.addRow(a, b, row, row + sizeX, at - row);
      }
  }

  /** The voxel to look at for a pair. */
  voxelOf(pair: number): Zyx {
    const { originZyx, shapeZyx } = this.whole;
    const middle = this.middle[pair] ?? 0;
    const x = middle % shapeZyx[2];
    const rows = (middle - x) / shapeZyx[2];
    const y = rows % shapeZyx[1];
    const z = (rows - y) / shapeZyx[1];
    return [originZyx[0] + z, originZyx[1] + y, originZyx[2] + x];
  }

  /** Counts the runs of a row from `from` to `end`; `shift` leads from indices to places in the whole. */
  private addRow(a: Uint32Array, b: Uint32Array, from: number, end: number, shift: number): void {
    let start = from;
    while (start < end) {
      const ofA = a[start] ?? 0;
      const ofB = b[start] ?? 0;
      let after = start + 1;
      while (after < end && a[after] === ofA && b[after] === ofB) after++;
      const pair = this.pairOf(ofA, ofB);
      const run = after - start;
      this.voxels[pair] = (this.voxels[pair] ?? 0) + run;
      if (run > (this.longest[pair] ?? 0)) {
        this.longest[pair] = run;
        this.middle[pair] = start + (run >> 1) + shift;
      }
      start = after;
    }
  }

  private pairOf(a: number, b: number): number {
    const mask = this.slots.length - 1;
    for (let slot = hashOf(a, b) & mask; ; slot = (slot + 1) & mask) {
      const pair = (this.slots[slot] ?? 0) - 1;
      if (pair < 0) return this.addPair(a, b, slot);
      if (this.a[pair] === a && this.b[pair] === b) return pair;
    }
  }

  private addPair(a: number, b: number, slot: number): number {
    const pair = this.pairs++;
    if (pair === this.a.length) this.grow();
    this.a[pair] = a;
    this.b[pair] = b;
    this.slots[slot] = pair + 1;
    if (this.pairs > this.slots.length * MOST_FULL) this.rehash();
    return pair;
  }

  private grow(): void {
    const length = 2 * this.a.length;
    const copy = <A extends Uint32Array | Float64Array>(larger: A, array: A): A => {
      larger.set(array);
      return larger;
    };
    this.a = copy(new Uint32Array(length), this.a);
    this.b = copy(new Uint32Array(length), this.b);
    this.voxels = copy(new Float64Array(length), this.voxels);
    this.longest = copy(new Uint32Array(length), this.longest);
    this.middle = copy(new Float64Array(length), this.middle);
  }

  private rehash(): void {
    const slots = new Uint32Array(2 * this.slots.length);
    const mask = slots.length - 1;
    for (let pair = 0; pair < this.pairs; pair++) {
      let slot = hashOf(this.a[pair] ?? 0, this.b[pair] ?? 0) & mask;
      while (slots[slot]) slot = (slot + 1) & mask;
      slots[slot] = pair + 1;
    }
    this.slots = slots;
  }
}
