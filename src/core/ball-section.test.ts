import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ballSection } from './ball-section';
import { IDENTITY, type Quaternion } from './quaternion';
import { planeOf, planeToVoxel, type SliceView } from './slice-geometry';
import { subtract, type Zyx } from './vec';

const view = (orientation: Quaternion): SliceView => ({
  centerZyx: [20, 30, 40],
  orientation,
  nmPerPixel: 2,
  widthPixels: 400,
  heightPixels: 300,
});
const part = fc.double({ min: -1, max: 1, noNaN: true });
const quaternion = fc
  .tuple(part, part, part, part)
  .filter((parts) => Math.hypot(...parts) > 0.1)
  .map((parts) => {
    const length = Math.hypot(...parts);
    return parts.map((value) => value / length) as unknown as Quaternion;
  });
const near = (from: number, to: number) => fc.double({ min: from, max: to, noNaN: true });

describe('the section of a ball', () => {
  it('is a disc of its radius through its middle, and a smaller one beside it', () => {
    const plane = planeOf('xy', view(IDENTITY), [8, 8, 8]);
    const whole = ballSection(plane, [20, 35, 50], 5);
    // Ten voxels to the right and five down; a voxel spans four pixels.
    expect(whole).toMatchObject({ xPixels: 240, yPixels: 170 });
    expect(whole?.radiiPixels[0]).toBeCloseTo(20);
    expect(whole?.radiiPixels[1]).toBeCloseTo(20);
    expect(ballSection(plane, [23, 35, 50], 5)?.radiiPixels[0]).toBeCloseTo(16);
    expect(ballSection(plane, [26, 35, 50], 5)).toBeUndefined();
    expect(ballSection(plane, [20, 35, 50], 0)).toBeUndefined();
  });

  it('has just the points of the plane that lie in the ball, however that is turned and voxels are long', () => {
    fc.assert(
      fc.property(
        quaternion,
        fc.constantFrom('xy' as const, 'zy' as const, 'xz' as const),
        fc.tuple(near(3, 40), near(3, 40), near(3, 40)),
        fc.tuple(near(12, 28), near(22, 38), near(32, 48)),
        near(0.5, 12),
        fc.array(fc.tuple(near(0, 400), near(0, 300)), { minLength: 20, maxLength: 20 }),
        (orientation, id, voxelSizeNm, centre: Zyx, radius, points) => {
          const plane = planeOf(id, view(orientation), voxelSizeNm as Zyx);
          const section = ballSection(plane, centre, radius);
          for (const [x, y] of points) {
            const distance = Math.hypot(...subtract(planeToVoxel(plane, x, y), centre)) / radius;
            if (Math.abs(distance - 1) < 1e-6) continue;
            let inside = false;
            if (section) {
              const { xPixels, yPixels, radiiPixels, radians } = section;
              const [dx, dy] = [x - xPixels, y - yPixels];
              const along = dx * Math.cos(radians) + dy * Math.sin(radians);
              const across = dy * Math.cos(radians) - dx * Math.sin(radians);
              inside = Math.hypot(along / radiiPixels[0], across / radiiPixels[1]) < 1;
            }
            expect(inside).toBe(distance < 1);
          }
        },
      ),
    );
  });
});
