import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { brickOfKey } from '../../core/brick';
import { UNLIMITED_DRAWING } from '../../core/surface';
import type { Zyx } from '../../core/vec';
import type { Mesher } from '../mesher';
import type { SceneCamera } from './scene-camera';
import { Surfaces } from './surfaces';
import { Ball, countingMesher, ShownPieces } from './testing';

const ball = new Ball([160, 160, 160], 150);
const REST = 1000;
/** Of planning, and of the mesher. */
const SOON = 500;

const cameraAt = (z: number): SceneCamera => ({
  positionNm: [z, 1600, 1600],
  directionZyx: [1, 0, 0],
  fieldOfViewDegrees: 30,
  widthPixels: 600,
  heightPixels: 600,
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The ball's surface, and how many pieces of it were made; the bricks that show it are looked at after each change. */
function setUp() {
  const shown = new ShownPieces();
  let made = 0;
  const mesher: Mesher = {
    ...countingMesher,
    extract: (...args) => {
      made++;
      return countingMesher.extract(...args);
    },
  };
  const surfaces = new Surfaces(
    mesher,
    ball.read,
    { voxelSizeNm: [10, 10, 10], originNm: [0, 0, 0] },
    shown.apply,
    (error) => {
      throw error;
    },
  );
  surfaces.setCamera(cameraAt(-9000));
  const after = async (milliseconds: number) => {
    await vi.advanceTimersByTimeAsync(milliseconds);
    return surfaces.state(1);
  };
  return { shown, surfaces, after, made: () => made };
}

it('a small segment is coarse while the camera moves, and fine again once it rests, with no piece made twice and no hole', async () => {
  const { shown, surfaces, after, made } = setUp();
  surfaces.changed(1, ball.keys());
  surfaces.atRest(1);
  const fine = await after(SOON);
  const isFine = { piecesOfLevels: fine.piecesOfLevels, triangles: fine.triangles };
  expect(fine.piecesOfLevels.length).toBe(1);
  const whole = [...ball.keys()].map(brickOfKey).filter((at) => shown.levelsAt(at).length > 0);
  const shows: number[] = [];
  shown.onChange = () => shows.push(...whole.map((at: Zyx) => shown.levelsAt(at).length));

  const triangles = Math.round(fine.triangles / 8);
  surfaces.setDrawingLimit({ triangles });
  expect(await after(SOON)).toMatchObject(isFine);
  let madeFirst = 0;
  for (let turn = 0; turn < 3; turn++) {
    surfaces.setCamera(cameraAt(-9001 - turn));
    const coarse = await after(SOON);
    expect(coarse.triangles).toBeLessThanOrEqual(triangles);
    expect(coarse.piecesOfLevels[0] ?? 0).toBeLessThan(fine.piecesOfLevels[0] ?? 0);
    surfaces.setCamera(cameraAt(-9002 - turn));
    expect((await after(REST - 1)).triangles).toBeLessThanOrEqual(triangles);
    expect(await after(SOON)).toMatchObject(isFine);
    if (turn === 0) madeFirst = made();
  }
  expect(made()).toBe(madeFirst);
  expect(new Set(shows)).toEqual(new Set([1]));

  surfaces.setDrawingLimit(UNLIMITED_DRAWING);
  shows.length = 0;
  surfaces.setCamera(cameraAt(-8000));
  expect(await after(SOON)).toMatchObject(isFine);
  expect(shows).toEqual([]);
});

it('it is coarse while it grows, and fine at the end', async () => {
  const { surfaces, after } = setUp();
  const triangles = 30_000;
  surfaces.setDrawingLimit({ triangles });
  surfaces.changed(1, ball.keys());
  const growing = await after(SOON);
  expect(growing.triangles).toBeGreaterThan(0);
  expect(growing.triangles).toBeLessThanOrEqual(triangles);
  surfaces.atRest(1);
  const fine = await after(2 * SOON);
  expect(fine.piecesOfLevels.length).toBe(1);
  expect(fine.triangles).toBeGreaterThan(triangles);
});
