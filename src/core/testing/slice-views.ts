/** Slice views of any kind, for property tests. */
import fc from 'fast-check';
import type { SliceView, ViewId } from '../slice-geometry';
import type { Zyx } from '../vec';
import { ORIENTATIONS } from './orientations';

export const real = (min: number, max: number): fc.Arbitrary<number> =>
  fc.double({ min, max, noNaN: true });

export const VIEW_IDS = fc.constantFrom<ViewId>('xy', 'zy', 'xz');

/** Of voxels, z, y, x. */
export const SIZES_NM: fc.Arbitrary<Zyx> = fc.tuple(real(1, 50), real(1, 50), real(1, 50));

/** How a view may look at the first 300 voxels of each axis, and past them. */
export const SLICE_VIEWS: fc.Arbitrary<SliceView> = fc.record({
  centerZyx: fc.tuple(real(-10, 300), real(-10, 300), real(-10, 300)),
  orientation: ORIENTATIONS,
  nmPerPixel: real(0.5, 100),
  widthPixels: fc.integer({ min: 1, max: 900 }),
  heightPixels: fc.integer({ min: 1, max: 900 }),
});
