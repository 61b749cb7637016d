import { MaxHeap } from '../../core/max-heap';
import { presentChildren, type TreeNode } from '../label-pyramid/segment-tree';

/** A segment whose surface is to be shown. */
export interface CutSegment {
  readonly root: TreeNode;
  /** Bricks of the finest level that it spans. */
  readonly bricks: number;
  /** Bytes of a brick's piece of surface, where it was ever made. */
  bytesOf(node: TreeNode): number | undefined;
}

export interface CutView {
  /** How many pixels a voxel of a node's level spans where it is largest. */
  pixels(node: TreeNode): number;
  /** Whether one looks from within a node. */
  isAround(node: TreeNode): boolean;
  /** Nodes that were shown by their children so far: kept so until they are clearly too fine. */
  readonly refinedBefore: ReadonlySet<TreeNode>;
}

/** What all surfaces together may take; more pieces cost more calls to draw them, however small. */
export interface CutBudget {
  readonly bytes: number;
  readonly pieces: number;
}

export interface Cut {
  /** Nodes to be shown by their children rather than by a piece of their own. */
  readonly refined: ReadonlySet<TreeNode>;
  /** Roots of segments that are not shown at full resolution everywhere. */
  readonly coarseRoots: ReadonlySet<TreeNode>;
}

/** Segments of so many bricks are shown at full resolution, from wherever, as far as the bytes allow. */
export const SMALL_BRICKS = 256;
/** Voxels that span no more than this need not be finer. */
const FINE_PIXELS = 1.25;
const STILL_FINE = 0.7;
/** Assumed of pieces never made: four times the parent's in all, each no more than where a surface is smooth. */
const REFINED_BYTES = 4;
const TYPICAL_BYTES = 2 ** 19;

/** Added to what a voxel of a small segment spans, in pixels. */
const SMALL_FIRST = 2 ** 40;

interface Item {
  readonly segment: CutSegment;
  readonly node: TreeNode;
  readonly bytes: number;
}

const isSmall = ({ bricks }: CutSegment): boolean => bricks <= SMALL_BRICKS;

/**
 * Chooses the pieces that show the segments: those of all nodes that are not refined themselves and whose parent is, or that
 * are roots. The coarsest in the picture is refined first, until all is fine or the budget is used. Pure.
 */
export function chooseCut(
  segments: Iterable<CutSegment>,
  { pixels, isAround, refinedBefore }: CutView,
  budget: CutBudget,
): Cut {
  const refined = new Set<TreeNode>();
  const coarseRoots = new Set<TreeNode>();
  const heap = new MaxHeap<Item>();
  let [bytes, pieces] = [0, 0];
  const offer = (item: Item): void => {
    const { node, segment } = item;
    if (node.level === 0) return;
    const size = pixels(node);
    const fine = refinedBefore.has(node) ? FINE_PIXELS * STILL_FINE : FINE_PIXELS;
    if (isSmall(segment)) heap.push(SMALL_FIRST + size, item);
    // Where a coarse piece has no surface a finer one has at most small hollows, which nobody sees from outside.
    else if (segment.bytesOf(node) === 0 && !isAround(node)) coarseRoots.add(segment.root);
    else if (size > fine) heap.push(size, item);
    else coarseRoots.add(segment.root);
  };
  for (const segment of segments) {
    const known = segment.bytesOf(segment.root);
    const item = { segment, node: segment.root, bytes: known ?? TYPICAL_BYTES };
    bytes += item.bytes;
    pieces++;
    offer(item);
  }
  for (let item = heap.pop(); item; item = heap.pop()) {
    const { segment, node } = item;
    const children = presentChildren(node);
    const assumed = Math.min((item.bytes * REFINED_BYTES) / children.length, TYPICAL_BYTES);
    const items = children.map((child) => ({
      segment,
      node: child,
      bytes: segment.bytesOf(child) ?? assumed,
    }));
    const more = items.reduce((sum, child) => sum + child.bytes, -item.bytes);
    const isTooMany = !isSmall(segment) && pieces + items.length > budget.pieces;
    if (bytes + more > budget.bytes || isTooMany) {
      coarseRoots.add(segment.root);
      continue;
    }
    bytes += more;
    pieces += items.length - 1;
    refined.add(node);
    for (const child of items) offer(child);
  }
  return { refined, coarseRoots };
}
