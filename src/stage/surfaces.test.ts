import { PerspectiveCamera } from 'three';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { nmOfVoxel } from '../core/scene-geometry';
import type { SurfaceChange } from '../core/surface';
import { pick } from './picking';
import { placeInScene } from './place';
import type { SegmentsState } from './protocol';
import { Surfaces } from './surfaces';

const volume = {
  shapeZyx: [100, 100, 100],
  voxelSizeNm: [16, 8, 8],
  originNm: [1e6, 2e6, 3e6],
} as const;

/** A square across z at a voxel, `edge` voxels wide, that faces the viewer (to lower z). */
function square(segmentId: number, brickKey: number, middle: number[], edge = 10): SurfaceChange {
  const [z = 0, y = 0, x = 0] = middle;
  const corners = [
    [y - edge / 2, x - edge / 2],
    [y - edge / 2, x + edge / 2],
    [y + edge / 2, x + edge / 2],
    [y + edge / 2, x - edge / 2],
  ] as const;
  const positions = corners.flatMap(([cornerY, cornerX]) =>
    [...nmOfVoxel(volume, [z, cornerY, cornerX])].reverse(),
  );
  const patch = {
    level: 0,
    brickKey,
    positions: new Float32Array(positions),
    normals: new Float32Array(corners.flatMap(() => [0, 0, -1])),
    indices: new Uint32Array([0, 2, 1, 0, 3, 2]),
    skirtVertices: 0,
    skirtIndices: 0,
  };
  return { segmentId, patches: [patch], gone: [] };
}

const gone = (segmentId: number, brickKey: number): SurfaceChange => ({
  segmentId,
  patches: [],
  gone: [{ level: 0, brickKey }],
});

const idle: SegmentsState = { listedIds: [], selectedIds: [], hiddenIds: [], job: null };
const running = (job: number): SegmentsState => ({ ...idle, job });
const listed = (...listedIds: number[]): SegmentsState => ({ ...idle, listedIds });
const surfacesIn = (state: SegmentsState): Surfaces => {
  const surfaces = new Surfaces();
  surfaces.sync(state);
  return surfaces;
};
const ids = (surfaces: Surfaces) => surfaces.visible.map(({ id }) => id);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('patches are added, replaced and removed by brick', () => {
  const surfaces = surfacesIn(running(1));
  surfaces.apply(square(7, 0, [50, 50, 50]));
  surfaces.apply(square(7, 1, [50, 50, 60]));
  surfaces.apply(square(7, 0, [50, 50, 50]));
  expect(surfaces.triangles).toBe(4);
  surfaces.apply(gone(7, 0));
  surfaces.apply(gone(7, 5));
  expect(surfaces.triangles).toBe(2);
  expect(ids(surfaces)).toEqual([7]);
});

test('a coarse piece gives way to the finer ones of its part at once', () => {
  const surfaces = surfacesIn(running(1));
  const coarse = square(7, 0, [50, 50, 50]).patches.map((patch) => ({ ...patch, level: 1 }));
  surfaces.apply({ segmentId: 7, patches: coarse, gone: [] });
  const fine = [0, 1].flatMap((key) => square(7, key, [50, 50, 50]).patches);
  surfaces.apply({ segmentId: 7, patches: fine, gone: [{ level: 1, brickKey: 0 }] });
  expect(surfaces.triangles).toBe(4);
  expect(surfaces.visible.flatMap(({ group }) => group.children)).toHaveLength(2);
});

test('a finished segment stays, though the list of segments comes late', () => {
  const surfaces = surfacesIn(running(1));
  surfaces.apply(square(7, 0, [50, 50, 50]));
  surfaces.sync(idle);
  expect(ids(surfaces)).toEqual([]);
  surfaces.sync(listed(7));
  vi.advanceTimersByTime(10_000);
  expect(ids(surfaces)).toEqual([7]);
});

test('a cancelled segment goes at once, and does not come back with the next run', () => {
  const surfaces = surfacesIn(running(1));
  surfaces.apply(square(7, 0, [50, 50, 50]));
  surfaces.sync(idle);
  surfaces.apply(square(7, 1, [50, 50, 60]));
  surfaces.sync(running(2));
  surfaces.apply(square(8, 0, [50, 50, 50]));
  expect(ids(surfaces)).toEqual([8]);
  vi.advanceTimersByTime(10_000);
  expect(surfaces.root.children).toHaveLength(1);
});

test('hidden segments are not seen, others are dimmed beside a selected one', () => {
  const surfaces = surfacesIn(listed(1, 2, 3));
  for (const id of [1, 2, 3]) surfaces.apply(square(id, 0, [50, 50, 50]));
  const brightness = (id: number) => {
    const mesh = surfaces.visible.find((shown) => shown.id === id)?.group.children[0];
    if (!(mesh && 'material' in mesh)) throw new Error('no mesh');
    const [material] = mesh.material as { color: { r: number; g: number; b: number } }[];
    return material?.color.g ?? 0;
  };
  const before = brightness(2);
  surfaces.sync({ ...listed(1, 2, 3), selectedIds: [1], hiddenIds: [3] });
  expect(ids(surfaces)).toEqual([1, 2]);
  expect(surfaces.triangles).toBe(4);
  expect(brightness(2)).toBeCloseTo(before / 2);
});

test('picks the nearest visible surface and the voxel below it, far from the origin', () => {
  const surfaces = surfacesIn(listed(1, 2));
  surfaces.apply(square(1, 0, [30, 50, 50], 20));
  surfaces.apply(square(2, 0, [10, 50, 50], 10));
  placeInScene(surfaces.root, volume);
  const camera = new PerspectiveCamera(30, 1, 0.01, 100);
  camera.position.set(0, 0, 5);
  camera.updateMatrixWorld(true);
  expect(pick(surfaces, volume, camera, 0.501, 0.501)).toEqual({
    segmentId: 2,
    voxelZyx: [10, 50, 50],
  });
  expect(pick(surfaces, volume, camera, 0.02, 0.5)).toBeNull();
  surfaces.sync({ ...listed(1, 2), hiddenIds: [2] });
  expect(pick(surfaces, volume, camera, 0.501, 0.501)?.segmentId).toBe(1);
});
