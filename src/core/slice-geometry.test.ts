import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compose, IDENTITY, turnAbout } from './quaternion';
import {
  axesOf,
  type Bounds,
  directionsOf,
  type LevelGrid,
  levelReach,
  pickLevel,
  pixelToVoxel,
  planeOf,
  type SliceView,
  sliceStep,
  turnedAbout,
  type ViewId,
  voxelToPixel,
} from './slice-geometry';
import { ORIENTATIONS, QUARTER_TURNS } from './testing/orientations';
import { real, SIZES_NM, SLICE_VIEWS, VIEW_IDS } from './testing/slice-views';
import { cross, dot, multiply, subtract, type Zyx } from './vec';

const viewAt = (nmPerPixel: number): SliceView => ({
  centerZyx: [0, 0, 0],
  orientation: IDENTITY,
  nmPerPixel,
  widthPixels: 100,
  heightPixels: 100,
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
      orientation: IDENTITY,
      nmPerPixel: 7,
      widthPixels: 11,
      heightPixels: 8,
    } as const;
    expect(pixelToVoxel('xz', state, [40, 8, 8], 5.5, 4)).toEqual([3, 4, 5]);
  });

  test('a pixel spans the same nanometres on both axes, to the right and down', () => {
    const state = {
      centerZyx: [0, 0, 0],
      orientation: IDENTITY,
      nmPerPixel: 8,
      widthPixels: 0,
      heightPixels: 0,
    } as const;
    expect(pixelToVoxel('zy', state, [40, 8, 4], 10, 10)).toEqual([2, 10, 0]);
  });

  test('there and back again', () => {
    fc.assert(
      fc.property(
        VIEW_IDS,
        SLICE_VIEWS,
        SIZES_NM,
        real(-99, 999),
        real(-99, 999),
        (id, state, nm, x, y) => {
          const zyx = pixelToVoxel(id, state, nm, x, y);
          const { away } = directionsOf(id, state.orientation);
          const offsetNm = multiply(subtract(zyx, state.centerZyx), nm);
          expect(dot(offsetNm, away)).toBeCloseTo(0, 5);
          const [backX, backY] = voxelToPixel(id, state, nm, zyx);
          expect(backX).toBeCloseTo(x, 5);
          expect(backY).toBeCloseTo(y, 5);
        },
      ),
    );
  });
});

describe('a turned view', () => {
  test('has directions of length one at right angles, the same three in all views', () => {
    fc.assert(
      fc.property(ORIENTATIONS, (orientation) => {
        const [xy, zy, xz] = (['xy', 'zy', 'xz'] as const).map((id) =>
          directionsOf(id, orientation),
        );
        for (const { right, down, away } of [xy, zy, xz].flatMap((one) => one ?? [])) {
          for (const one of [right, down, away]) expect(dot(one, one)).toBeCloseTo(1, 9);
          expect(dot(right, down)).toBeCloseTo(0, 9);
          expect(Math.abs(dot(cross(right, down), away))).toBeCloseTo(1, 9);
        }
        expect([zy?.right, zy?.down, zy?.away]).toEqual([xy?.away, xy?.down, xy?.right]);
        expect([xz?.right, xz?.down, xz?.away]).toEqual([xy?.right, xy?.away, xy?.down]);
      }),
    );
  });

  test('turns as neuroglancer does: by 30 degrees about z, what was right goes down', () => {
    const state: SliceView = {
      centerZyx: [3, 4, 5],
      orientation: turnAbout([1, 0, 0], Math.PI / 6),
      nmPerPixel: 8,
      widthPixels: 20,
      heightPixels: 10,
    };
    const [z, y, x] = pixelToVoxel('xy', state, [40, 8, 4], 20, 5);
    expect(z).toBe(3);
    expect(y).toBeCloseTo(4 + 10 * Math.sin(Math.PI / 6), 9);
    expect(x).toBeCloseTo(5 + 2 * 10 * Math.cos(Math.PI / 6), 9);
  });

  test('by quarter turns lies along axes exactly, and knows it where they grow as it does', () => {
    fc.assert(
      fc.property(VIEW_IDS, SLICE_VIEWS, SIZES_NM, QUARTER_TURNS, (id, state, nm, orientation) => {
        const plane = planeOf(id, { ...state, orientation }, nm);
        const along = (zyx: Zyx) => zyx.filter((part) => part !== 0);
        const [right, down] = [along(plane.rightZyx), along(plane.downZyx)];
        expect([right.length, down.length]).toEqual([1, 1]);
        expect(plane.axes !== undefined).toBe((right[0] ?? 0) > 0 && (down[0] ?? 0) > 0);
      }),
    );
    expect(planeOf('zy', viewAt(8), [8, 8, 8]).axes).toEqual(axesOf('zy'));
  });

  test('goes by slices of one voxel at most, along its normal', () => {
    fc.assert(
      fc.property(VIEW_IDS, ORIENTATIONS, SIZES_NM, (id, orientation, nm) => {
        const step = sliceStep(id, orientation, nm);
        expect(Math.max(...step.map(Math.abs))).toBeCloseTo(1, 9);
        const { right, down, away } = directionsOf(id, orientation);
        const stepNm = multiply(step, nm);
        expect(dot(stepNm, right)).toBeCloseTo(0, 6);
        expect(dot(stepNm, down)).toBeCloseTo(0, 6);
        expect(dot(stepNm, away)).toBeGreaterThan(0);
      }),
    );
    expect(sliceStep('xz', IDENTITY, [40, 8, 4])).toEqual([0, 1, 0]);
  });

  test('turns about a voxel, which stays under its pixel', () => {
    fc.assert(
      fc.property(
        VIEW_IDS,
        SLICE_VIEWS,
        SIZES_NM,
        real(0, 900),
        real(0, 900),
        (id, state, nm, x, y) => {
          const about = pixelToVoxel(id, state, nm, x, y);
          const { away } = directionsOf(id, state.orientation);
          const turn = turnAbout(away, 0.7);
          const turned = {
            ...state,
            orientation: compose(turn, state.orientation),
            centerZyx: turnedAbout(state.centerZyx, about, turn, nm),
          };
          const [nowX, nowY] = voxelToPixel(id, turned, nm, about);
          expect(nowX).toBeCloseTo(x, 3);
          expect(nowY).toBeCloseTo(y, 3);
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

  test.each([
    [1, 0],
    [8, 0],
    [15.9, 0],
    [16, 1],
    [63, 2],
    [64, 3],
    [1e6, 3],
  ])('at %d nm a pixel: level %d', (nmPerPixel, level) => {
    expect(pickLevel('xy', viewAt(nmPerPixel), pyramid, [40, 8, 8])).toBe(level);
  });

  test('an axis that is coarse at the finest level too holds nothing back', () => {
    expect(pickLevel('zy', viewAt(16), pyramid, [40, 8, 8])).toBe(1);
  });

  test('an axis counts as far as it lies in the plane', () => {
    const deep: LevelGrid[] = [1, 2].map(
      (factor) => ({ ...pyramid[0], scaleZyx: [factor, 1, 1] }) as never,
    );
    const tilted = (degrees: number): SliceView => ({
      ...viewAt(20),
      orientation: turnAbout([0, 0, 1], (degrees * Math.PI) / 180),
    });
    // Voxels of 80 nm, of which 20 nm are seen at 14.5 degrees.
    expect(pickLevel('xy', tilted(14), deep, [40, 8, 8])).toBe(1);
    expect(pickLevel('xy', tilted(15), deep, [40, 8, 8])).toBe(0);
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
