import { describe, expect, it, vi } from 'vitest';
import { compose, IDENTITY, turnAbout } from '../core/quaternion';
import { pickLevel, planeOf, type SliceView, type ViewId } from '../core/slice-geometry';
import { randomNumbers } from '../core/testing/random';
import type { Zyx } from '../core/vec';
import { visibleBricks } from '../core/visible-bricks';
import type { MemorySlot } from './memory-brick-pool';
import { coarseness, inPaintersOrder } from './slices/painters-order';
import type { SliceScene } from './slices/scene';
import { eachSpan } from './slices/spans';
import { NO_LABELS, testLevel, testSliceViews, testVolume } from './testing-slice-views';

const NM: Zyx = [8, 8, 8];
const SIZE = 1024;
/** The coarsest level is one brick. */
const LEVELS = [
  testLevel([SIZE, SIZE, SIZE], [1, 1, 1]),
  testLevel([SIZE / 4, SIZE / 4, SIZE / 4], [4, 4, 4]),
  testLevel([SIZE / 16, SIZE / 16, SIZE / 16], [16, 16, 16]),
] as const;

/** What a frame showed: the coarseness of what is drawn at each pixel, 0 where nothing is. */
interface Frame {
  readonly view: ViewId;
  readonly state: SliceView;
  readonly drawn: Uint32Array;
}

function frameOf(view: ViewId, state: SliceView, scene: SliceScene<MemorySlot>): Frame {
  const { voxelSizeNm, layers } = scene;
  const drawn = new Uint32Array(state.widthPixels * state.heightPixels);
  const plane = planeOf(view, state, voxelSizeNm);
  const bricks = layers.flatMap((layer) => inPaintersOrder(plane, layer.bounds, layer.bricks));
  for (const brick of bricks) {
    const { bounds, rectangle } = brick.placement;
    eachSpan(plane, bounds, rectangle, (y, left, right) => {
      drawn.fill(coarseness(brick), y * state.widthPixels + left, y * state.widthPixels + right);
    });
  }
  return { view, state, drawn };
}

/** A volume whose bricks come after random times, finer ones not before `isOpen`, views of it, and the frames they draw. */
function setUp(seed: number, budgetBytes: number, isOpen: Promise<unknown> = Promise.resolve()) {
  const random = randomNumbers(seed);
  const reads: string[] = [];
  const volume = testVolume(LEVELS, NM, async (level, brickZyx) => {
    reads.push(`${level}/${brickZyx.join('/')}`);
    await new Promise((resolve) => setTimeout(resolve, random() * 4));
    if (level < LEVELS.length - 1) await isOpen;
  });
  const frames: Frame[] = [];
  const views = testSliceViews(
    volume,
    {
      budgetBytes,
      createTarget: (view) => ({
        resize: () => {},
        draw: (state, scene) => void frames.push(frameOf(view, state, scene)),
      }),
      done: async () => {},
    },
    0,
  );
  views.open(volume, NO_LABELS, []);
  return { views, frames, reads, random };
}

const start: SliceView = {
  centerZyx: [500, 500, 500],
  orientation: IDENTITY,
  nmPerPixel: 8,
  widthPixels: 120,
  heightPixels: 90,
};
const IDS = ['xy', 'zy', 'xz'] as const;

describe('slice views', () => {
  it('show the coarsest level first, then finer ones over it, and never less than before', async () => {
    let open = () => {};
    const coarseIsDrawn = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { views, frames, reads } = setUp(1, 2 ** 28, coarseIsDrawn);
    for (const view of IDS) views.attach(view, {} as OffscreenCanvas, start);
    const coarse = () => frames.slice(-3).map(({ drawn }) => drawn[0]);
    await vi.waitFor(() => expect(coarse()).toEqual(Array(3).fill(16 ** 3)), 10_000);
    open();
    await views.settled();
    expect(reads[0]).toBe('2/0/0/0');
    const finest = pickLevel('xy', start, LEVELS, NM);
    expect(finest).toBe(0);
    const levelsSeen = new Set<number>();
    for (const view of IDS) {
      const own = frames.filter((frame) => frame.view === view);
      for (const [index, { drawn }] of own.entries()) {
        const before = own[index - 1]?.drawn;
        for (const [pixel, level] of drawn.entries()) {
          levelsSeen.add(level);
          const was = before?.[pixel] ?? 0;
          if (was !== 0 && (level === 0 || level > was)) expect({ view, index, level }).toBe(was);
        }
      }
      expect(own.at(-1)?.drawn.every((level) => level === 1)).toBe(true);
    }
    expect(levelsSeen).toEqual(new Set([0, 16 ** 3, 1]));
    views.dispose();
  });

  it('are never blank again, wherever they go and however they zoom, in a pool that is too small for all', async () => {
    const { views, frames, random } = setUp(2, 2 ** 25);
    for (const view of IDS) views.attach(view, {} as OffscreenCanvas, start);
    await views.settled();
    frames.length = 0;
    let [z, y, x] = start.centerZyx;
    let speed: Zyx = [0, 0, 0];
    let { orientation } = start;
    for (let step = 0; step < 160; step++) {
      if (step % 10 === 0) speed = [random() * 20 - 10, random() * 90 - 45, random() * 90 - 45];
      const move = (at: number, by: number) => Math.min(Math.max(at + by, 150), SIZE - 150);
      [z, y, x] = [move(z, speed[0]), move(y, speed[1]), move(x, speed[2])];
      const anywhere = () => 150 + random() * 700;
      if (step % 40 === 39) [z, y, x] = [anywhere(), anywhere(), anywhere()];
      // Half of the way the views are turned, further with each step.
      if (step >= 80) orientation = compose(turnAbout([0.6, 0, 0.8], 0.05), orientation);
      const nmPerPixel = [8, 8, 12, 6][(step >> 4) & 3] ?? 8;
      for (const view of IDS)
        views.setView(view, { ...start, centerZyx: [z, y, x], orientation, nmPerPixel });
      // Now and then all of it comes, so that bricks are evicted however fast the machine is.
      if (step % 10 === 5) await views.settled();
      else await new Promise((resolve) => setTimeout(resolve, random() * 6));
    }
    await views.settled();
    expect(frames.length).toBeGreaterThanOrEqual(48);
    for (const { view, state, drawn } of frames)
      expect(drawn.includes(0), `${view} at ${state.centerZyx}`).toBe(false);
    // Not where the walk ended, which depends on how fast the machine is.
    const bricks = visibleBricks('xy', start, LEVELS[0] as never, NM);
    expect(bricks.length).toBeGreaterThan(5);
    expect(views.layers?.evictions).toBeGreaterThan(100);
    views.dispose();
  }, 30_000);
});
