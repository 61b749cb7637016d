import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IDENTITY } from '../core/quaternion';
import type { SliceView } from '../core/slice-geometry';
import type { Zyx } from '../core/vec';
import type { SlicePicture } from './protocol';
import { NO_LABELS, testLevel, testSliceViews, testVolume } from './testing-slice-views';

const FRAME = 10;
/** Four times that with the rest after it, where drawing leaves time to loading. */
const DRAWING = 20;
const RESTED = 4 * DRAWING + FRAME;

const LEVELS = [testLevel([64, 256, 256], [1, 1, 1]), testLevel([64, 64, 64], [1, 4, 4])] as const;
/** All 16 bricks of the finest level, and the one of the coarsest. */
const WHOLE: SliceView = {
  centerZyx: [32, 128, 128],
  orientation: IDENTITY,
  nmPerPixel: 1,
  widthPixels: 256,
  heightPixels: 256,
};

/** A volume whose bricks come when they are told to, a view of it, its pictures, and of each how many bricks it drew. */
function setUp(isFilling = () => false, drawing = DRAWING) {
  const awaited = new Map<string, () => void>();
  const volume = testVolume(LEVELS, [1, 1, 1], async (level, brickZyx) => {
    const name = `${level}/${brickZyx.join('/')}`;
    await new Promise<void>((resolve) => awaited.set(name, resolve));
    awaited.delete(name);
  });
  const frames: number[] = [];
  const pictures: SlicePicture[] = [];
  const views = testSliceViews(
    volume,
    {
      budgetBytes: 2 ** 28,
      createTarget: () => ({
        resize: () => {},
        draw: (_, { layers }) =>
          void frames.push(layers.reduce((count, { bricks }) => count + bricks.length, 0)),
      }),
      done: () => new Promise((resolve) => setTimeout(resolve, drawing)),
    },
    FRAME,
    isFilling,
    (picture) => pictures.push(picture),
  );
  const come = async (...names: string[]) => {
    for (const name of names) awaited.get(name)?.();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { views, volume, frames, pictures, awaited, come };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('slice views that load', () => {
  it('draw now and then what has come, and at once when all has come', async () => {
    const { views, volume, frames, awaited, come } = setUp();
    views.open(volume, NO_LABELS, []);
    views.attach('xy', {} as OffscreenCanvas, WHOLE);
    await vi.advanceTimersByTimeAsync(FRAME + DRAWING);
    const [first = '', ...others] = [...awaited.keys()];
    expect([first, others.length]).toEqual(['1/0/0/0', 15]);
    frames.length = 0;
    for (const name of [first, ...others.slice(0, 3)]) {
      await vi.advanceTimersByTimeAsync(FRAME);
      await come(name);
    }
    expect(frames).toEqual([]);
    await vi.advanceTimersByTimeAsync(RESTED);
    expect(frames).toEqual([4]);
    while (awaited.size > 0) await come(...awaited.keys());
    await vi.advanceTimersByTimeAsync(FRAME + DRAWING + FRAME);
    expect(frames.at(-1)).toBe(17);
    expect(frames.length).toBeLessThanOrEqual(3);
    views.dispose();
  });

  it('draw at once when they are moved', async () => {
    const { views, volume, frames, awaited, come } = setUp();
    views.open(volume, NO_LABELS, []);
    views.attach('xy', {} as OffscreenCanvas, WHOLE);
    await vi.advanceTimersByTimeAsync(FRAME + DRAWING);
    expect(awaited.size).toBeGreaterThan(0);
    await come('1/0/0/0');
    frames.length = 0;
    for (let step = 1; step <= 3; step++) {
      views.setView('xy', { ...WHOLE, centerZyx: [32, 128 + step, 128] });
      await vi.advanceTimersByTimeAsync(FRAME + DRAWING);
    }
    expect(frames).toEqual([1, 1, 1]);
    views.dispose();
  });

  it('keep what is on them until something covers them, and read nothing for where they were in another volume', async () => {
    const { views, volume, frames, awaited, come } = setUp();
    views.open(volume, NO_LABELS, []);
    views.attach('xy', {} as OffscreenCanvas, WHOLE);
    await vi.advanceTimersByTimeAsync(FRAME);
    while (awaited.size > 0) await come(...awaited.keys());
    await vi.advanceTimersByTimeAsync(RESTED);
    frames.length = 0;

    views.forget();
    views.open(volume, NO_LABELS, [], { milliseconds: 1000, until: 'covered' });
    await vi.advanceTimersByTimeAsync(FRAME);
    expect([...awaited.keys()]).toEqual([]);
    views.setView('xy', { ...WHOLE, centerZyx: [0, 32, 32], widthPixels: 32, heightPixels: 32 });
    await vi.advanceTimersByTimeAsync(RESTED);
    expect([[...awaited.keys()], frames]).toEqual([['1/0/0/0', '0/0/0/0'], []]);
    await come('1/0/0/0');
    await vi.advanceTimersByTimeAsync(FRAME);
    expect(frames).toEqual([1]);
    // Nor is anything drawn again when it could have been held no longer.
    await vi.advanceTimersByTimeAsync(1000);
    expect(frames).toEqual([1]);

    views.open(volume, NO_LABELS, [], { milliseconds: 1000, until: 'covered' });
    await vi.advanceTimersByTimeAsync(900);
    expect(frames).toEqual([1]);
    await vi.advanceTimersByTimeAsync(200);
    expect(frames).toEqual([1, 0]);
    views.dispose();
  });

  it('wait a little for all of another volume where pictures are slow, and then draw what covers them', async () => {
    const { views, volume, frames, awaited, come } = setUp();
    views.open(volume, NO_LABELS, []);
    views.attach('xy', {} as OffscreenCanvas, WHOLE);
    await vi.advanceTimersByTimeAsync(FRAME);
    while (awaited.size > 0) await come(...awaited.keys());
    await vi.advanceTimersByTimeAsync(RESTED);
    const openAnother = async () => {
      frames.length = 0;
      views.forget();
      views.open(volume, NO_LABELS, [], { milliseconds: 1000, until: 'covered' });
      views.setView('xy', WHOLE);
      await vi.advanceTimersByTimeAsync(0);
      await come('1/0/0/0');
      await vi.advanceTimersByTimeAsync(2 * FRAME);
      expect(frames).toEqual([]);
    };

    await openAnother();
    while (awaited.size > 0) await come(...awaited.keys());
    await vi.advanceTimersByTimeAsync(FRAME + RESTED);
    expect(frames).toEqual([17]);

    await openAnother();
    await vi.advanceTimersByTimeAsync(RESTED);
    expect(frames).toEqual([1]);
    views.dispose();
  });
});

describe('slice views while a fill runs', () => {
  const SLOW = 40;

  /** Where all is there and drawn, on a beat. */
  async function rested(isFilling: () => boolean) {
    vi.setSystemTime(1_000_000);
    const all = setUp(isFilling, SLOW);
    all.views.open(all.volume, NO_LABELS, []);
    all.views.attach('xy', {} as OffscreenCanvas, WHOLE);
    await vi.advanceTimersByTimeAsync(FRAME);
    while (all.awaited.size > 0) await all.come(...all.awaited.keys());
    await vi.advanceTimersByTimeAsync(10_000 - FRAME);
    all.views.labelsChanged();
    await vi.advanceTimersByTimeAsync(FRAME + SLOW);
    all.frames.length = 0;
    all.views.labelsChanged();
    return all;
  }

  it('show growth on a beat where pictures are slow, and what is asked for sooner', async () => {
    const { views, frames } = await rested(() => true);
    await vi.advanceTimersByTimeAsync(440);
    expect(frames).toEqual([]);
    await vi.advanceTimersByTimeAsync(40);
    expect(frames).toEqual([17]);

    await vi.advanceTimersByTimeAsync(200);
    views.labelsChanged();
    await vi.advanceTimersByTimeAsync(2 * FRAME);
    expect(frames).toEqual([17]);
    views.setView('xy', { ...WHOLE, centerZyx: [32, 129, 128] });
    await vi.advanceTimersByTimeAsync(FRAME);
    expect(frames).toEqual([17, 17]);
    views.dispose();
  });

  it('show each frame of a view that moves where pictures are fast, in order', async () => {
    const fast = 8;
    const { views, volume, frames, pictures } = setUp(() => true, fast);
    views.open(volume, NO_LABELS, []);
    views.attach('xy', {} as OffscreenCanvas, WHOLE);
    await vi.advanceTimersByTimeAsync(FRAME + fast);
    frames.length = 0;
    pictures.length = 0;
    const centers = [1, 2, 3, 4].map((step): Zyx => [32, 128 + step, 128]);
    for (const centerZyx of centers) {
      views.setView('xy', { ...WHOLE, centerZyx });
      await vi.advanceTimersByTimeAsync(FRAME + fast);
    }
    expect(frames.length).toBe(centers.length);
    expect(pictures.map(({ views }) => views.xy?.centerZyx)).toEqual(centers);
    expect(pictures.map(({ startedAt, doneAt }) => doneAt - startedAt)).toEqual(
      centers.map(() => fast),
    );
    // What has only grown leaves most of the time to the fill.
    views.labelsChanged();
    await vi.advanceTimersByTimeAsync(FRAME + fast);
    views.labelsChanged();
    await vi.advanceTimersByTimeAsync(3 * fast);
    expect(frames.length).toBe(centers.length + 1);
    views.dispose();
  });

  it('show what has grown at once when it ends', async () => {
    let isFilling = true;
    const { views, frames } = await rested(() => isFilling);
    await vi.advanceTimersByTimeAsync(200);
    isFilling = false;
    views.invalidate();
    await vi.advanceTimersByTimeAsync(FRAME);
    expect(frames).toEqual([17]);
    views.dispose();
  });
});
