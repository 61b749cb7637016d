import { BitsVault } from '../core/bits-vault';
import { type Box, contains, intersect, isEmpty, overlap } from '../core/box';
import {
  BRICK_EDGE,
  BRICK_VOXELS,
  type BrickKey,
  brickBox,
  brickKey,
  brickOfVoxel,
  bricksOfBox,
} from '../core/brick';
import { type Bits, BRICK_WORDS, bitOfVoxel, paintWord } from '../core/brick-bits';
import type { PackedBits, SegmentBits } from '../core/packed-bits';
import { scale, subtract, volumeOf, type Zyx } from '../core/vec';
import { type BrickSegments, type BrickStates, bitsOfStates, NO_SEGMENTS } from './brick-states';

/** What a change to the segmentation touched. */
export interface LabelChange {
  /** Voxels that each other segment lost. */
  readonly lost: ReadonlyMap<number, number>;
  /** The bricks before and after: what `restore` takes. */
  readonly before: BrickStates;
  readonly after: BrickStates;
}

/** Labels as they were: which bricks held any, and their ids. The bits are kept until it is let go. */
export interface LabelSnapshot {
  keys(): Iterable<BrickKey>;
  brick(brickZyx: Zyx): Uint32Array<ArrayBuffer>;
  readBox(box: Box): Uint32Array<ArrayBuffer>;
  release(): void;
}

/**
 * The segmentation: for each brick the bits of each segment in it, kept by a vault. A voxel belongs to one segment at most;
 * whoever takes it last has it. This is the truth of which GPU label bricks are copies.
 */
export class LabelStore {
  private readonly bricks = new Map<BrickKey, BrickSegments>();
  private readonly versions = new Map<BrickKey, number>();
  private readonly snapshots = new Set<BrickStates>();

  constructor(readonly vault = new BitsVault()) {}

  /** All bits there are, and those of snapshots. */
  *held(): Generator<PackedBits> {
    yield* bitsOfStates(this.bricks);
    for (const bricks of this.snapshots) yield* bitsOfStates(bricks);
  }

  /** Gives voxels to segment `id`, in place of those that it had. */
  commit(id: number, bits: SegmentBits): LabelChange {
    const lost = new Map<number, number>();
    const after = this.without(id);
    for (const [key, mine] of bits) {
      const segments = new Map(this.bricks.get(key));
      segments.delete(id);
      if (segments.size > 0) this.takeAway(segments, mine, lost);
      segments.set(id, mine);
      after.set(key, segments);
    }
    return { lost, before: this.restore(after), after };
  }

  remove(id: number): LabelChange {
    const after = this.without(id);
    return { lost: new Map(), before: this.restore(after), after };
  }

  /** The voxels of a brick that others than `id` have; undefined where there are none. */
  othersOf(id: number, key: BrickKey): Bits | undefined {
    let found: Bits | undefined;
    for (const [other, theirs] of this.bricks.get(key) ?? NO_SEGMENTS) {
      if (other === id) continue;
      const bits = found ?? new Uint32Array(BRICK_WORDS);
      this.vault.visit(theirs, (word, taken) => {
        bits[word] = (bits[word] ?? 0) | taken;
      });
      found = bits;
    }
    return found;
  }

  /** The bricks of a segment as they would be without it. */
  private without(id: number): Map<BrickKey, BrickSegments> {
    const after = new Map<BrickKey, BrickSegments>();
    for (const [key, segments] of this.bricks) {
      if (!segments.has(id)) continue;
      after.set(key, new Map([...segments].filter(([other]) => other !== id)));
    }
    return after;
  }

  /** Replaces bricks; returns what they were. */
  restore(states: BrickStates): BrickStates {
    const before = new Map<BrickKey, BrickSegments>();
    for (const [key, segments] of states) {
      before.set(key, this.bricks.get(key) ?? NO_SEGMENTS);
      if (segments.size > 0) this.bricks.set(key, segments);
      else this.bricks.delete(key);
      this.touch(key);
    }
    return before;
  }

  has(key: BrickKey): boolean {
    return this.bricks.has(key);
  }

  /** Grows with each change of a brick. */
  version(key: BrickKey): number {
    return this.versions.get(key) ?? 0;
  }

  /** The segments in a brick, with their bits. */
  segmentsIn(key: BrickKey): BrickSegments {
    return this.bricks.get(key) ?? NO_SEGMENTS;
  }

  bitsOf(id: number, brickZyx: Zyx): Bits | undefined {
    const bits = this.bricks.get(brickKey(brickZyx))?.get(id);
    return bits && this.vault.unpack(bits);
  }

  /** All bits of a segment, by brick. */
  segment(id: number): SegmentBits {
    const found = new Map<BrickKey, PackedBits>();
    for (const [key, segments] of this.bricks) {
      const bits = segments.get(id);
      if (bits) found.set(key, bits);
    }
    return found;
  }

  labelAt(zyx: Zyx): number {
    const { word, bit } = bitOfVoxel(zyx);
    const brickZyx = brickOfVoxel(zyx);
    const inBrick = subtract(zyx, scale(brickZyx, BRICK_EDGE));
    for (const [id, bits] of this.bricks.get(brickKey(brickZyx)) ?? []) {
      if (!contains(bits.box, inBrick)) continue;
      if (((this.vault.unpack(bits)[word] ?? 0) >>> bit) & 1) return id;
    }
    return 0;
  }

  /** A brick's segment ids, 64³, C-ordered; 0 where there is none. */
  brick(brickZyx: Zyx): Uint32Array<ArrayBuffer> {
    return this.painted(this.bricks.get(brickKey(brickZyx)));
  }

  /** The labelled bricks as they are now, whatever changes later. */
  snapshot(): LabelSnapshot {
    const bricks = new Map(this.bricks);
    this.snapshots.add(bricks);
    return {
      keys: () => bricks.keys(),
      brick: (brickZyx) => this.painted(bricks.get(brickKey(brickZyx))),
      readBox: (box) => this.boxOf(box, bricks),
      release: () => void this.snapshots.delete(bricks),
    };
  }

  /** Segment ids of any box, C-ordered; 0 outside of what is labelled. */
  readBox(box: Box): Uint32Array<ArrayBuffer> {
    return this.boxOf(box, this.bricks);
  }

  /** A box's ids of these bricks. */
  private boxOf(box: Box, bricks: BrickStates): Uint32Array<ArrayBuffer> {
    const target = new Uint32Array(volumeOf(box.shapeZyx));
    const [, sizeY, sizeX] = box.shapeZyx;
    for (const brickZyx of bricksOfBox(box)) {
      const part = intersect(brickBox(brickZyx), box);
      const segments = bricks.get(brickKey(brickZyx));
      if (isEmpty(part) || !segments) continue;
      const ids = this.painted(segments);
      const [z0, y0, x0] = part.originZyx;
      const [nz, ny, nx] = part.shapeZyx;
      for (let z = z0; z < z0 + nz; z++)
        for (let y = y0; y < y0 + ny; y++) {
          const from =
            ((z % BRICK_EDGE) * BRICK_EDGE + (y % BRICK_EDGE)) * BRICK_EDGE + (x0 % BRICK_EDGE);
          const to = ((z - box.originZyx[0]) * sizeY + y - box.originZyx[1]) * sizeX;
          target.set(ids.subarray(from, from + nx), to + x0 - box.originZyx[2]);
        }
    }
    return target;
  }

  /** Takes voxels away from segments of a brick; those that had none of them stay as they are. Adds what they lose to `lost`. */
  private takeAway(
    segments: Map<number, PackedBits>,
    mine: PackedBits,
    lost: Map<number, number>,
  ): void {
    const taken = this.vault.unpack(mine);
    for (const [id, theirs] of segments) {
      let common = 0;
      if (overlap(theirs.box, mine.box))
        this.vault.visit(theirs, (word, bits) => {
          common |= bits & (taken[word] ?? 0);
        });
      if (common === 0) continue;
      const left = this.vault.pack(withoutThose(this.vault.unpack(theirs), taken));
      lost.set(id, (lost.get(id) ?? 0) + theirs.voxels - left.voxels);
      if (left.voxels > 0) segments.set(id, left);
      else segments.delete(id);
    }
  }

  private painted(segments: BrickSegments = NO_SEGMENTS): Uint32Array<ArrayBuffer> {
    const ids = new Uint32Array(BRICK_VOXELS);
    for (const [id, bits] of segments)
      this.vault.visit(bits, (word, value) => paintWord(ids, word, value, id));
    return ids;
  }

  private touch(key: BrickKey): void {
    this.versions.set(key, this.version(key) + 1);
  }
}

/** Clears the bits in the first that the second has. */
function withoutThose(bits: Bits, taken: Bits): Bits {
  for (let word = 0; word < bits.length; word++)
    bits[word] = (bits[word] ?? 0) & ~(taken[word] ?? 0);
  return bits;
}
