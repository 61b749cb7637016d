import { beforeEach, describe, expect, it, vi } from 'vitest';
import { BRICK_VOXELS } from '../../core/brick';
import { abortError, FloodlightError } from '../../core/errors';
import { IDENTITY } from '../../core/quaternion';
import type { SliceView, ViewId } from '../../core/slice-geometry';
import { randomNumbers } from '../../core/testing/random';
import type { Zyx } from '../../core/vec';
import type { LevelInfo } from '../../volume/model';
import { MemoryBrickPool } from '../memory-brick-pool';
import { addressKey, type BrickAddress } from './address';
import { BrickLoader } from './brick-loader';
import { type Motion, moved } from './motion';
import { MOST_IN_FLIGHT, QUARTER } from './next-task';
import { priorityOf } from './priority';
import { Scheduler } from './scheduler';
import { isSeen, viewWants, wantsWithin } from './view-wants';

const at = (x: number): BrickAddress => ({ level: 0, brickZyx: [0, 0, x] });
const visible = (x: number, order = x) => ({
  address: at(x),
  priority: priorityOf('visible', order),
});
const voxels = (value: number) => new Uint8Array(BRICK_VOXELS).fill(value);

interface Read {
  readonly x: number;
  readonly signal: AbortSignal;
  fetched(): void;
  end(value?: number): void;
  fail(error: unknown): void;
}

let reads: Read[];
let arrivals: number;
let scheduler: Scheduler;
let loader: BrickLoader<{ readonly voxels: ArrayLike<number> }>;
/** What is told once of bricks that may be wrong. */
let doubtful: BrickAddress[];

function create(mostBricks: number) {
  reads = [];
  arrivals = 0;
  doubtful = [];
  scheduler = new Scheduler();
  loader = new BrickLoader(
    new MemoryBrickPool('bricks', 1, mostBricks * BRICK_VOXELS),
    ({ brickZyx }, signal, fetched) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
        reads.push({
          x: brickZyx[2],
          signal,
          fetched,
          end: (value = brickZyx[2] + 1) => resolve(voxels(value)),
          fail: reject,
        });
      }),
    () => arrivals++,
    scheduler,
    () => doubtful.splice(0),
  );
}

const settle = () => new Promise((resolve) => setTimeout(resolve));
const reading = () => reads.filter(({ signal }) => !signal.aborted).map(({ x }) => x);
const readOf = (x: number) => {
  const read = reads.findLast((other) => other.x === x);
  if (!read) throw new Error(`brick ${x} is not read`);
  return read;
};

beforeEach(() => create(64));

describe('a brick', () => {
  it('goes from absent over queued, fetching and decoding to resident', async () => {
    expect(loader.stateOf(at(3))).toBe('absent');
    loader.want([visible(3)]);
    expect(loader.stateOf(at(3))).toBe('queued');
    await settle();
    expect(loader.stateOf(at(3))).toBe('fetching');
    readOf(3).fetched();
    expect(loader.stateOf(at(3))).toBe('decoding');
    expect(loader.counts()).toMatchObject({ decoding: 1, resident: 0 });
    readOf(3).end();
    await settle();
    expect(loader.stateOf(at(3))).toBe('resident');
    expect(loader.slotOf(at(3))?.voxels[7]).toBe(4);
    expect([arrivals, loader.counts().resident, scheduler.inFlight]).toEqual([1, 1, 0]);
  });

  it('that holds nothing but 0 is empty: it takes the one slot that all such share', async () => {
    loader.want([1, 2, 3, 4].map((x) => visible(x)));
    await settle();
    for (const x of [1, 2, 3]) readOf(x).end(0);
    readOf(4).end(9);
    await settle();
    expect([1, 4].map((x) => loader.stateOf(at(x)))).toEqual(['empty', 'resident']);
    expect(loader.counts()).toMatchObject({ empty: 3, resident: 2 });
    expect(loader.slotOf(at(2))).toBe(loader.slotOf(at(3)));
    expect(loader.slotOf(at(2))?.voxels[5]).toBe(0);
    const held = await loader.acquire(at(1), new AbortController().signal);
    expect(held.voxels[0]).toBe(0);
    held.release();
    // It stays, and is not read again, however many others come.
    for (let x = 5; x < 200; x++) loader.pool.put(addressKey(at(x)), voxels(1));
    expect(loader.slotOf(at(2))?.voxels[5]).toBe(0);
    loader.want([visible(2)]);
    await settle();
    expect(reads).toHaveLength(4);
  });

  it('that failed keeps its error, and is read again on request', async () => {
    loader.want([visible(1)]);
    await settle();
    readOf(1).fail(new Error('broken'));
    await settle();
    expect([loader.stateOf(at(1)), loader.missed()]).toEqual(['failed', [new Error('broken')]]);
    expect(loader.failureOf(at(1))).toEqual(new Error('broken'));
    loader.want([visible(1)]);
    await settle();
    expect([reads.length, loader.isSettled(at(1))]).toEqual([1, true]);
    loader.retryFailed();
    await settle();
    readOf(1).end();
    await settle();
    expect([loader.stateOf(at(1)), loader.counts().failed]).toEqual(['resident', 0]);
    expect(loader.missed()).toEqual([]);
  });

  it('of a source that is found changed are read anew where they may be wrong, but for those that are held', async () => {
    loader.want([visible(1), visible(2), visible(3)]);
    await settle();
    for (const x of [1, 2, 3]) readOf(x).end(x === 2 ? 0 : 7);
    await settle();
    const held = loader.hold(at(3));
    doubtful = [at(1), at(2), at(3), at(9)];
    loader.want([visible(1), visible(2), visible(3), visible(4)]);
    await settle();
    readOf(4).fail(new FloodlightError('SOURCE_CHANGED', { url: 'local:x' }));
    await settle();
    expect([1, 2, 3, 4].map((x) => loader.stateOf(at(x)))).toEqual([
      'fetching',
      'fetching',
      'resident',
      'failed',
    ]);
    expect(held?.voxels[0]).toBe(7);
    readOf(1).fail(new FloodlightError('SOURCE_CHANGED', { url: 'local:x' }));
    readOf(2).end(5);
    await settle();
    expect([loader.stateOf(at(1)), loader.slotOf(at(2))?.voxels[0]]).toEqual(['failed', 5]);
  });

  it('that failed before anyone saw it is missed once it is seen', async () => {
    const ahead = { address: at(1), priority: priorityOf('prefetch', 0) };
    loader.want([ahead]);
    await settle();
    readOf(1).fail(new Error('broken'));
    await settle();
    loader.want([ahead]);
    expect([loader.missed(), arrivals]).toEqual([[], 0]);
    loader.want([visible(1)]);
    loader.want([ahead]);
    expect(loader.missed()).toEqual([new Error('broken')]);
  });
});

describe('wants', () => {
  it('are read best first, and re-ranked at once when the view changes', async () => {
    loader.want(Array.from({ length: 40 }, (_, x) => visible(x)));
    await settle();
    expect(reading()).toEqual(Array.from({ length: MOST_IN_FLIGHT }, (_, x) => x));
    loader.want([3, 39, 5, 38, 50].map((x, order) => visible(x, order)));
    expect(reading()).toEqual([3, 5]);
    expect(loader.stateOf(at(20))).toBe('absent');
    await settle();
    expect(reading()).toEqual([3, 5, 39, 38, 50]);
  });

  it('that were given up and come back are read anew', async () => {
    loader.want([visible(1)]);
    await settle();
    loader.want([]);
    loader.want([visible(1)]);
    await settle();
    expect(reads.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    readOf(1).end();
    await settle();
    expect(loader.stateOf(at(1))).toBe('resident');
  });

  it('overtake computations that wait, which keep their quarter', async () => {
    const { signal } = new AbortController();
    const fill = Array.from({ length: 100 }, async (_, x) =>
      (await loader.acquire(at(1000 + x), signal)).release(),
    );
    await settle();
    expect(reading()).toHaveLength(MOST_IN_FLIGHT - QUARTER);
    loader.want([visible(1), visible(2)]);
    await settle();
    expect(reading().slice(-2)).toEqual([1, 2]);
    while (reading().length > 0) {
      for (const read of reads.splice(0)) read.end();
      await settle();
    }
    expect(await Promise.all(fill)).toHaveLength(100);
  });

  it('leave what a computation waits for alone, and the other way round', async () => {
    const abort = new AbortController();
    const acquired = loader.acquire(at(1), abort.signal);
    loader.want([visible(1), visible(2)]);
    await settle();
    loader.want([visible(2)]);
    expect(reading()).toEqual([1, 2]);
    const second = loader.acquire(at(2), abort.signal);
    abort.abort(abortError());
    await expect(acquired).rejects.toMatchObject({ name: 'AbortError' });
    await expect(second).rejects.toMatchObject({ name: 'AbortError' });
    expect(reading()).toEqual([2]);
  });

  it('of layers share one queue: all of it is within what runs at once', async () => {
    const other = new BrickLoader(
      new MemoryBrickPool('others', 1, 64 * BRICK_VOXELS),
      ({ brickZyx }, signal, fetched) =>
        new Promise((resolve) =>
          reads.push({
            x: 100 + brickZyx[2],
            signal,
            fetched,
            end: () => resolve(voxels(1)),
            fail: () => {},
          }),
        ),
      () => {},
      scheduler,
    );
    const wants = Array.from({ length: 40 }, (_, x) => visible(x));
    loader.want(wants);
    other.want(wants);
    await settle();
    const half = Array.from({ length: MOST_IN_FLIGHT / 2 }, (_, x) => x);
    expect(reading().toSorted((a, b) => a - b)).toEqual([...half, ...half.map((x) => 100 + x)]);
    other.dispose();
    loader.dispose();
    expect([scheduler.queued, loader.counts().queued]).toEqual([0, 0]);
  });

  it('whose brick is evicted before its waiter runs bring it again', async () => {
    create(1);
    const first = loader.acquire(at(1), new AbortController().signal);
    await settle();
    readOf(1).end();
    vi.spyOn(loader.pool, 'put');
    await Promise.resolve();
    const held = await first;
    expect(held.voxels[0]).toBe(2);
    held.release();
    loader.want([visible(2)]);
    await settle();
    readOf(2).end();
    await settle();
    expect([loader.has(at(1)), loader.has(at(2))]).toEqual([false, true]);
  });
});

describe('what is fetched ahead', () => {
  const LEVELS: readonly LevelInfo[] = [1, 4].map((factor) => ({
    path: String(factor),
    shapeZyx: [1024 / factor, 2048 / factor, 2048 / factor],
    chunkZyx: [64, 64, 64],
    scaleZyx: [factor, factor, factor],
    offsetZyx: [0, 0, 0],
  }));
  const NM: Zyx = [8, 8, 8];

  it('never evicts what a view shows, however the view moves', async () => {
    create(48);
    const random = randomNumbers(7);
    let motion: Motion | undefined;
    let shown: SliceView = {
      centerZyx: [512, 1000, 1000],
      orientation: IDENTITY,
      nmPerPixel: 8,
      widthPixels: 300,
      heightPixels: 200,
    };
    let speed: Zyx = [0, 0, 0];
    let fetchedAhead = 0;
    for (let step = 0; step < 200; step++) {
      if (step % 20 === 0) speed = [0, 1, 2].map(() => Math.round((random() - 0.5) * 80)) as never;
      const [z, y, x] = shown.centerZyx;
      shown = { ...shown, centerZyx: [z + speed[0] / 8, y + speed[1], x + speed[2]] };
      motion = moved(motion, 'xy' satisfies ViewId, shown, NM, step * 100);
      const wants = wantsWithin(viewWants('xy', shown, LEVELS, NM, motion), 48);
      loader.want(wants);
      for (let round = 0; round < 100; round++) {
        await Promise.resolve();
        for (const read of reads.splice(0)) read.end(1);
      }
      // As drawing does.
      const seen = wants.filter(isSeen);
      for (const { address } of seen) loader.slotOf(address);
      expect(seen.filter(({ address }) => !loader.has(address))).toEqual([]);
      fetchedAhead += wants.filter((want) => !isSeen(want) && loader.has(want.address)).length;
    }
    expect(loader.pool.evictions).toBeGreaterThan(100);
    expect(fetchedAhead).toBeGreaterThan(200);
  }, 30_000);
});
