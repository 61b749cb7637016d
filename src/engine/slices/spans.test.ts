import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bricksOfBox } from '../../core/brick';
import type { Quaternion } from '../../core/quaternion';
import {
  boundsOfShape,
  type LevelGrid,
  planeOf,
  planeToVoxel,
  type SliceView,
  type ViewId,
} from '../../core/slice-geometry';
import { ORIENTATIONS } from '../../core/testing/orientations';
import type { Zyx } from '../../core/vec';
import { placeBrick } from './placement';
import { eachSpan } from './spans';

const VOLUME: Zyx = [130, 83, 200];
const LEVELS: readonly LevelGrid[] = [
  { shapeZyx: VOLUME, scaleZyx: [1, 1, 1], offsetZyx: [0, 0, 0] },
  { shapeZyx: [130, 41, 100], scaleZyx: [1, 2, 2], offsetZyx: [0, 0, 0] },
];
const bounds = boundsOfShape(VOLUME);
const whole = fc.integer({ min: 0, max: 200 });
/** Of round numbers: pixels' centres lie on the bricks' sides. */
const ROUND = fc.record({
  orientation: fc.constantFrom<Quaternion>(
    [0, 0, 0, 1],
    [0, 0.6, 0, 0.8],
    [0.5, 0.5, 0.5, 0.5],
    [0, 0, Math.SQRT1_2, Math.SQRT1_2],
    [0.5, -0.5, 0.5, 0.5],
  ),
  centerZyx: fc.tuple(whole, whole, whole).map(([z, y, x]): Zyx => [z / 2, y / 2, x]),
  nmPerPixel: fc.constantFrom(4, 8, 16),
});
const real = fc.double({ min: 0, max: 150, noNaN: true });
const ANY = fc.record({
  orientation: ORIENTATIONS,
  centerZyx: fc.tuple(real, real, real),
  nmPerPixel: fc.double({ min: 2, max: 30, noNaN: true }),
});

/** How often each pixel is painted, bricks of a level one after the other. */
function timesPainted(viewId: ViewId, view: SliceView, level: LevelGrid): Uint8Array {
  const plane = planeOf(viewId, view, [8, 8, 8]);
  const times = new Uint8Array(view.widthPixels * view.heightPixels);
  for (const brick of bricksOfBox({ originZyx: [0, 0, 0], shapeZyx: level.shapeZyx })) {
    const placement = placeBrick(plane, bounds, level, brick);
    if (!placement) continue;
    eachSpan(plane, placement.bounds, placement.rectangle, (y, left, right) => {
      for (let x = left; x < right; x++) {
        const at = y * view.widthPixels + x;
        times[at] = (times[at] ?? 0) + 1;
      }
    });
  }
  return times;
}

it('bricks of a level paint each pixel of the volume once, and none beside it, of whatever plane', () => {
  const views = fc.oneof(ROUND, ANY);
  const size = fc.integer({ min: 1, max: 90 });
  fc.assert(
    fc.property(
      fc.constantFrom<ViewId>('xy', 'zy', 'xz'),
      views,
      size,
      size,
      fc.constantFrom(...LEVELS),
      (viewId, view, widthPixels, heightPixels, level) => {
        const state = { ...view, widthPixels, heightPixels };
        const plane = planeOf(viewId, state, [8, 8, 8]);
        const times = timesPainted(viewId, state, level);
        for (const [at, painted] of times.entries()) {
          const [x, y] = [at % widthPixels, Math.floor(at / widthPixels)];
          const voxel = planeToVoxel(plane, x + 0.5, y + 0.5);
          const isInside = voxel.every((one, axis) => one >= 0 && one < (VOLUME[axis] ?? 0));
          if (painted !== (isInside ? 1 : 0)) expect({ x, y, voxel, painted }).toBe(isInside);
        }
      },
    ),
    { numRuns: 300 },
  );
});
