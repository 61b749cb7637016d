import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compose, IDENTITY, type Quaternion, turnAbout } from '../core/quaternion';
import {
  alongNm,
  directionsOf,
  pixelToVoxel,
  type SliceView,
  sliceStep,
  type ViewId,
  voxelToPixel,
} from '../core/slice-geometry';
import { ORIENTATIONS } from '../core/testing/orientations';
import { add, dot, floor, multiply, subtract, type Zyx } from '../core/vec';
import type { EngineClient } from '../engine/client';
import { volumeInfo } from '../volume/testing/volume-info';
import {
  centerInVoxel,
  centerKeeping,
  clampCenter,
  fitNmPerPixel,
  limitZoom,
  moveInside,
} from './navigation';
import { Session } from './session';

const VIEWS: readonly ViewId[] = ['xy', 'zy', 'xz'];
const triple = (min: number, max: number) => {
  const one = fc.double({ min, max, noNaN: true });
  return fc.tuple(one, one, one);
};
const zoom = fc.double({ min: 0.1, max: 1000, noNaN: true });
const view: fc.Arbitrary<SliceView> = fc.record({
  centerZyx: triple(0, 1000),
  orientation: ORIENTATIONS,
  nmPerPixel: zoom,
  widthPixels: fc.integer({ min: 1, max: 4000 }),
  heightPixels: fc.integer({ min: 1, max: 4000 }),
});
const share = fc.double({ min: 0, max: 1, noNaN: true });

const volume = volumeInfo({ voxelSizeNm: [40, 8, 8] });

describe('pure', () => {
  test('zooming and panning keep the voxel under the pointer, and the slice', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...VIEWS),
        view,
        zoom,
        triple(1, 60),
        fc.tuple(share, share, share, share),
        (viewId, before, nmPerPixel, size, [x0, y0, x1, y1]) => {
          const { widthPixels: w, heightPixels: h } = before;
          const voxel = pixelToVoxel(viewId, before, size, x0 * w, y0 * h);
          const zoomed = { ...before, nmPerPixel };
          const centerZyx = centerKeeping(viewId, zoomed, size, voxel, [x1 * w, y1 * h]);
          const [x, y] = voxelToPixel(viewId, { ...zoomed, centerZyx }, size, voxel);
          expect(x).toBeCloseTo(x1 * w, 4);
          expect(y).toBeCloseTo(y1 * h, 4);
          const { away } = directionsOf(viewId, before.orientation);
          const wayNm = multiply(subtract(centerZyx, before.centerZyx), size);
          expect(dot(wayNm, away) / nmPerPixel).toBeCloseTo(0, 4);
        },
      ),
    );
  });

  test('a clamped centre lies in a voxel of the volume, and is left alone inside', () => {
    fc.assert(
      fc.property(triple(-500, 500), (center) => {
        const clamped = clampCenter(center, volume.shapeZyx);
        floor(clamped).forEach((at, axis) => {
          expect(at).toBeGreaterThanOrEqual(0);
          expect(at).toBeLessThan(volume.shapeZyx[axis] ?? 0);
        });
        expect(clampCenter(clamped, volume.shapeZyx)).toEqual(clamped);
      }),
    );
  });

  test('a move that would leave the volume stops at its edge in the plane it is in', () => {
    fc.assert(
      fc.property(
        ORIENTATIONS,
        fc.tuple(share, share, share),
        triple(-300, 300),
        (orientation, [z, y, x], [right, down]) => {
          const from = clampCenter(multiply(volume.shapeZyx, [z, y, x]), volume.shapeZyx);
          const directions = directionsOf('zy', orientation);
          const wanted = add(
            from,
            add(
              alongNm(directions.right, right * 40, volume.voxelSizeNm),
              alongNm(directions.down, down * 40, volume.voxelSizeNm),
            ),
          );
          const moved = moveInside(from, wanted, directions, volume);
          expect(clampCenter(moved, volume.shapeZyx)).toEqual(moved);
          const wayNm = multiply(subtract(moved, from), volume.voxelSizeNm);
          expect(dot(wayNm, directions.away)).toBeCloseTo(0, 5);
          const isInside = wanted.every(
            (at, axis) => at >= 0 && at < (volume.shapeZyx[axis] ?? 0) - 1,
          );
          if (isInside) expect(moved).toEqual(wanted);
        },
      ),
    );
  });

  test('along the axes it stops as a clamp does', () => {
    const directions = directionsOf('xy', IDENTITY);
    const moved = moveInside([50, 100, 150], [-3, 180, 999], directions, volume);
    expect(moved).toEqual(clampCenter([-3, 180, 999], volume.shapeZyx));
  });

  test('a step along one axis keeps the others where they are inside their voxels', () => {
    expect(centerInVoxel([4.5, 10.2, 7.9], [5, 10, 7])).toEqual([5.5, 10.2, 7.9]);
  });

  test('the whole slice fits, anisotropic voxels included; zoom has ends', () => {
    const size = { widthPixels: 600, heightPixels: 200 };
    expect(fitNmPerPixel('xy', volume, size)).toBe(8);
    expect(fitNmPerPixel('zy', volume, size)).toBe(8);
    expect(fitNmPerPixel('xz', volume, size)).toBe(20);
    expect(limitZoom(1e9, volume)).toBe(4000 / 32);
    expect(limitZoom(0, volume)).toBe(8 / 256);
  });
});

describe('of a session', () => {
  const opened = () => {
    const engine = { setDisplay: () => {} } satisfies Partial<EngineClient>;
    const session = new Session(engine as unknown as EngineClient);
    const { navigation } = session;
    session.store.setState({ volume, positionZyx: [50, 100, 150] });
    return { session, navigation, center: () => navigation.centerZyx };
  };

  test('opening a volume centres, and goTo and the centre follow each other', () => {
    const { session, navigation, center } = opened();
    expect(center()).toEqual([50.5, 100.5, 150.5]);
    navigation.moveTo([50.5, 99.25, 150.5]);
    expect(session.state.positionZyx).toEqual([50, 99, 150]);
    session.goTo([51, 99, 150]);
    expect(center()).toEqual([51.5, 99.25, 150.5]);
  });

  test('a move inside a voxel tells the store nothing; one outside stops at the edge', () => {
    const { session, navigation, center } = opened();
    const { positionZyx } = session.state;
    navigation.moveTo([50.5, 100.9, 150.1]);
    expect(session.state.positionZyx).toBe(positionZyx);
    navigation.moveTo([-20, 1e6, 3]);
    const anywhere: Zyx = [0, 199, 3];
    expect(session.state.positionZyx).toEqual(anywhere);
    expect(floor(center())).toEqual(anywhere);
  });

  const tilted = turnAbout([0, 0.6, 0.8], 0.4);

  test('steps go from voxel to voxel along an axis, and along the normal of a turned view', () => {
    const { session, navigation, center } = opened();
    navigation.moveTo([50.2, 100.25, 150.75]);
    navigation.step('xy', 2);
    expect(center()).toEqual([52.5, 100.25, 150.75]);
    navigation.step('zy', -1);
    expect(center()).toEqual([52.5, 100.25, 149.5]);
    navigation.setOrientation(tilted);
    const before = center();
    navigation.step('xy', 3);
    const step = sliceStep('xy', tilted, volume.voxelSizeNm);
    center().forEach((at, axis) => {
      expect(at).toBeCloseTo((before[axis] ?? 0) + 3 * (step[axis] ?? 0), 9);
    });
    expect(session.state.positionZyx).toEqual(floor(center()));
  });

  test('a drag turns as in neuroglancer, about the voxel that was pressed; a roll about the normal', () => {
    for (const viewId of VIEWS) {
      const { session, navigation, center } = opened();
      const about: Zyx = [50.5, 120, 150];
      const { right, down, away } = directionsOf(viewId, IDENTITY);
      navigation.tilt(viewId, 0.1, 0, about);
      let now = directionsOf(viewId, session.state.orientation);
      expect(dot(now.right, away)).toBeCloseTo(-Math.sin(0.1), 9);
      expect(dot(now.down, down)).toBeCloseTo(1, 9);
      const distance = (at: Zyx) =>
        Math.hypot(...multiply(subtract(at, about), volume.voxelSizeNm));
      expect(distance(center())).toBeCloseTo(distance([50.5, 100.5, 150.5]), 6);
      navigation.setOrientation(IDENTITY);
      navigation.tilt(viewId, 0, 0.1, about);
      now = directionsOf(viewId, session.state.orientation);
      expect(dot(now.down, away)).toBeCloseTo(Math.sin(0.1), 9);
      navigation.setOrientation(IDENTITY);
      const before = center();
      navigation.roll(viewId, 0.1);
      now = directionsOf(viewId, session.state.orientation);
      expect(dot(now.right, down)).toBeCloseTo(Math.sin(0.1), 9);
      expect(dot(now.down, right)).toBeCloseTo(-Math.sin(0.1), 9);
      expect(center()).toEqual(before);
    }
  });

  test('orientations have length one, and nonsense is refused', () => {
    const { session, navigation } = opened();
    navigation.setOrientation([0, 3, 0, 4]);
    expect(session.state.orientation).toEqual([0, 0.6, 0, 0.8]);
    navigation.setOrientation([0, 0, 0, -2]);
    expect(session.state.orientation).toBe(IDENTITY);
    const bad: unknown[] = [
      [0, 0, 0, 0],
      [0, 0, 1],
      [0, 0, 0, Number.NaN],
      [0, 0, '1', 0],
      null,
      'xyzw',
    ];
    for (const value of bad) {
      expect(() => navigation.setOrientation(value as Quaternion)).toThrow(
        expect.objectContaining({ code: 'BAD_PARAMETERS' }),
      );
    }
    navigation.turn(tilted);
    expect(session.state.orientation).toEqual(compose(tilted, IDENTITY));
  });

  test('fits once, and not after somebody zoomed', () => {
    const size = { widthPixels: 600, heightPixels: 200 };
    const { session, navigation } = opened();
    navigation.fitOnce('xz', size);
    expect(session.state.nmPerPixel).toBe(20);
    session.setZoom(3);
    navigation.fitOnce('xz', size);
    expect(session.state.nmPerPixel).toBe(3);

    const shared = opened();
    shared.session.setZoom(5);
    shared.navigation.fitOnce('xz', size);
    expect(shared.session.state.nmPerPixel).toBe(5);
  });
});
