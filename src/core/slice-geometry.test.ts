import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BRICK_EDGE, brickGrid, brickKey } from './brick';
import {
  axesOf,
  type Bounds,
  type LevelGrid,
  levelReach,
  pickLevel,
  pixelToVoxel,
  type SliceView,
  type ViewId,
  visibleBricks,
  voxelToPixel,
} from './slice-geometry';
import type { Zyx } from './vec';

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const viewIds = fc.constantFrom<ViewId>('xy', 'zy', 'xz');
const sizesNm: fc.Arbitrary<Zyx> = fc.tuple(real(1, 50), real(1, 50), real(1, 50));
const states: fc.Arbitrary<SliceView> = fc.record({
  centerZyx: fc.tuple(real(-10, 300), real(-10, 300), real(-10, 300)),
  nmPerPixel: real(0.5, 100),
  widthPixels: fc.integer({ min: 1, max: 900 }),
  heightPixels: fc.integer({ min: 1, max: 900 }),
});
const levels: fc.Arbitrary<LevelGrid> = fc.record({
  shapeZyx: fc.tuple(
    fc.integer({ min: 1, max: 300 }),
    fc.integer({ min: 1, max: 300 }),
    fc.integer({ min: 1, max: 300 }),
  ),
  scaleZyx: fc.constantFrom<Zyx>([1, 1, 1], [1, 2, 2], [4, 4, 4]),
  offsetZyx: fc.constantFrom<Zyx>([0, 0, 0], [0, -0.5, -0.5], [10, 3, 70]),
});

test('horizontal, vertical and normal axes are as the views are named', () => {
  const named = (view: ViewId) =>
    [axesOf(view).horizontal, axesOf(view).vertical].map((axis) => 'zyx'[axis]).join('');
  for (const view of ['xy', 'zy', 'xz'] as const) {
    expect(named(view)).toBe(view);
    const { horizontal, vertical, normal } = axesOf(view);
    expect([horizontal, vertical, normal].sort()).toEqual([0, 1, 2]);
  }
});

describe('pixels and voxels', () => {
  test('the middle of the canvas is the centre', () => {
    const state = {
      centerZyx: [3, 4, 5],
      nmPerPixel: 7,
      widthPixels: 11,
      heightPixels: 8,
    } as const;
    expect(pixelToVoxel('xz', state, [40, 8, 8], 5.5, 4)).toEqual([3, 4, 5]);
  });

  test('a pixel spans the same nanometres on both axes, to the right and down', () => {
    const state = { centerZyx: [0, 0, 0], nmPerPixel: 8, widthPixels: 0, heightPixels: 0 } as const;
    expect(pixelToVoxel('zy', state, [40, 8, 4], 10, 10)).toEqual([2, 10, 0]);
  });

  test('there and back again', () => {
    fc.assert(
      fc.property(
        viewIds,
        states,
        sizesNm,
        real(-99, 999),
        real(-99, 999),
        (id, state, nm, x, y) => {
          const zyx = pixelToVoxel(id, state, nm, x, y);
          expect(zyx[axesOf(id).normal]).toBe(state.centerZyx[axesOf(id).normal]);
          const [backX, backY] = voxelToPixel(id, state, nm, zyx);
          expect(backX).toBeCloseTo(x, 5);
          expect(backY).toBeCloseTo(y, 5);
        },
      ),
    );
  });
});

describe('pickLevel', () => {
  const pyramid: LevelGrid[] = [1, 2, 4, 8].map((factor) => ({
    shapeZyx: [100, 100, 100],
    scaleZyx: [1, factor, factor],
    offsetZyx: [0, 0, 0],
  }));
  const at = (nmPerPixel: number): SliceView => ({
    centerZyx: [0, 0, 0],
    nmPerPixel,
    widthPixels: 100,
    heightPixels: 100,
  });

  test.each([
    [1, 0],
    [8, 0],
    [15.9, 0],
    [16, 1],
    [63, 2],
    [64, 3],
    [1e6, 3],
  ])('at %d nm a pixel: level %d', (nmPerPixel, level) => {
    expect(pickLevel('xy', at(nmPerPixel), pyramid, [40, 8, 8])).toBe(level);
  });

  test('an axis that is coarse at the finest level too holds nothing back', () => {
    expect(pickLevel('zy', at(16), pyramid, [40, 8, 8])).toBe(1);
  });
});

describe('visibleBricks', () => {
  test('are those of the level that hold a voxel of the slice in the viewport, nearest first', () => {
    fc.assert(
      fc.property(viewIds, states, sizesNm, levels, (id, state, nm, level) => {
        const bricks = visibleBricks(id, state, level, nm);
        expect(new Set(bricks.map(brickKey)).size).toBe(bricks.length);
        const { horizontal, vertical, normal } = axesOf(id);
        const layer = (state.centerZyx[normal] - level.offsetZyx[normal]) / level.scaleZyx[normal];
        if (layer < 0 || layer >= level.shapeZyx[normal]) return;
        const isSeen = (brick: Zyx) => {
          const finest = (at: Zyx): Zyx => [
            at[0] * BRICK_EDGE * level.scaleZyx[0] + level.offsetZyx[0],
            at[1] * BRICK_EDGE * level.scaleZyx[1] + level.offsetZyx[1],
            at[2] * BRICK_EDGE * level.scaleZyx[2] + level.offsetZyx[2],
          ];
          const [left, top] = voxelToPixel(id, state, nm, finest(brick));
          const next: Zyx = [brick[0] + 1, brick[1] + 1, brick[2] + 1];
          const [right, bottom] = voxelToPixel(id, state, nm, finest(next));
          const { widthPixels, heightPixels } = state;
          return left <= widthPixels && right > 0 && top <= heightPixels && bottom > 0;
        };
        const expected = new Set<number>();
        const grid = brickGrid(level.shapeZyx);
        for (let h = 0; h < grid[horizontal]; h++)
          for (let v = 0; v < grid[vertical]; v++) {
            const brick: [number, number, number] = [0, 0, 0];
            brick[normal] = Math.floor(layer / BRICK_EDGE);
            brick[horizontal] = h;
            brick[vertical] = v;
            if (isSeen(brick)) expected.add(brickKey(brick));
          }
        expect(new Set(bricks.map(brickKey))).toEqual(expected);
      }),
    );
  });

  test('the brick under the centre comes first', () => {
    const level = { shapeZyx: [640, 640, 640], scaleZyx: [1, 1, 1], offsetZyx: [0, 0, 0] } as const;
    const state = {
      centerZyx: [5, 200, 330],
      nmPerPixel: 8,
      widthPixels: 500,
      heightPixels: 400,
    } as const;
    expect(visibleBricks('xy', state, level, [8, 8, 8])[0]).toEqual([0, 3, 5]);
  });

  test('a slice at the rim that a rounded-down level lacks still has its last bricks; one outside has none', () => {
    const level = { shapeZyx: [62, 62, 62], scaleZyx: [4, 4, 4], offsetZyx: [0, 0, 0] } as const;
    const state = {
      centerZyx: [249, 100, 100],
      nmPerPixel: 8,
      widthPixels: 50,
      heightPixels: 40,
    } as const;
    expect(visibleBricks('xy', state, level, [8, 8, 8])).toEqual([[0, 0, 0]]);
    const outside = { ...state, centerZyx: [260, 100, 100] } as const;
    expect(visibleBricks('xy', outside, level, [8, 8, 8])).toEqual([]);
  });
});

test('a level reaches to the volume’s border where less than one of its voxels is missing', () => {
  const level = (shape: number, scale: number, offset: number): LevelGrid => ({
    shapeZyx: [shape, 1, 1],
    scaleZyx: [scale, 1, 1],
    offsetZyx: [offset, 0, 0],
  });
  const bounds: Bounds = { startZyx: [0, 0, 0], endZyx: [250, 1, 1] };
  expect(levelReach(level(62, 4, 0), 0, bounds)).toEqual([0, 250]);
  expect(levelReach(level(63, 4, -0.5), 0, bounds)).toEqual([0, 250]);
  expect(levelReach(level(100, 1, 10), 0, bounds)).toEqual([10, 110]);
  const shifted: Bounds = { startZyx: [8, 0, 0], endZyx: [111, 1, 1] };
  expect(levelReach(level(25, 4, 10), 0, shifted)).toEqual([8, 111]);
  expect(levelReach(level(100, 1, 10), 0, shifted)).toEqual([10, 110]);
});
