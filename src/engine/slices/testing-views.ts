/** Views for the tests of who draws slices. */

import fc from 'fast-check';
import type { ViewId } from '../../core/slice-geometry';
import { ORIENTATIONS } from '../../core/testing/orientations';
import type { Zyx } from '../../core/vec';

const unround = (min: number, max: number) =>
  // Of no round numbers: with these, whole columns of pixels have their centres on voxels' borders.
  fc
    .integer({ min: min * 1000, max: max * 1000 })
    .map((thousandths) => thousandths / 1000 + Math.PI / 1e4);

/** Views of the random scenes' volume and around it. */
export const RANDOM_VIEWS = fc.record({
  viewId: fc.constantFrom<ViewId>('xy', 'zy', 'xz'),
  seed: fc.integer(),
  voxelSizeNm: fc.constantFrom<Zyx>([8, 8, 8], [40, 8, 8], [30, 4, 7]),
  state: fc.record({
    centerZyx: fc.tuple(unround(-2, 72), unround(-5, 88), unround(-5, 136)),
    orientation: ORIENTATIONS,
    nmPerPixel: unround(1, 40),
    widthPixels: fc.integer({ min: 1, max: 120 }),
    heightPixels: fc.integer({ min: 1, max: 90 }),
  }),
});
