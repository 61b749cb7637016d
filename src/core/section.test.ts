import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IDENTITY } from './quaternion';
import { areaOf, sectionOf } from './section';
import { planeOf, planeToVoxel, type SliceView } from './slice-geometry';
import { ORIENTATIONS } from './testing/orientations';
import { real } from './testing/slice-views';

const state: SliceView = {
  centerZyx: [10, 20, 30],
  orientation: IDENTITY,
  nmPerPixel: 8,
  widthPixels: 60,
  heightPixels: 50,
};
const box = { startZyx: [4, 9, 14], endZyx: [17, 33, 49] } as const;

test('a box along the plane is cut as its sides are, and not at all where it ends', () => {
  const section = (z: number) =>
    sectionOf(planeOf('xy', { ...state, centerZyx: [z, 20, 30] }, [8, 8, 8]), box);
  expect(areaOf(section(10))).toBe((33 - 9) * (49 - 14));
  expect(areaOf(section(4))).toBe((33 - 9) * (49 - 14));
  expect(section(17)).toEqual([]);
  expect(section(3.9)).toEqual([]);
});

test('a section’s area is that of the pixels inside the box, of whatever plane', () => {
  const views = fc.record({
    orientation: ORIENTATIONS,
    centerZyx: fc.tuple(real(0, 20), real(0, 40), real(0, 60)),
  });
  fc.assert(
    fc.property(views, ({ orientation, centerZyx }) => {
      const plane = planeOf('xz', { ...state, orientation, centerZyx }, [20, 8, 6]);
      let inside = 0;
      const FINE = 4;
      for (let y = 0.5; y < 50 * FINE; y++)
        for (let x = 0.5; x < 60 * FINE; x++) {
          const at = planeToVoxel(plane, x / FINE, y / FINE);
          if (at.every((one, i) => one >= (box.startZyx[i] ?? 0) && one < (box.endZyx[i] ?? 0)))
            inside++;
        }
      const section = sectionOf(plane, box);
      expect(section.length).toBeLessThanOrEqual(20);
      // Half of a line of such pixels around it.
      expect(Math.abs(areaOf(section) - inside / FINE ** 2)).toBeLessThan(220 / FINE);
    }),
    { numRuns: 40 },
  );
});
