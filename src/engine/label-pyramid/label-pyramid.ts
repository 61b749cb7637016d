import { type BrickKey, brickKey } from '../../core/brick';
import { type Bits, BRICK_WORDS } from '../../core/brick-bits';
import { packWords, unpackWords } from '../../core/packed-bits';
import type { Zyx } from '../../core/vec';
import { halveBits, OCTANT_WORDS } from './halve-bits';
import { octant, SegmentTree, type TreeNode } from './segment-tree';

/** Reads a segment's present bits of a brick of the finest level. */
export type ReadSegmentBits = (segmentId: number, brickZyx: Zyx) => Bits | undefined;

/** Unpacked bits that are kept, 32 KiB each: neighbours are read again soon. */
const MOST_UNPACKED = 256;
/** What level 1, three quarters of all, may take compressed; what does not fit is made anew from the finest level. */
const LEVEL_ONE_BYTES = 2 ** 26;
/** What a node takes besides its bits, about. */
const NODE_BYTES = 256;
/** Bricks of the finest level that `refresh` reads between two looks at the clock. */
const READS_A_LOOK = 8;

const NO_NODES: ReadonlyMap<number, TreeNode> = new Map();
const NONE = 0;
const ALL = 0xff;

/**
 * The segments' bits at coarser levels: a brick of level L has 64³ voxels of 2^L of the finest level's on each axis, each set
 * where any of those is (see `halveBits`). Made when they are asked for, octant by octant, of what changed since; compressed.
 */
export class LabelPyramid {
  private readonly trees = new Map<number, SegmentTree>();
  /** By level, from 1 on, and brick: which segments have a node there. */
  private readonly places: Map<BrickKey, Map<number, TreeNode>>[] = [];
  /** Grows with each change; what it was when a node changed is the node's `changedAt`. */
  clock = 0;
  private packedBytes = 0;
  /** Those of segments that were taken out included, as everywhere here. */
  private nodes = 0;
  private levelOneBytes = 0;
  /** Nodes of level 1 with bits, and nodes whose bits are at hand: least recently used first. */
  private readonly levelOne = new Map<TreeNode, number>();
  private readonly unpacked = new Map<TreeNode, Bits>();

  constructor(private readonly readBits: ReadSegmentBits) {}

  get memoryBytes(): number {
    return this.packedBytes + this.unpacked.size * BRICK_WORDS * 4 + this.nodes * NODE_BYTES;
  }

  /** Of a segment with voxels now or before. */
  tree(segmentId: number): SegmentTree | undefined {
    return this.trees.get(segmentId);
  }

  /** Says that the bits of these bricks of the finest level changed. Costs a step a level and brick. */
  changed(segmentId: number, bricks: Iterable<BrickKey>): void {
    const tree =
      this.trees.get(segmentId) ??
      new SegmentTree((node) => {
        this.nodes++;
        this.enter(segmentId, node);
      });
    this.trees.set(segmentId, tree);
    this.clock++;
    for (const key of bricks)
      tree.change(key, this.clock, (node) => {
        if (node.parent) node.parent.stale |= 1 << octant(node);
      });
  }

  /** Forgets a segment. */
  remove(segmentId: number): void {
    const tree = this.takeOut(segmentId);
    if (tree) this.forget(tree);
  }

  /** Takes a segment out, and keeps what is known of it: its tree is to be put back, or forgotten. */
  takeOut(segmentId: number): SegmentTree | undefined {
    const tree = this.trees.get(segmentId);
    this.trees.delete(segmentId);
    for (const { level, brickZyx } of coarseNodes(tree?.root)) {
      const key = brickKey(brickZyx);
      const place = this.places[level]?.get(key);
      place?.delete(segmentId);
      if (place?.size === 0) this.places[level]?.delete(key);
    }
    return tree;
  }

  /** Puts a segment back that was taken out; its bits of the finest level are as they were then. */
  putBack(segmentId: number, tree: SegmentTree): void {
    this.trees.set(segmentId, tree);
    this.clock++;
    for (const node of coarseNodes(tree.root)) {
      node.changedAt = this.clock;
      this.enter(segmentId, node);
    }
  }

  /** Lets go of all that is kept for a tree that was taken out. */
  forget(tree: SegmentTree): void {
    for (const node of coarseNodes(tree.root)) this.letGo(node);
    this.nodes -= tree.nodes;
  }

  /** The segments that may have voxels in a brick of a level above the finest, with their nodes. */
  at(level: number, brickZyx: Zyx): ReadonlyMap<number, TreeNode> {
    if (brickZyx.every((at) => at === 0))
      // Roots may be lower: from here on they are not.
      for (const tree of this.trees.values()) tree.find(level, brickZyx);
    return this.places[level]?.get(brickKey(brickZyx)) ?? NO_NODES;
  }

  /**
   * A brick's bits; undefined where it holds no voxel. Not to be written to. May take long where much below has changed:
   * `refresh` does the same bit by bit.
   */
  bits(segmentId: number, node: TreeNode): Bits | undefined {
    // What is read of a segment that was taken out says nothing.
    if (!this.trees.has(segmentId)) return undefined;
    if (node.level === 0) {
      const bits = this.readBits(segmentId, node.brickZyx);
      node.isEmpty = bits === undefined;
      return bits;
    }
    if (!node.packed) node.stale = ALL;
    if (node.stale === NONE) return node.isEmpty ? undefined : this.atHand(node);
    const bits: Bits =
      node.stale === ALL ? new Uint32Array(BRICK_WORDS) : this.atHand(node).slice();
    for (let at = 0; at < 8; at++) {
      if (((node.stale >> at) & 1) === 0) continue;
      const child = node.children[at];
      const below = child && !child.isEmpty ? this.bits(segmentId, child) : undefined;
      if (below) halveBits(below, bits, at);
      else bits.fill(0, at * OCTANT_WORDS, (at + 1) * OCTANT_WORDS);
    }
    node.stale = NONE;
    node.isEmpty = bits.every((word) => word === 0);
    this.keep(node, bits);
    return node.isEmpty ? undefined : bits;
  }

  /** Brings a node's bits up to date, until the clock `isOver`; returns whether they are. */
  refresh(segmentId: number, node: TreeNode, isOver: () => boolean): boolean {
    let reads = 0;
    const visit = (at: TreeNode): boolean => {
      if (at.level === 0 || at.isEmpty || (at.packed && at.stale === NONE)) return true;
      const stale = at.packed ? at.stale : ALL;
      if (at.level > 1)
        for (const [index, child] of at.children.entries())
          if (child && (stale >> index) & 1 && !visit(child)) return false;
      if (reads >= READS_A_LOOK) {
        reads = 0;
        if (isOver()) return false;
      }
      reads += at.level === 1 ? 8 : 1;
      this.bits(segmentId, at);
      return true;
    };
    return visit(node);
  }

  private atHand(node: TreeNode): Bits {
    const bits = this.unpacked.get(node) ?? unpackWords(node.packed ?? new Uint8Array());
    this.keepAtHand(node, bits);
    if (this.levelOne.has(node)) this.use(node);
    return bits;
  }

  private keepAtHand(node: TreeNode, bits: Bits): void {
    this.unpacked.delete(node);
    this.unpacked.set(node, bits);
    for (const oldest of this.unpacked.keys()) {
      if (this.unpacked.size <= MOST_UNPACKED) break;
      this.unpacked.delete(oldest);
    }
  }

  private keep(node: TreeNode, bits: Bits): void {
    this.packedBytes -= node.packed?.length ?? 0;
    node.packed = packWords(bits);
    this.packedBytes += node.packed.length;
    this.keepAtHand(node, bits);
    if (node.level === 1) this.use(node);
  }

  /** Notes that a node of level 1 was used, and lets go of those that no longer fit. */
  private use(node: TreeNode): void {
    this.levelOneBytes -= this.levelOne.get(node) ?? 0;
    this.levelOne.delete(node);
    const bytes = node.packed?.length ?? 0;
    this.levelOne.set(node, bytes);
    this.levelOneBytes += bytes;
    for (const [oldest] of this.levelOne) {
      if (this.levelOneBytes <= LEVEL_ONE_BYTES || oldest === node) break;
      this.letGo(oldest);
    }
  }

  private letGo(node: TreeNode): void {
    this.levelOneBytes -= this.levelOne.get(node) ?? 0;
    this.levelOne.delete(node);
    this.unpacked.delete(node);
    this.packedBytes -= node.packed?.length ?? 0;
    node.packed = undefined;
  }

  private enter(segmentId: number, node: TreeNode): void {
    const { level, brickZyx } = node;
    if (level === 0) return;
    while (this.places.length <= level) this.places.push(new Map());
    const key = brickKey(brickZyx);
    const place = this.places[level]?.get(key) ?? new Map<number, TreeNode>();
    this.places[level]?.set(key, place);
    place.set(segmentId, node);
  }
}

/** The nodes above the finest level, at and below one. */
function* coarseNodes(node: TreeNode | undefined): Generator<TreeNode> {
  if (!node || node.level === 0) return;
  yield node;
  for (const child of node.children) yield* coarseNodes(child);
}

/** What a tree takes beside its bits at level 1, which have a budget of their own, in bytes. */
export function bytesOfTree({ root, nodes }: SegmentTree): number {
  let bytes = nodes * NODE_BYTES;
  for (const { level, packed } of coarseNodes(root)) if (level > 1) bytes += packed?.length ?? 0;
  return bytes;
}
