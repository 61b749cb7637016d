import fc from 'fast-check';
import { expect, it } from 'vitest';
import { brickKey } from '../../core/brick';
import type { SurfacePiece } from '../../core/surface';
import type { Zyx } from '../../core/vec';
import { presentChildren, SegmentTree, type TreeNode } from '../label-pyramid/segment-tree';
import { SegmentSurface } from './segment-surface';

const piece: SurfacePiece = {
  positions: new Float32Array(9),
  normals: new Float32Array(9),
  indices: new Uint32Array(3),
  skirtVertices: 0,
  skirtIndices: 0,
};

function* nodesOf(node: TreeNode | undefined): Generator<TreeNode> {
  if (!node) return;
  yield node;
  for (const child of node.children) yield* nodesOf(child);
}

/** How many shown pieces lie at or above each brick of the finest level. */
function coverage({ tree, shown }: SegmentSurface): number[] {
  const counts: number[] = [];
  for (const node of nodesOf(tree.root)) {
    if (node.level > 0) continue;
    let count = 0;
    for (let at: TreeNode | undefined = node; at; at = at.parent) if (shown.has(at)) count++;
    counts.push(count);
  }
  return counts;
}

const brick = fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 0, max: 15 })));
const move = fc.record({
  /** Which nodes are refined, by chance. */
  cut: fc.integer({ min: 0, max: 2 ** 20 }),
  depth: fc.double({ min: 0, max: 1, noNaN: true }),
  /** How many pieces are made after each of some plans of this cut. */
  made: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 6 }),
  change: fc.option(fc.nat()),
  isAtRest: fc.boolean(),
});

it('is whole from its first coarse piece on, with nothing twice, whatever is asked for and made when', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(brick, { minLength: 257, maxLength: 300, selector: (zyx) => zyx.join() }),
      fc.array(move, { minLength: 5, maxLength: 40 }),
      (bricks, moves) => {
        let clock = 1;
        const tree = new SegmentTree();
        const keys = bricks.map((zyx) => brickKey(zyx as unknown as Zyx));
        for (const key of keys) tree.change(key, clock, () => {});
        const surface = new SegmentSurface(1, tree);
        let isWhole = false;
        for (const { cut, depth, made, change, isAtRest } of moves) {
          surface.isAtRest = isAtRest;
          if (change !== null) tree.change(keys[change % keys.length] ?? 0, ++clock, () => {});
          let state = cut;
          const isRefined = () => {
            state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
            return state / 2 ** 32 < depth;
          };
          const refined = new Set<TreeNode>();
          for (const node of nodesOf(tree.root))
            if (node.level > 0 && (!node.parent || refined.has(node.parent)) && isRefined())
              refined.add(node);
          for (const count of made) {
            const { wanted } = surface.plan(refined);
            for (const node of surface.shown) expect(surface.patches.get(node)?.piece).toBe(piece);
            for (const { node } of wanted.slice(0, count)) surface.put(node, piece, clock, false);
            const counts = coverage(surface);
            expect(Math.max(...counts)).toBeLessThanOrEqual(1);
            if (Math.min(...counts) === 1) isWhole = true;
            if (isWhole) expect(Math.min(...counts)).toBe(1);
          }
        }
        // And in the end it is what is asked for.
        surface.isAtRest = true;
        const root = tree.root;
        if (!root) throw new Error('no root');
        const refined = new Set([root, ...presentChildren(root)]);
        for (;;) {
          const { wanted } = surface.plan(refined);
          if (wanted.length === 0) break;
          for (const { node } of wanted.slice(0, 5)) surface.put(node, piece, clock, false);
        }
        const expected = presentChildren(root).flatMap(presentChildren);
        expect(new Set(surface.shown)).toEqual(new Set(expected));
      },
    ),
    { numRuns: 40 },
  );
});
