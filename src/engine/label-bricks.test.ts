import { beforeEach, describe, expect, it } from 'vitest';
import { BRICK_VOXELS, brickKey } from '../core/brick';
import { BRICK_WORDS } from '../core/brick-bits';
import type { SegmentBits } from '../core/packed-bits';
import { packed } from '../core/testing/packed';
import type { Zyx } from '../core/vec';
import type { LevelInfo } from '../volume/model';
import { LabelBricks } from './label-bricks';
import { MemoryBrickPool, type MemorySlot } from './memory-brick-pool';
import { Segmentation } from './segmentation';

const level: LevelInfo = {
  path: '',
  shapeZyx: [64, 64, 64 * 40],
  chunkZyx: [64, 64, 64],
  scaleZyx: [1, 1, 1],
  offsetZyx: [0, 0, 0],
};
const row = (count: number): Zyx[] => Array.from({ length: count }, (_, x) => [0, 0, x]);
/** Voxels 0 to 31 of the first row, in each of the bricks. */
const bitsIn = (bricks: readonly Zyx[]): SegmentBits =>
  packed(
    new Map(
      bricks.map((brick) => {
        const bits = new Uint32Array(BRICK_WORDS);
        bits[0] = 0xffffffff;
        return [brickKey(brick), bits];
      }),
    ),
  );

let changes: number;
let segmentation: Segmentation;
let bricks: LabelBricks<MemorySlot>;

beforeEach(() => {
  changes = 0;
  const never = () => new Promise<never>(() => {});
  segmentation = new Segmentation(
    { extract: never, weld: never },
    { voxelSizeNm: [1, 1, 1], originNm: [0, 0, 0] },
    {
      onSegments: () => {},
      onHistory: () => {},
      onPatch: () => {},
      onSpilled: () => {},
      onLabels: () => changes++,
      onFailure: () => {},
      surfaceShare: () => 1,
    },
  );
  bricks = new LabelBricks(segmentation, new MemoryBrickPool('labels', 4, 2 ** 26));
});

const done = (id: number) => ({
  id,
  algorithm: 'flood-fill' as const,
  seedZyx: [0, 0, 0] as const,
  params: { low: 0, high: 1 },
  voxels: 32,
  bricks: 1,
  unreadBricks: 0,
  complete: true,
  milliseconds: 1,
  backend: 'cpu' as const,
  adapter: '',
});

/** The first voxel of each brick that a frame draws. */
function frame(count = 3): (number | undefined)[] {
  bricks.beginFrame();
  return bricks.drawn(row(count), level).map(({ slot }) => slot.voxels[0]);
}

describe("the segmentation's bricks as slices draw them", () => {
  it('are painted over with a segment that grows, and with nothing once it was discarded', () => {
    segmentation.finish(bitsIn(row(1)), done(segmentation.begin(() => false)));
    expect(frame()).toEqual([1]);
    const id = segmentation.begin(() => false);
    expect(frame()).toEqual([1]);
    segmentation.grow(bitsIn(row(2)));
    expect(frame()).toEqual([id, id]);
    segmentation.discard();
    expect(frame()).toEqual([1]);
  });

  it('are the finished segment’s own, without what had grown too far', () => {
    const id = segmentation.begin(() => false);
    segmentation.grow(bitsIn(row(3)));
    expect(frame()).toEqual([id, id, id]);
    segmentation.finish(bitsIn(row(2)), done(id));
    expect(frame()).toEqual([id, id]);
  });

  it('are left as they are while a segment grows that is drawn otherwise', () => {
    const id = segmentation.begin(() => true);
    segmentation.grow(bitsIn(row(2)));
    expect([frame(), changes]).toEqual([[], 0]);
    segmentation.finish(bitsIn(row(2)), done(id));
    expect(frame()).toEqual([id, id]);
  });

  it('are made anew only when they changed', () => {
    segmentation.begin(() => false);
    segmentation.grow(bitsIn(row(3)));
    bricks.beginFrame();
    const before = bricks.drawn(row(3), level).map(({ slot }) => slot.voxels);
    segmentation.grow(bitsIn([[0, 0, 1]]));
    bricks.beginFrame();
    const after = bricks.drawn(row(3), level).map(({ slot }) => slot.voxels);
    expect(after.map((voxels, index) => voxels === before[index])).toEqual([true, false, true]);
    expect(changes).toBe(2);
  });

  it('come a bounded number a frame', () => {
    segmentation.begin(() => false);
    segmentation.grow(bitsIn(row(40)));
    expect(frame(40)).toHaveLength(24);
    expect(bricks.isBehind).toBe(true);
    expect(frame(40)).toHaveLength(40);
    expect(bricks.isBehind).toBe(false);
  });

  it('are never more than the pool holds', () => {
    bricks = new LabelBricks(segmentation, new MemoryBrickPool('labels', 4, 16 * BRICK_VOXELS));
    segmentation.begin(() => false);
    segmentation.grow(bitsIn(row(6)));
    for (let i = 0; i < 3; i++) {
      expect(frame(6)).toEqual([1, 1, 1, 1]);
      expect(bricks.isBehind).toBe(false);
    }
  });
});
