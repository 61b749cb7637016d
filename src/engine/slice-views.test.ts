import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BRICK_VOXELS } from '../core/brick';
import { IDENTITY } from '../core/quaternion';
import type { SliceView } from '../core/slice-geometry';
import type { LevelInfo, LevelReader, Volume } from '../volume/model';
import { LabelPyramid } from './label-pyramid/label-pyramid';
import { MemoryBrickPool, type MemorySlot } from './memory-brick-pool';
import { type DisplayState, volumeLayer } from './protocol';
import { Scheduler } from './scheduler/scheduler';
import { SliceViews } from './slice-views';
import type { SliceBackend } from './slices';

const FRAME = 10;
/** Four times that with the rest after it, where drawing leaves time to loading. */
const DRAWING = 20;
const RESTED = 4 * DRAWING + FRAME;

const LEVELS: readonly LevelInfo[] = [1, 4].map((factor) => ({
  path: String(factor),
  shapeZyx: [64, 256 / factor, 256 / factor],
  chunkZyx: [64, 64, 64],
  scaleZyx: [1, factor, factor],
  offsetZyx: [0, 0, 0],
}));
const INFO = {
  url: '',
  name: 'volume',
  shapeZyx: [64, 256, 256],
  voxelSizeNm: [1, 1, 1],
  originNm: [0, 0, 0],
  dtype: 'uint8',
  levels: LEVELS,
  labels: [],
  times: 1,
  channels: [],
  selection: { t: 0, c: 0 },
  contrast: [0, 255],
} as const;
const DISPLAY: DisplayState = {
  layers: [volumeLayer(INFO)],
  overlaysOff: false,
  imagesOff: false,
  selectedIds: [],
  hiddenIds: [],
};
const NO_LABELS = {
  has: () => false,
  version: () => 0,
  brick: () => new Uint32Array(),
  pyramid: new LabelPyramid(() => undefined),
};
/** All 16 bricks of the finest level, and the one of the coarsest. */
const WHOLE: SliceView = {
  centerZyx: [32, 128, 128],
  orientation: IDENTITY,
  nmPerPixel: 1,
  widthPixels: 256,
  heightPixels: 256,
};

/** A volume whose bricks come when they are told to, a view of it, and of each frame how many bricks it drew. */
function setUp() {
  const awaited = new Map<string, () => void>();
  const levels = LEVELS.map(
    (info, level): LevelReader<'uint8'> => ({
      info,
      dtype: 'uint8',
      readBox: async () => new Uint8Array(),
      async readBrick(brickZyx, signal) {
        const name = `${level}/${brickZyx.join('/')}`;
        await new Promise<void>((resolve) => awaited.set(name, resolve));
        awaited.delete(name);
        signal?.throwIfAborted();
        return { dtype: 'uint8', data: new Uint8Array(BRICK_VOXELS).fill(7) };
      },
    }),
  );
  const volume = { info: INFO, levels } as unknown as Volume;
  const frames: number[] = [];
  const backend: SliceBackend<MemorySlot> = {
    budgetBytes: 2 ** 28,
    createPool: (label, bytes, limit) => new MemoryBrickPool(label, bytes, limit),
    createTarget: () => ({
      resize: () => {},
      draw: (_, { layers }) =>
        void frames.push(layers.reduce((count, { bricks }) => count + bricks.length, 0)),
    }),
    done: () => new Promise((resolve) => setTimeout(resolve, DRAWING)),
  };
  const views = new SliceViews(backend, {
    scheduler: new Scheduler(),
    display: () => DISPLAY,
    isFilling: () => false,
    requestFrame: (draw) => void setTimeout(draw, FRAME),
    onTrouble: (_, error) => {
      throw error;
    },
  });
  const come = async (...names: string[]) => {
    for (const name of names) awaited.get(name)?.();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { views, volume, frames, awaited, come };
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
});
