import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  axesOf,
  pixelToVoxel,
  type SliceView,
  type ViewId,
  voxelToPixel,
} from '../core/slice-geometry';
import { floor, type Zyx } from '../core/vec';
import type { EngineClient } from '../engine/client';
import { Session } from '../state/session';
import {
  centerInVoxel,
  centerKeeping,
  clampCenter,
  fitNmPerPixel,
  limitZoom,
  navigationOf,
  type OpenVolume,
} from './navigation';

const VIEWS: readonly ViewId[] = ['xy', 'zy', 'xz'];
const triple = (min: number, max: number) => {
  const one = fc.double({ min, max, noNaN: true });
  return fc.tuple(one, one, one);
};
const zoom = fc.double({ min: 0.1, max: 1000, noNaN: true });
const view: fc.Arbitrary<SliceView> = fc.record({
  centerZyx: triple(0, 1000),
  nmPerPixel: zoom,
  widthPixels: fc.integer({ min: 1, max: 4000 }),
  heightPixels: fc.integer({ min: 1, max: 4000 }),
});
const share = fc.double({ min: 0, max: 1, noNaN: true });

const volume: OpenVolume = {
  url: 'http://here/em.zarr',
  name: 'em',
  shapeZyx: [100, 200, 300],
  voxelSizeNm: [40, 8, 8],
  originNm: [0, 0, 0],
  dtype: 'uint8',
  levels: [],
  labels: [],
  times: 1,
  channels: [],
  selection: { t: 0, c: 0 },
  contrast: [0, 255],
};

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
          const { normal } = axesOf(viewId);
          expect(centerZyx[normal]).toBe(before.centerZyx[normal]);
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
    const navigation = navigationOf(session);
    session.store.setState({ volume, positionZyx: [50, 100, 150] });
    return { session, navigation, center: () => navigation.store.getState().centerZyx };
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
