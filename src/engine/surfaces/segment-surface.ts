import type { SurfacePiece } from '../../core/surface';
import { add, type Zyx } from '../../core/vec';
import { presentChildren, type SegmentTree, type TreeNode } from '../label-pyramid/segment-tree';
import { SMALL_BRICKS } from './choose-cut';

/** A brick's piece of surface as it was last made. */
export interface Patch {
  /** Undefined where memory had no room for it any longer. */
  piece: SurfacePiece | undefined;
  readonly bytes: number;
  readonly triangles: number;
  /** The pyramid's clock when its bits were read. */
  readonly readAt: number;
  readonly hasSkirt: boolean;
  /** Up to which time of the clock it was found to be up to date. */
  checkedAt: number;
}

/** Why a piece is to be made: nothing shows its part yet, what shows it is outdated, or it takes the place of coarser or finer ones. */
export type Reason = 'new' | 'outdated' | 'other-level';

export interface Wanted {
  readonly surface: SegmentSurface;
  readonly node: TreeNode;
  readonly reason: Reason;
  /** When what it shows was last read, or when its brick first appeared. */
  readonly since: number;
}

/** What is to be shown, and no longer shown, at once. */
export interface Switch {
  readonly show: TreeNode[];
  readonly hide: TreeNode[];
}

/** While a segment grows, pieces may take the place of others though so many changes came since they were read. */
const GROWING_LAG = 32;
/** So few pieces are made at once where nothing is shown, rather than a coarser one first. */
const FEW_PIECES = 8;

const bytesOf = ({ positions, normals, indices }: SurfacePiece): number =>
  positions.byteLength + normals.byteLength + indices.byteLength;

/** One segment's surface: which pieces there are, which of them are shown, and which are to be made. */
export class SegmentSurface {
  /** Least recently made first. */
  readonly patches = new Map<TreeNode, Patch>();
  /** No node above or below another. */
  readonly shown = new Set<TreeNode>();
  /** Whether it will not change for now: then pieces that see changed voxels of their neighbours are outdated too. */
  isAtRest = false;
  /** Whether pieces of several levels may lie side by side. */
  hasSkirts = false;

  constructor(
    readonly id: number,
    readonly tree: SegmentTree,
  ) {}

  put(node: TreeNode, piece: SurfacePiece, readAt: number, hasSkirt: boolean): void {
    this.patches.delete(node);
    const triangles = (piece.indices.length - piece.skirtIndices) / 3;
    this.patches.set(node, {
      piece,
      bytes: bytesOf(piece),
      triangles,
      readAt,
      hasSkirt,
      checkedAt: readAt,
    });
  }

  /** The node's piece, if it is at hand and up to date. */
  current(node: TreeNode): SurfacePiece | undefined {
    const patch = this.patches.get(node);
    return patch?.piece && !this.isOutdated(node, patch) ? patch.piece : undefined;
  }

  private isOutdated(node: TreeNode, patch: Patch): boolean {
    if (patch.readAt < node.changedAt) return true;
    if (!this.isAtRest) return false;
    if (patch.hasSkirt !== this.hasSkirts) return true;
    const changedAt = this.tree.root?.changedAt ?? 0;
    if (patch.checkedAt >= changedAt) return false;
    if (this.neighbourhood(node).some((near) => near.changedAt > patch.readAt)) return true;
    patch.checkedAt = changedAt;
    return false;
  }

  /** Is shown nowhere from here on, until `comeBack`; of its pieces only the coarsest stays. Returns the bytes of that. */
  leave(): number {
    const { root } = this.tree;
    const patch = root && this.patches.get(root);
    this.patches.clear();
    this.shown.clear();
    if (!root || !patch?.piece || patch.readAt < root.changedAt) return 0;
    this.patches.set(root, patch);
    return patch.bytes;
  }

  /** Says at what time of the clock it is back, as it was. */
  comeBack(clock: number): void {
    for (const [node, patch] of this.patches)
      this.patches.set(node, { ...patch, readAt: clock, checkedAt: clock });
    this.isAtRest = true;
  }

  /** Whether the node's piece may take the place of coarser or finer ones. */
  private canReplace(node: TreeNode): boolean {
    const patch = this.patches.get(node);
    if (!patch?.piece) return false;
    const isFresh = !this.isAtRest && patch.readAt + GROWING_LAG > node.changedAt;
    return isFresh || !this.isOutdated(node, patch);
  }

  /**
   * What to switch and what to make so that the surface is shown by the given cut (see `chooseCut`). A piece gives way only to
   * pieces that cover all of its part, or to one that covers it: at no time is there a hole, or a part shown twice.
   */
  plan(refined: ReadonlySet<TreeNode>): { change: Switch; wanted: Wanted[] } {
    const { root } = this.tree;
    const change: Switch = { show: [], hide: [] };
    const wanted: Wanted[] = [];
    const { shown, patches } = this;
    for (const node of [...shown].filter(({ isEmpty }) => isEmpty)) {
      patches.delete(node);
      this.hide(node, change);
    }
    const aboveShown = ancestorsOf(shown);
    const want = (node: TreeNode, reason: Reason) =>
      wanted.push({
        surface: this,
        node,
        reason,
        since: patches.get(node)?.readAt ?? node.createdAt,
      });
    const wantIfOutdated = (node: TreeNode) => {
      const patch = patches.get(node);
      if (!patch || this.isOutdated(node, patch)) want(node, 'outdated');
    };
    const showAsPiece = (node: TreeNode): void => {
      if (shown.has(node)) wantIfOutdated(node);
      else if (aboveShown.has(node)) {
        if (this.canReplace(node)) {
          this.hideBelow(node, change);
          this.show(node, change);
        } else want(node, 'other-level');
      } else if (patches.get(node)?.piece) {
        this.show(node, change);
        wantIfOutdated(node);
      } else want(node, 'new');
    };
    const giveWay = (node: TreeNode, children: readonly TreeNode[]): void => {
      const missing = children.filter((child) => !this.canReplace(child));
      for (const child of missing) want(child, 'other-level');
      if (missing.length > 0) wantIfOutdated(node);
      else {
        this.hide(node, change);
        for (const child of children) this.show(child, change);
        for (const child of children) visit(child);
      }
    };
    const visit = (node: TreeNode): void => {
      const children = presentChildren(node);
      if (!refined.has(node)) showAsPiece(node);
      else if (shown.has(node)) giveWay(node, children);
      else if (aboveShown.has(node) || children.length === 1 || this.isSoonShown(node, refined))
        for (const child of children) visit(child);
      else if (patches.get(node)?.piece) {
        this.show(node, change);
        giveWay(node, children);
      } else want(node, 'new');
    };
    if (root && !root.isEmpty) visit(root);
    return { change, wanted };
  }

  private isSoonShown(node: TreeNode, refined: ReadonlySet<TreeNode>): boolean {
    return this.tree.bricks <= SMALL_BRICKS || piecesBelow(node, refined, FEW_PIECES) <= FEW_PIECES;
  }

  private show(node: TreeNode, change: Switch): void {
    this.shown.add(node);
    change.show.push(node);
  }

  private hide(node: TreeNode, change: Switch): void {
    this.shown.delete(node);
    change.hide.push(node);
  }

  private hideBelow(node: TreeNode, change: Switch): void {
    for (const child of node.children) {
      if (!child) continue;
      if (this.shown.has(child)) this.hide(child, change);
      else this.hideBelow(child, change);
    }
  }

  private neighbourhood({ level, brickZyx }: TreeNode): TreeNode[] {
    return [...neighbours(brickZyx)].flatMap((at) => this.tree.find(level, at) ?? []);
  }
}

function ancestorsOf(nodes: Iterable<TreeNode>): Set<TreeNode> {
  const found = new Set<TreeNode>();
  for (const node of nodes)
    for (let above = node.parent; above && !found.has(above); above = above.parent)
      found.add(above);
  return found;
}

/** How many pieces a cut has at and below a node; some number above `enough` where there are more. */
function piecesBelow(node: TreeNode, refined: ReadonlySet<TreeNode>, enough: number): number {
  if (!refined.has(node)) return 1;
  let pieces = 0;
  for (const child of presentChildren(node)) {
    if (pieces > enough) break;
    pieces += piecesBelow(child, refined, enough - pieces);
  }
  return pieces;
}

/** The 26 bricks around one, inside the grid's positive octant. */
export function* neighbours(brickZyx: Zyx): Generator<Zyx> {
  for (let z = -1; z <= 1; z++)
    for (let y = -1; y <= 1; y++)
      for (let x = -1; x <= 1; x++) {
        const at = add(brickZyx, [z, y, x]);
        if ((z !== 0 || y !== 0 || x !== 0) && at.every((value) => value >= 0)) yield at;
      }
}
