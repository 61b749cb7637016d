import type { Bits } from '../../core/brick-bits';
import { countFaces } from '../../mesh/count-faces';
import type { SegmentTree, TreeNode } from '../label-pyramid/segment-tree';
import type { SegmentSurface } from './segment-surface';

/** A segment's nodes of a level that may hold voxels. */
export function* nodesOfLevel({ root }: SegmentTree, level: number): Generator<TreeNode> {
  const open = root ? [root] : [];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.isEmpty) continue;
    if (node.level <= level) yield node;
    else for (const child of node.children) if (child) open.push(child);
  }
}

/**
 * The finest level at which a segment's surface has at most so many triangles, or its coarsest. Faces between bricks are not
 * counted, about one in fifty.
 */
export async function finestLevelWithin(
  triangles: number,
  surface: SegmentSurface,
  read: (node: TreeNode) => Promise<Bits | undefined>,
): Promise<number> {
  const coarsest = surface.tree.root?.level ?? 0;
  const isWithin = async (level: number): Promise<boolean> => {
    let count = 0;
    for (const node of nodesOfLevel(surface.tree, level)) {
      const bits = surface.current(node) ? undefined : await read(node);
      count += bits ? 2 * countFaces(bits) : (surface.patches.get(node)?.triangles ?? 0);
      if (count > triangles) return false;
    }
    return true;
  };
  for (let level = 0; level < coarsest; level++) if (await isWithin(level)) return level;
  return coarsest;
}
