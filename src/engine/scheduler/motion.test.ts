import { describe, expect, it } from 'vitest';
import { IDENTITY, turnAbout } from '../../core/quaternion';
import { alongNm, directionsOf, type LevelGrid, type SliceView } from '../../core/slice-geometry';
import { add, dot, multiply, subtract, type Zyx } from '../../core/vec';
import { type Motion, moved, placesAhead } from './motion';

const NM: Zyx = [8, 8, 8];
const LEVEL = { shapeZyx: [4096, 4096, 4096], scaleZyx: [1, 1, 1], offsetZyx: [0, 0, 0] } as const;
const viewAt = (centerZyx: Zyx, changes: Partial<SliceView> = {}): SliceView => ({
  centerZyx,
  orientation: IDENTITY,
  nmPerPixel: 8,
  widthPixels: 600,
  heightPixels: 400,
  ...changes,
});

/** A view that moves so many voxels each `milliseconds`, so often. */
function moving(stepZyx: Zyx, milliseconds = 100, steps = 10, changes: Partial<SliceView> = {}) {
  let motion: Motion | undefined;
  for (let i = 0; i <= steps; i++) {
    const at: Zyx = [500 + i * stepZyx[0], 500 + i * stepZyx[1], 500 + i * stepZyx[2]];
    motion = moved(motion, 'xy', viewAt(at, changes), NM, i * milliseconds);
  }
  if (!motion) throw new Error('no steps');
  return motion;
}
const ahead = (motion: Motion, level: LevelGrid) =>
  placesAhead(motion, directionsOf('xy', IDENTITY), level, NM);
const offsets = (motion: Motion, level = LEVEL) =>
  ahead(motion, level).map(([z, y, x]) => [
    Math.round(z - motion.centerZyx[0]),
    Math.round(y - motion.centerZyx[1]),
    Math.round(x - motion.centerZyx[2]),
  ]);

describe('motion', () => {
  it('of a view that stands still looks nowhere', () => {
    expect(offsets(moving([0, 0, 0]))).toEqual([]);
    expect(ahead(moved(undefined, 'xy', viewAt([1, 2, 3]), NM, 0), LEVEL)).toEqual([]);
  });

  it('through slices looks at the next layer of bricks, on the side it goes to', () => {
    expect(offsets(moving([1, 0, 0]))).toEqual([[64, 0, 0]]);
    expect(offsets(moving([-1, 0, 0]))).toEqual([[-64, 0, 0]]);
  });

  it('looks further the faster it is, three bricks at most', () => {
    expect(offsets(moving([0, 0, 10]))).toHaveLength(2);
    expect(offsets(moving([0, 0, -80]))).toEqual([
      [0, 0, -64],
      [0, 0, -128],
      [0, 0, -192],
    ]);
  });

  it('follows a slant, and not a hand that trembles', () => {
    expect(offsets(moving([0, 5, 5]))).toEqual([[0, 64, 64]]);
    expect(offsets(moving([0, 1, 20]))).toEqual([
      [0, 0, 64],
      [0, 0, 128],
      [0, 0, 192],
    ]);
  });

  it('counts in bricks of the level that is shown', () => {
    const coarse = { ...LEVEL, scaleZyx: [1, 4, 4] as const };
    expect(offsets(moving([0, 0, 10]), coarse as unknown as typeof LEVEL)).toEqual([[0, 0, 256]]);
  });

  it('looks along the directions of a turned view, though the hand trembles, in nanometres', () => {
    const nm: Zyx = [40, 8, 8];
    const orientation = turnAbout([0, 0.6, 0.8], 0.4);
    const { right, down, away } = directionsOf('xy', orientation);
    const turned = { ...viewAt([500, 500, 500]), orientation };
    const place = (rightNm: number, downNm: number, awayNm: number) =>
      add(
        turned.centerZyx,
        add(alongNm(right, rightNm, nm), add(alongNm(down, downNm, nm), alongNm(away, awayNm, nm))),
      );
    const after = (centerZyx: Zyx) => {
      const motion = moved(
        moved(undefined, 'xy', turned, nm, 0),
        'xy',
        { ...turned, centerZyx },
        nm,
        100,
      );
      return placesAhead(motion, { right, down, away }, LEVEL, nm).map((zyx) => {
        const offsetNm = multiply(subtract(zyx, motion.centerZyx), nm);
        return [right, down, away].map((direction) => Math.round(dot(offsetNm, direction)) + 0);
      });
    };
    const [rightwards] = after(place(300, 20, 0));
    expect(rightwards?.[0]).toBeGreaterThan(64 * 8);
    expect(rightwards?.slice(1)).toEqual([0, 0]);
    const [onwards] = after(place(0, 0, -30));
    expect(onwards?.slice(0, 2)).toEqual([0, 0]);
    expect(onwards?.[2]).toBeLessThan(-64 * 8);
  });

  it('turns as the view turns', () => {
    let motion = moving([3, 0, 0]);
    for (let i = 1; i < 5; i++) {
      const [z, y, x] = motion.centerZyx;
      motion = moved(motion, 'xy', viewAt([z - 3, y, x]), NM, motion.at + 100);
    }
    expect(offsets(motion)).toEqual([[-64, 0, 0]]);
  });

  it('forgets what was long ago: a step after a rest counts alone', () => {
    const { centerZyx, at } = moving([0, 0, 30]);
    const [z, y, x] = centerZyx;
    const later = moved(
      { centerZyx, at, speedZyx: [0, 0, 300] },
      'xy',
      viewAt([z + 1, y, x]),
      NM,
      at + 5000,
    );
    expect(later.speedZyx).toEqual([1, 0, 0]);
  });

  it('is none after a jump, and stays while only the zoom changes', () => {
    const before = moving([0, 0, 5]);
    const [z, y, x] = before.centerZyx;
    const jump = moved(before, 'xy', viewAt([z, y + 401, x]), NM, before.at + 100);
    expect(offsets(jump)).toEqual([]);
    const zoomed = moved(before, 'xy', viewAt(before.centerZyx, { nmPerPixel: 16 }), NM, 1e6);
    expect(zoomed).toBe(before);
  });
});
