import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BRICK_EDGE, brickGrid, brickKey, bricksOfBox } from './brick';
import { IDENTITY } from './quaternion';
import { areaOf, sectionOf } from './section';
import { type LevelGrid, planeOf, type SliceView } from './slice-geometry';
import { ORIENTATIONS } from './testing/orientations';
import { real, SIZES_NM, SLICE_VIEWS, VIEW_IDS } from './testing/slice-views';
import { add, multiply, type Zyx } from './vec';
import { visibleBricks } from './visible-bricks';

const size = fc.integer({ min: 1, max: 300 });
const levels: fc.Arbitrary<LevelGrid> = fc.record({
  shapeZyx: fc.tuple(size, size, size),
  scaleZyx: fc.constantFrom<Zyx>([1, 1, 1], [1, 2, 2], [4, 4, 4]),
  offsetZyx: fc.constantFrom<Zyx>([0, 0, 0], [0, -0.5, -0.5], [10, 3, 70]),
});

/** What a brick covers of its level, in voxels of the finest, `more` of the level's voxels further on all sides. */
function coverOf({ shapeZyx, scaleZyx, offsetZyx }: LevelGrid, brickZyx: Zyx, more: number) {
  const reach: Zyx = [more, more, more];
  const first = multiply(brickZyx, [BRICK_EDGE, BRICK_EDGE, BRICK_EDGE]);
  const end = first.map((at, axis) => Math.min(at + BRICK_EDGE, shapeZyx[axis] ?? 0));
  const toFinest = (at: Zyx) => add(multiply(at, scaleZyx), offsetZyx);
  return {
    startZyx: toFinest(add(first, multiply(reach, [-1, -1, -1]))),
    endZyx: toFinest(add(end as unknown as Zyx, reach)),
  };
}

describe('the visible bricks', () => {
  test('are all that the slice cuts in the viewport, and none that is more than a voxel away from it', () => {
    fc.assert(
      fc.property(VIEW_IDS, SLICE_VIEWS, SIZES_NM, levels, (id, state, nm, level) => {
        const bricks = visibleBricks(id, state, level, nm);
        const keys = new Set(bricks.map(brickKey));
        expect(keys.size).toBe(bricks.length);
        const plane = planeOf(id, state, nm);
        const area = (brick: Zyx, more: number) =>
          areaOf(sectionOf(plane, coverOf(level, brick, more)));
        const whole = { originZyx: [0, 0, 0], shapeZyx: level.shapeZyx } as const;
        for (const brick of bricksOfBox(whole)) {
          const isVisible = keys.has(brickKey(brick));
          // Of what is cut in a point or a line only either may be said.
          if (area(brick, 0) > 1e-6)
            expect({ brick, isVisible }).toEqual({ brick, isVisible: true });
          if (isVisible)
            expect({ brick, area: area(brick, 1.001) > 0 }).toEqual({ brick, area: true });
          const isInside = brick.every(
            (at, axis) => at > 0 && at < (brickGrid(level.shapeZyx)[axis] ?? 0) - 1,
          );
          if (isVisible && isInside) expect(area(brick, 1e-6)).toBeGreaterThan(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  const state: SliceView = {
    centerZyx: [5, 200, 330],
    orientation: IDENTITY,
    nmPerPixel: 8,
    widthPixels: 500,
    heightPixels: 400,
  };

  test('begin with the one under the centre, and go on outwards', () => {
    const level: LevelGrid = {
      shapeZyx: [640, 640, 640],
      scaleZyx: [1, 1, 1],
      offsetZyx: [0, 0, 0],
    };
    expect(visibleBricks('xy', state, level, [8, 8, 8])[0]).toEqual([0, 3, 5]);
    fc.assert(
      fc.property(
        ORIENTATIONS,
        real(100, 500),
        real(100, 500),
        real(100, 500),
        (orientation, z, y, x) => {
          const turned = { ...state, orientation, centerZyx: [z, y, x] } as const;
          expect(visibleBricks('zy', turned, level, [8, 8, 8])[0]).toEqual(
            [z, y, x].map((at) => at >> 6),
          );
        },
      ),
    );
  });

  test('of a slice at the rim that a rounded-down level lacks are its last ones; outside there are none', () => {
    const level: LevelGrid = { shapeZyx: [62, 62, 62], scaleZyx: [4, 4, 4], offsetZyx: [0, 0, 0] };
    const rim = {
      ...state,
      centerZyx: [249, 100, 100],
      widthPixels: 50,
      heightPixels: 40,
    } as const;
    expect(visibleBricks('xy', rim, level, [8, 8, 8])).toEqual([[0, 0, 0]]);
    const outside = { ...rim, centerZyx: [260, 100, 100] } as const;
    expect(visibleBricks('xy', outside, level, [8, 8, 8])).toEqual([]);
  });

  test('of a plane through a vast volume are found without a look at all others', () => {
    const level: LevelGrid = {
      shapeZyx: [2 ** 20, 2 ** 20, 2 ** 20],
      scaleZyx: [1, 1, 1],
      offsetZyx: [0, 0, 0],
    };
    const slanted: SliceView = {
      ...state,
      centerZyx: [500_000, 500_000, 500_000],
      orientation: [0.3, 0.4, 0.1, 0.8602325267],
    };
    const bricks = visibleBricks('xy', slanted, level, [8, 8, 8]);
    expect(bricks.length).toBeGreaterThan(40);
    expect(bricks.length).toBeLessThan(400);
  });
});
