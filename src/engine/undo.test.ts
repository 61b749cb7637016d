import fc from 'fast-check';
import { expect, it } from 'vitest';
import { brickKey } from '../core/brick';
import { type Bits, BRICK_WORDS, type BrickBits, countBits } from '../core/brick-bits';
import { packed } from '../core/testing/packed';
import type { Zyx } from '../core/vec';
import { LabelPyramid } from './label-pyramid/label-pyramid';
import type { TreeNode } from './label-pyramid/segment-tree';
import { Segmentation } from './segmentation';
import { countingMesher } from './surfaces/testing';

/** Far enough apart for four levels, near enough to meet in bricks of the lower ones. */
const BRICKS: readonly Zyx[] = [
  [0, 0, 0],
  [0, 0, 1],
  [0, 1, 1],
  [3, 0, 0],
  [5, 6, 7],
];

const create = () =>
  new Segmentation(
    countingMesher,
    { voxelSizeNm: [1, 1, 1], originNm: [0, 0, 0] },
    {
      onSegments: () => {},
      onHistory: () => {},
      onSurface: () => {},
      onSpilled: () => {},
      onLabels: () => {},
      onFailure: (error) => {
        throw error;
      },
      surfaceShare: () => 1,
    },
  );

/** Stretches of words of some bricks. */
const stretches = fc.array(
  fc.record({
    brick: fc.constantFrom(...BRICKS),
    from: fc.nat({ max: BRICK_WORDS - 1 }),
    words: fc.constantFrom(1, 500, BRICK_WORDS),
    word: fc.constantFrom(1, 0xf0000000, 0xffffffff),
  }),
  { minLength: 1, maxLength: 4 },
);
const victim = fc.nat();
const step = fc.oneof(
  stretches.map((fill) => ({ fill })),
  fc.record({ regrow: victim, with: stretches }),
  victim.map((remove) => ({ remove })),
  fc.constant('undo' as const),
  fc.constant('redo' as const),
  // Parts of the pyramid are up to date then, and others not.
  fc.record({ look: fc.constantFrom(...BRICKS), level: fc.integer({ min: 1, max: 3 }) }),
);

function bitsOf(list: typeof stretches extends fc.Arbitrary<infer T> ? T : never): BrickBits {
  const bits: BrickBits = new Map();
  for (const { brick, from, words, word } of list) {
    const own: Bits = bits.get(brickKey(brick)) ?? new Uint32Array(BRICK_WORDS);
    own.fill(word, from, from + words);
    bits.set(brickKey(brick), own);
  }
  return bits;
}

function finish(segmentation: Segmentation, id: number, bits: BrickBits): void {
  const all = packed(bits);
  segmentation.grow(id, all);
  segmentation.finish(all, {
    id,
    algorithm: 'flood-fill',
    seedZyx: [0, 0, 0],
    params: { low: 1, high: 2 },
    voxels: [...bits.values()].flatMap((words) => [...words]).reduce((n, w) => n + countBits(w), 0),
    bricks: bits.size,
    unreadBricks: 0,
    complete: true,
    milliseconds: 1,
    backend: 'cpu',
    adapter: 'test',
  });
}

const idOf = ({ segments }: Segmentation, at: number): number | undefined =>
  segments[at % Math.max(1, segments.length)]?.id;

/** What a pyramid says of each segment in each brick of each level. */
function contentsOf(pyramid: LabelPyramid): Map<string, Bits> {
  const contents = new Map<string, Bits>();
  for (let level = 1; level <= 3; level++)
    for (const finest of BRICKS) {
      const at = finest.map((each) => each >> level) as unknown as Zyx;
      for (const [id, node] of pyramid.at(level, at)) {
        const bits = pyramid.bits(id, node);
        if (bits) contents.set(`${id}/${level}/${brickKey(at)}`, bits);
      }
    }
  return contents;
}

it('keeps the pyramid as one made of nothing would be, whatever is taken back and done again', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 2, maxLength: 14 }), (steps) => {
      const segmentation = create();
      const { labels, pyramid } = segmentation;
      for (const each of steps) {
        if (each === 'undo') segmentation.undo();
        else if (each === 'redo') segmentation.redo();
        else if ('fill' in each)
          finish(
            segmentation,
            segmentation.begin(() => false),
            bitsOf(each.fill),
          );
        else if ('regrow' in each) {
          const id = idOf(segmentation, each.regrow);
          if (id === undefined) continue;
          finish(
            segmentation,
            segmentation.begin(() => false, id),
            bitsOf(each.with),
          );
        } else if ('remove' in each) {
          const id = idOf(segmentation, each.remove);
          if (id !== undefined) segmentation.remove(id);
        } else {
          const at = each.look.map((place) => place >> each.level) as unknown as Zyx;
          for (const [id, node] of pyramid.at(each.level, at)) pyramid.bits(id, node);
        }
      }
      const anew = new LabelPyramid((id, brickZyx) => labels.bitsOf(id, brickZyx));
      for (const { id } of segmentation.segments) anew.changed(id, labels.segment(id).keys());
      expect(contentsOf(pyramid)).toEqual(contentsOf(anew));
      const ids = segmentation.segments.map(({ id }) => id);
      for (const id of ids)
        expect(bricksOf(pyramid.tree(id)?.root)).toEqual(new Set(labels.segment(id).keys()));
      segmentation.clear();
    }),
    { numRuns: 40 },
  );
}, 60_000);

/** The bricks of the finest level that may hold voxels. */
function bricksOf(node: TreeNode | undefined): Set<number> {
  if (!node || node.isEmpty) return new Set();
  if (node.level === 0) return new Set([brickKey(node.brickZyx)]);
  return new Set(node.children.flatMap((child) => [...bricksOf(child)]));
}
