import { type BrickKey, brickOfKey } from '../../core/brick';
import type { Zyx } from '../../core/vec';

/** A brick of a segment at one level: of `64 · 2^level` voxels of the finest level on each axis. */
export interface TreeNode {
  readonly level: number;
  /** Of its level's own grid. */
  readonly brickZyx: Zyx;
  parent: TreeNode | undefined;
  /** By octant, `(z * 2 + y) * 2 + x`; none at level 0. */
  readonly children: (TreeNode | undefined)[];
  /** When its first voxel came, and when any in it changed last, by the clock of who tells. */
  readonly createdAt: number;
  changedAt: number;
  /** Seen to hold no voxel any more since it changed last. */
  isEmpty: boolean;
  /** Its bits at its level, compressed, and the octants of which they are not up to date; `LabelPyramid` keeps them. */
  packed: Uint8Array<ArrayBuffer> | undefined;
  stale: number;
}

const octantOf = ([z, y, x]: Zyx): number => (((z & 1) << 1) | (y & 1)) * 2 + (x & 1);

/** The octant of its parent that a node is. */
export const octant = ({ brickZyx }: TreeNode): number => octantOf(brickZyx);

/** The brick at `level` that a brick of the finest level lies in. */
const above = ([z, y, x]: Zyx, level: number): Zyx => [z >> level, y >> level, x >> level];

/** The bricks of one segment at all levels, as an octree whose root holds them all; bricks are never taken out of it. */
export class SegmentTree {
  /** At [0, 0, 0] of its level; undefined while there is no brick. */
  root: TreeNode | undefined;
  /** Bricks of the finest level, and of all, those that became empty included. */
  bricks = 0;
  nodes = 0;

  constructor(private readonly onNode: (node: TreeNode) => void = () => {}) {}

  /** Says that voxels of a brick of the finest level changed; calls `visit` with the node of each level, from the finest up. */
  change(key: BrickKey, clock: number, visit: (node: TreeNode) => void): void {
    let node: TreeNode | undefined = this.grow(brickOfKey(key), clock);
    while (node) {
      node.changedAt = clock;
      node.isEmpty = false;
      visit(node);
      node = node.parent;
    }
  }

  /** The node of a brick of a level, above the root too; undefined where the segment never had a voxel. */
  find(level: number, brickZyx: Zyx): TreeNode | undefined {
    const root = this.root && this.raise(this.root, level);
    if (!root) return undefined;
    if (above(brickZyx, root.level - level).some((at) => at !== 0)) return undefined;
    let node: TreeNode | undefined = root;
    while (node && node.level > level)
      node = node.children[octantOf(above(brickZyx, node.level - 1 - level))];
    return node;
  }

  has(node: TreeNode): boolean {
    return this.find(node.level, node.brickZyx) === node;
  }

  private grow(brickZyx: Zyx, clock: number): TreeNode {
    const reach = 32 - Math.clz32(Math.max(...brickZyx));
    const root = this.root ?? this.make(reach, [0, 0, 0], clock);
    let node = this.raise(root, reach);
    while (node.level > 0) {
      const at = above(brickZyx, node.level - 1);
      const child = node.children[octantOf(at)] ?? this.make(node.level - 1, at, clock);
      child.parent = node;
      node.children[octantOf(at)] = child;
      node = child;
    }
    return node;
  }

  /** Puts the root as high as a level, if it is lower. */
  private raise(root: TreeNode, level: number): TreeNode {
    let highest = root;
    while (highest.level < level) {
      const higher = this.make(highest.level + 1, [0, 0, 0], highest.changedAt);
      higher.children[0] = highest;
      higher.isEmpty = highest.isEmpty;
      highest.parent = higher;
      highest = higher;
    }
    this.root = highest;
    return highest;
  }

  private make(level: number, brickZyx: Zyx, clock: number): TreeNode {
    if (level === 0) this.bricks++;
    this.nodes++;
    const node: TreeNode = {
      level,
      brickZyx,
      parent: undefined,
      children: level === 0 ? [] : new Array<undefined>(8).fill(undefined),
      createdAt: clock,
      changedAt: clock,
      isEmpty: false,
      packed: undefined,
      stale: 0,
    };
    this.onNode(node);
    return node;
  }
}

/** A node's children that may hold voxels. */
export const presentChildren = ({ children }: TreeNode): TreeNode[] =>
  children.filter((child): child is TreeNode => child !== undefined && !child.isEmpty);
