import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brickKey } from '../core/brick';
import { BRICK_WORDS, type BrickBits, countBits } from '../core/brick-bits';
import { packed } from '../core/testing/packed';
import type { Zyx } from '../core/vec';
import { extractPatch } from '../mesh/extract-patch';
import { weld } from '../mesh/weld';
import type { SegmentInfo } from './protocol';
import { type EditGroup, Segmentation } from './segmentation';

const BRICKS: readonly Zyx[] = [
  [0, 0, 0],
  [0, 0, 1],
  [1, 0, 0],
];
const BOX = { originZyx: [0, 0, 0], shapeZyx: [128, 64, 128] } as const;

function create() {
  const told: (readonly SegmentInfo[])[] = [];
  const histories: { undo: string | null; redo: string | null }[] = [];
  const segmentation = new Segmentation(
    {
      workers: 1,
      extract: async (...args) => extractPatch(...args),
      weld: async (all) => weld(all),
    },
    { voxelSizeNm: [1, 1, 1], originNm: [0, 0, 0] },
    {
      onSegments: (segments) => told.push(segments),
      onHistory: (state) => histories.push(state),
      onSurface: () => {},
      onSpilled: () => {},
      onLabels: () => {},
      onFailure: (error) => {
        throw error;
      },
      surfaceShare: () => 1,
    },
  );
  return { segmentation, told, histories };
}

/** Rows of a brick's bits from one to another, in some bricks. */
function bitsOf(rows: readonly { brick: number; from: number; to: number }[]): BrickBits {
  const bits: BrickBits = new Map();
  for (const { brick, from, to } of rows) {
    const key = brickKey(BRICKS[brick] ?? [0, 0, 0]);
    const words = bits.get(key) ?? new Uint32Array(BRICK_WORDS);
    words.fill(0xffffffff, from, Math.max(from + 1, to));
    bits.set(key, words);
  }
  return bits;
}

function fill(segmentation: Segmentation, bits: BrickBits, group?: EditGroup): number {
  const id = segmentation.begin(() => false);
  const voxels = [...bits.values()]
    .flatMap((words) => [...words])
    .reduce((n, w) => n + countBits(w), 0);
  const info = {
    id,
    algorithm: 'flood-fill',
    seedZyx: [0, 0, 0],
    params: { low: 1, high: 2 },
    voxels,
    bricks: bits.size,
    unreadBricks: 0,
    complete: true,
    milliseconds: 1,
    backend: 'cpu',
    adapter: 'test',
  } as const;
  segmentation.finish(packed(bits), info, group);
  return id;
}

const stateOf = ({ labels, segments }: Segmentation) => ({
  ids: createHash('sha256').update(labels.readBox(BOX)).digest('hex'),
  segments: segments.toSorted((a, b) => a.id - b.id),
});

const rows = fc.array(
  fc.record({
    brick: fc.integer({ min: 0, max: 2 }),
    from: fc.integer({ min: 0, max: 60 }),
    to: fc.integer({ min: 0, max: 64 }),
  }),
  { minLength: 1, maxLength: 3 },
);
const step = fc.oneof(
  fc.tuple(rows, fc.boolean()).map(([value, isGrouped]) => ({ fill: value, isGrouped })),
  fc.nat().map((value) => ({ remove: value })),
);

describe('changes of a segmentation', () => {
  it('are taken back and done again exactly: voxels, lists, and what their segments count', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 7 }), (steps) => {
        const { segmentation } = create();
        const states = [stateOf(segmentation)];
        const group = { what: 'a group' };
        let wasGrouped = false;
        for (const each of steps) {
          // What is begun and comes to nothing leaves nothing.
          segmentation.begin(() => false);
          segmentation.discard();
          if ('fill' in each) {
            fill(segmentation, bitsOf(each.fill), each.isGrouped ? group : undefined);
            // One with what came right before it.
            if (each.isGrouped && wasGrouped) states.pop();
            wasGrouped = each.isGrouped;
          } else {
            const { segments } = segmentation;
            const victim = segments[each.remove % Math.max(1, segments.length)];
            if (!victim) continue;
            segmentation.remove(victim.id);
            wasGrouped = false;
          }
          states.push(stateOf(segmentation));
        }
        for (const state of states.slice(0, -1).reverse()) {
          expect(segmentation.undo()).toBe(true);
          expect(stateOf(segmentation)).toEqual(state);
        }
        expect(segmentation.undo()).toBe(false);
        for (const state of states.slice(1)) {
          expect(segmentation.redo()).toBe(true);
          expect(stateOf(segmentation)).toEqual(state);
        }
        expect(segmentation.redo()).toBe(false);
        for (const { id, voxels } of segmentation.segments)
          expect(voxels).toBe(
            segmentation.labels.readBox(BOX).filter((each) => each === id).length,
          );
      }),
      { numRuns: 15, seed: 12 },
    );
  }, 20_000);

  it('have their surfaces made anew, and say what can be undone', async () => {
    const { segmentation, histories } = create();
    const first = fill(segmentation, bitsOf([{ brick: 0, from: 0, to: 40 }]));
    const before = (await segmentation.surfaces.mesh(first)).indices.length;
    const second = fill(segmentation, bitsOf([{ brick: 0, from: 10, to: 50 }]));
    const less = (await segmentation.surfaces.mesh(first)).indices.length;
    expect(less).toBeLessThan(before);
    expect(histories.at(-1)).toEqual({ undo: `fill of segment ${second}`, redo: null });
    segmentation.undo();
    expect((await segmentation.surfaces.mesh(first)).indices.length).toBe(before);
    expect((await segmentation.surfaces.mesh(second)).indices.length).toBe(0);
    segmentation.redo();
    expect((await segmentation.surfaces.mesh(first)).indices.length).toBe(less);
    expect((await segmentation.surfaces.mesh(second)).indices.length).toBeGreaterThan(0);
    segmentation.remove(second);
    expect(histories.at(-1)).toEqual({ undo: `removal of segment ${second}`, redo: null });
    segmentation.undo();
    expect((await segmentation.surfaces.mesh(second)).indices.length).toBeGreaterThan(0);
  });

  it('of a group are one, surfaces too', async () => {
    const { segmentation, histories } = create();
    const triangles = async (id: number) =>
      (await segmentation.surfaces.mesh(id)).indices.length / 3;
    const first = fill(segmentation, bitsOf([{ brick: 0, from: 0, to: 40 }]));
    const before = await triangles(first);
    const group = { what: 'all of it' };
    const rowsOf = (from: number, to: number) => bitsOf([{ brick: 0, from, to }]);
    const second = fill(segmentation, rowsOf(0, 20), group);
    const third = fill(segmentation, rowsOf(20, 40), group);
    expect([second, third]).toEqual([first + 1, first + 2]);
    const made = [await triangles(second), await triangles(third)];
    expect(segmentation.segments.map(({ id }) => id)).toEqual([second, third]);
    expect(histories.at(-1)).toEqual({ undo: 'all of it', redo: null });
    for (let again = 0; again < 2; again++) {
      segmentation.undo();
      expect(segmentation.segments.map(({ id }) => id)).toEqual([first]);
      expect(await triangles(first)).toBe(before);
      expect([await triangles(second), await triangles(third)]).toEqual([0, 0]);
      segmentation.redo();
      expect(await triangles(first)).toBe(0);
      expect([await triangles(second), await triangles(third)]).toEqual(made);
    }
  });
});
