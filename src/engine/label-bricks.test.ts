import { beforeEach, describe, expect, it } from 'vitest';
import { BRICK_VOXELS, brickKey } from '../core/brick';
import { type Bits, BRICK_BITS_BYTES, BRICK_WORDS, paintBits } from '../core/brick-bits';
import type { SegmentBits } from '../core/packed-bits';
import { IDENTITY } from '../core/quaternion';
import type { SliceView } from '../core/slice-geometry';
import { packed } from '../core/testing/packed';
import type { Zyx } from '../core/vec';
import { LabelBricks, labelLevels } from './label-bricks';
import { LabelPools } from './label-pools';
import type { MemorySlot } from './memory-brick-pool';
import { Segmentation } from './segmentation';
import { CanvasSlices, type SegmentBrick } from './slices';

const shapeZyx: Zyx = [200, 64, 64 * 40];
const voxelSizeNm: Zyx = [1, 1, 1];
/** Looks at the first so many bricks of the first row, and at nothing else; a pixel is a voxel of a level. */
const viewOf = (count: number, level = 0): SliceView => ({
  centerZyx: [0.5, 20, (count * 64 - 1) / 2],
  orientation: IDENTITY,
  nmPerPixel: 2 ** level,
  widthPixels: (count * 64 - 1) / 2 ** level,
  heightPixels: 20 / 2 ** level,
});
const row = (count: number): Zyx[] => Array.from({ length: count }, (_, x) => [0, 0, x]);
/** Voxels 0 to 31 of a row, in each of the bricks. */
const bitsIn = (bricks: readonly Zyx[], y = 0): SegmentBits =>
  packed(
    new Map(
      bricks.map((brick) => {
        const bits = new Uint32Array(BRICK_WORDS);
        bits[y] = 0xffffffff;
        return [brickKey(brick), bits];
      }),
    ),
  );

const backend = new CanvasSlices(2 ** 30);
let changes: number;
let segmentation: Segmentation;
let bricks: LabelBricks<MemorySlot>;

const bricksIn = (bytes: number) =>
  new LabelBricks(segmentation, new LabelPools(backend, bytes), shapeZyx, voxelSizeNm);

/** What a frame draws of the first row, from its beginning on. */
function drawnBricks(count: number, level = 0) {
  bricks.beginFrame();
  const drawn = bricks.drawn('xy', viewOf(count, level));
  return drawn.sort((a, b) => a.brickZyx[2] - b.brickZyx[2]);
}

/** The same once all of it is up to date: coarse levels may take some frames. */
function upToDate(count: number, level: number) {
  for (;;) {
    const drawn = drawnBricks(count, level);
    if (!bricks.isBehind) return drawn;
  }
}

beforeEach(() => {
  changes = 0;
  const never = () => new Promise<never>(() => {});
  segmentation = new Segmentation(
    { workers: 1, extract: never, weld: never },
    { voxelSizeNm: [1, 1, 1], originNm: [0, 0, 0] },
    {
      onSegments: () => {},
      onHistory: () => {},
      onSurface: () => {},
      onSpilled: () => {},
      onLabels: () => changes++,
      onFailure: () => {},
      surfaceShare: () => 1,
    },
  );
  bricks = bricksIn(2 ** 26);
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

/** The ids in a brick that is drawn. */
function idsIn({ slot, segment }: SegmentBrick<MemorySlot>): Uint32Array {
  if (segment === undefined) return slot.voxels as Uint32Array;
  const ids = new Uint32Array(BRICK_VOXELS);
  paintBits(ids, slot.voxels as Bits, segment);
  return ids;
}

/** The first voxel of each brick that a frame draws. */
function frame(count = 3): (number | undefined)[] {
  return drawnBricks(count).map((brick) => idsIn(brick)[0]);
}

describe("the segmentation's bricks as slices draw them", () => {
  it('are painted over with a segment that grows, and with nothing once it was discarded', () => {
    segmentation.finish(bitsIn(row(1)), done(segmentation.begin(() => false)));
    expect(frame()).toEqual([1]);
    const id = segmentation.begin(() => false);
    expect(frame()).toEqual([1]);
    segmentation.grow(id, bitsIn(row(2)));
    expect(frame()).toEqual([id, id]);
    segmentation.discard();
    expect(frame()).toEqual([1]);
  });

  it('are the finished segment’s own, without what had grown too far', () => {
    const id = segmentation.begin(() => false);
    segmentation.grow(id, bitsIn(row(3)));
    expect(frame()).toEqual([id, id, id]);
    segmentation.finish(bitsIn(row(2)), done(id));
    expect(frame()).toEqual([id, id]);
  });

  it('are left as they are while a segment grows that is drawn otherwise', () => {
    const id = segmentation.begin(() => true);
    segmentation.grow(id, bitsIn(row(2)));
    expect([frame(), changes]).toEqual([[], 0]);
    segmentation.finish(bitsIn(row(2)), done(id));
    expect(frame()).toEqual([id, id]);
  });

  it('are made anew only when they changed', () => {
    const id = segmentation.begin(() => false);
    segmentation.grow(id, bitsIn(row(3)));
    const before = drawnBricks(3).map(({ slot }) => slot.voxels);
    segmentation.grow(id, bitsIn([[0, 0, 1]]));
    const after = drawnBricks(3).map(({ slot }) => slot.voxels);
    expect(after.map((voxels, index) => voxels === before[index])).toEqual([true, false, true]);
    expect(changes).toBe(2);
  });

  it('come a bounded number a frame, bits more than ids', () => {
    segmentation.finish(bitsIn(row(40)), done(segmentation.begin(() => false)));
    expect(frame(40)).toHaveLength(40);
    segmentation.grow(
      segmentation.begin(() => false),
      bitsIn(row(40), 1),
    );
    bricks = bricksIn(2 ** 26);
    expect(frame(40)).toHaveLength(24);
    expect(bricks.isBehind).toBe(true);
    expect(frame(40)).toHaveLength(40);
    expect(bricks.isBehind).toBe(false);
  });

  it('are shown as they were until they are up to date, be it as bits of another segment', () => {
    const first = segmentation.begin(() => false);
    segmentation.finish(bitsIn(row(40)), done(first));
    expect(frame(40)).toEqual(Array(40).fill(first));
    const second = segmentation.begin(() => false);
    segmentation.grow(second, bitsIn(row(40), 1));
    const rows = () => drawnBricks(40).map((brick) => [0, 64].map((at) => idsIn(brick)[at]).join());
    const count = (wanted: string) => rows().filter((row) => row === wanted).length;
    expect(count(`${first},0`)).toBe(16);
    expect(count(`${first},${second}`)).toBe(40);
  });

  it('are never more than the pools hold', () => {
    const expectFour = () => {
      for (let i = 0; i < 3; i++) {
        expect(frame(6)).toEqual([1, 1, 1, 1]);
        expect(bricks.isBehind).toBe(false);
      }
    };
    segmentation.finish(bitsIn(row(6)), done(segmentation.begin(() => false)));
    bricks = bricksIn(4 * 8 * BRICK_BITS_BYTES);
    expectFour();
    segmentation.grow(
      segmentation.begin(() => false),
      bitsIn(row(6), 1),
    );
    bricks = bricksIn(5 * 4 * BRICK_VOXELS);
    expectFour();
  });

  it('are bits of a segment as long as it is alone in a brick, and ids else', () => {
    const forms = () => drawnBricks(2).map(({ segment, slot }) => [segment, slot.voxels.length]);
    const first = segmentation.begin(() => false);
    segmentation.finish(bitsIn(row(2)), done(first));
    expect(forms()).toEqual([
      [first, BRICK_WORDS],
      [first, BRICK_WORDS],
    ]);
    const second = segmentation.begin(() => false);
    segmentation.grow(second, bitsIn(row(1), 1));
    expect(forms()).toEqual([
      [undefined, BRICK_VOXELS],
      [first, BRICK_WORDS],
    ]);
    const rows = () => drawnBricks(1).map((brick) => [0, 64].map((at) => idsIn(brick)[at]));
    expect(rows()).toEqual([[first, second]]);
    segmentation.finish(bitsIn(row(1), 1), done(second));
    expect(rows()).toEqual([[first, second]]);
    segmentation.remove(first);
    expect(forms()).toEqual([[second, BRICK_WORDS]]);
    expect(rows()).toEqual([[0, second]]);
    segmentation.undo();
    expect(rows()).toEqual([[first, second]]);
  });

  it('are of the level that suits the zoom, with the newest segment where several meet', () => {
    const first = segmentation.begin(() => false);
    segmentation.finish(bitsIn(row(40)), done(first));
    const second = segmentation.begin(() => false);
    const beside = new Uint32Array(BRICK_WORDS);
    // Row y = 1: the first segment has y = 0.
    beside[1] = 0xffff;
    segmentation.finish(packed(new Map([[brickKey([0, 0, 5]), beside]])), done(second));
    for (const level of [0, 1, 2, 3])
      expect(
        upToDate(40, level).map(({ brickZyx, level }) => [brickZyx[2], ...level.scaleZyx]),
      ).toEqual(row(40 / 2 ** level).map(([, , x]) => [x, 2 ** level, 2 ** level, 2 ** level]));
    const [coarse] = upToDate(40, 3);
    const ids = coarse && idsIn(coarse).subarray(0, 64);
    // Eight bricks of eight voxels each, set in their first half; of the sixth the first quarter is the second's.
    const expected = Array.from({ length: 64 }, (_, x) =>
      x % 8 >= 4 ? 0 : x >= 40 && x < 42 ? second : first,
    );
    expect([...(ids ?? [])]).toEqual(expected);
  });

  it('follow a growing segment at coarse levels too, and its end', () => {
    const first = segmentation.begin(() => false);
    segmentation.finish(bitsIn(row(1)), done(first));
    const shown = () =>
      upToDate(16, 3).map((brick) => {
        const ids = idsIn(brick);
        return [ids[0], ids[8]];
      });
    expect(shown()).toEqual([[first, 0]]);
    const id = segmentation.begin(() => false);
    segmentation.grow(id, bitsIn(row(9)));
    expect(shown()).toEqual([
      [id, id],
      [id, 0],
    ]);
    segmentation.discard();
    expect(shown()).toEqual([[first, 0]]);
    const elsewhere = segmentation.begin(() => true);
    segmentation.grow(elsewhere, bitsIn(row(9)));
    const whole = [
      [elsewhere, elsewhere],
      [elsewhere, 0],
    ];
    expect(shown()).toEqual(whole);
    segmentation.finish(bitsIn(row(9)), done(elsewhere));
    expect(shown()).toEqual(whole);
    segmentation.undo();
    expect(shown()).toEqual([[first, 0]]);
  });

  it('are those of the level before until all of another are there', () => {
    for (const y of [0, 1])
      segmentation.finish(bitsIn(row(40), y), done(segmentation.begin(() => false)));
    const scales = (drawn: ReturnType<typeof drawnBricks>) =>
      new Set(drawn.map(({ level }) => level.scaleZyx[0]));
    expect(scales(upToDate(40, 2))).toEqual(new Set([4]));
    expect(scales(drawnBricks(40, 0))).toEqual(new Set([4]));
    expect(bricks.isBehind).toBe(true);
    expect(scales(upToDate(40, 0))).toEqual(new Set([1]));
  });
});

describe('the levels of a segmentation', () => {
  it('go from the volume’s own voxels to one brick', () => {
    const levels = labelLevels([2048, 100, 64]);
    expect(levels.map(({ shapeZyx }) => shapeZyx)).toEqual([
      [2048, 100, 64],
      [1024, 50, 32],
      [512, 25, 16],
      [256, 13, 8],
      [128, 7, 4],
      [64, 4, 2],
    ]);
  });
});
