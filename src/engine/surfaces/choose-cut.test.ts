import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brickKey } from '../../core/brick';
import { MaxHeap } from '../../core/max-heap';
import type { Zyx } from '../../core/vec';
import { presentChildren, SegmentTree, type TreeNode } from '../label-pyramid/segment-tree';
import { chooseCut } from './choose-cut';
import { ballOf, pixelsOf, type SceneCamera } from './scene-camera';

function treeOf(bricks: Iterable<Zyx>): SegmentTree {
  const tree = new SegmentTree();
  for (const brick of bricks) tree.change(brickKey(brick), 1, () => {});
  return tree;
}

function* cube(edge: number): Generator<Zyx> {
  for (let z = 0; z < edge; z++)
    for (let y = 0; y < edge; y++) for (let x = 0; x < edge; x++) yield [z, y, x];
}

const segmentOf = (tree: SegmentTree, bytesOf: (node: TreeNode) => number | undefined) => {
  if (!tree.root) throw new Error('no root');
  return { root: tree.root, bricks: tree.bricks, bytesOf };
};

/** The nodes that a cut shows by pieces. */
function pieces(node: TreeNode, refined: ReadonlySet<TreeNode>): TreeNode[] {
  if (!refined.has(node)) return [node];
  return presentChildren(node).flatMap((child) => pieces(child, refined));
}

const view = (pixels: (node: TreeNode) => number) => ({
  pixels,
  isAround: () => false,
  refinedBefore: new Set<TreeNode>(),
});

describe('the cut', () => {
  const plenty = { bytes: 1e12, pieces: 1e6 };

  it('refines until voxels are fine, and where it was refined a little further', () => {
    const segment = segmentOf(treeOf(cube(8)), () => 1000);
    const { refined, coarseRoots } = chooseCut(
      [segment],
      view(({ level }) => 2 ** level / 2),
      plenty,
    );
    expect(new Set(pieces(segment.root, refined).map(({ level }) => level))).toEqual(new Set([1]));
    expect(coarseRoots).toEqual(new Set([segment.root]));
    const farther = view(({ level }) => 2 ** level / 4);
    const levels = (refinedBefore: ReadonlySet<TreeNode>) =>
      pieces(segment.root, chooseCut([segment], { ...farther, refinedBefore }, plenty).refined).map(
        ({ level }) => level,
      );
    expect(new Set(levels(new Set()))).toEqual(new Set([2]));
    expect(new Set(levels(refined))).toEqual(new Set([1]));
  });

  it('has small segments at full resolution, as far as the bytes allow', () => {
    const small = segmentOf(treeOf(cube(4)), () => 1000);
    const tiny = view(() => 0.001);
    const { refined, coarseRoots } = chooseCut([small], tiny, { bytes: 64_000, pieces: 1 });
    expect(pieces(small.root, refined).every(({ level }) => level === 0)).toBe(true);
    expect(coarseRoots.size).toBe(0);
    const less = chooseCut([small], tiny, { bytes: 63_000, pieces: 1 });
    expect(pieces(small.root, less.refined).some(({ level }) => level > 0)).toBe(true);
    expect(less.coarseRoots.size).toBe(1);
  });

  it('never takes more than the budget', () => {
    const brick = fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 0, max: 31 })));
    fc.assert(
      fc.property(
        fc.array(brick, { minLength: 300, maxLength: 600 }),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 400 }),
        (bricks, thousands, most) => {
          const segment = segmentOf(treeOf(bricks as unknown as Zyx[]), () => 1000);
          fc.pre(segment.bricks > 256);
          const size = ({ level, brickZyx }: TreeNode) =>
            2 ** level * (1 + (brickZyx[2] === 0 ? 9 : 0));
          const budget = { bytes: thousands * 1000, pieces: most };
          const { refined } = chooseCut([segment], view(size), budget);
          const cut = pieces(segment.root, refined);
          expect(cut.length).toBeLessThanOrEqual(Math.max(1, Math.min(thousands, most)));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('leaves pieces without a surface as they are, unless one looks from within', () => {
    const segment = segmentOf(treeOf(cube(8)), ({ brickZyx }) => (brickZyx[0] === 0 ? 1000 : 0));
    const near = view(() => 100);
    const shown = (isAround: (node: TreeNode) => boolean) =>
      pieces(segment.root, chooseCut([segment], { ...near, isAround }, plenty).refined);
    expect(Math.max(...shown(() => false).map(({ level }) => level))).toBe(2);
    expect(shown(() => true).every(({ level }) => level === 0)).toBe(true);
  });
});

describe('what a voxel spans in the picture', () => {
  const geometry = { voxelSizeNm: [20, 10, 10], originNm: [5, 5, 5] } as const;
  const camera: SceneCamera = {
    positionNm: [-1e5, 320, 320],
    directionZyx: [1, 0, 0],
    fieldOfViewDegrees: 30,
    widthPixels: 800,
    heightPixels: 600,
  };
  const ball = ballOf(geometry, 0, [0, 0, 0]);

  it('is its size over its distance, a brick being as near as its nearest point', () => {
    expect(ball.centerNm).toEqual([5 + 31.5 * 20, 320, 320]);
    expect(ball.radiusNm).toBeCloseTo(Math.hypot(640, 320, 320));
    const focus = 300 / Math.tan(Math.PI / 12);
    const distance = 1e5 + 635 - ball.radiusNm;
    expect(pixelsOf(camera, ball, 20)).toBeCloseTo((20 * focus) / distance, 6);
  });

  it('is less for what is out of the picture, and much for what is all around', () => {
    const seen = pixelsOf(camera, ball, 20);
    const away = pixelsOf({ ...camera, directionZyx: [-1, 0, 0] }, ball, 20);
    expect(away).toBeCloseTo(seen / 8);
    // Half the picture's diagonal is 18.5° at 30° of height.
    const turned = (degrees: number) => {
      const angle = (degrees / 180) * Math.PI;
      return pixelsOf({ ...camera, directionZyx: [Math.cos(angle), Math.sin(angle), 0] }, ball, 20);
    };
    const corner = (Math.atan(Math.tan(Math.PI / 12) * Math.hypot(1, 4 / 3)) / Math.PI) * 180;
    expect(turned(corner)).toBeCloseTo(seen);
    expect(turned(corner + 2)).toBeCloseTo(seen / 8);
    expect(pixelsOf({ ...camera, positionNm: ball.centerNm }, ball, 20)).toBeGreaterThan(500);
  });
});

it('a heap gives its items back, the greatest first', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, noNaN: true })), (values) => {
      const heap = new MaxHeap<number>();
      for (const value of values) heap.push(value, value);
      const out = values.map(() => heap.pop());
      expect(out).toEqual([...values].sort((a, b) => b - a));
      expect(heap.pop()).toBeUndefined();
    }),
  );
});
