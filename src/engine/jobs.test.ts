import { beforeEach, describe, expect, it } from 'vitest';
import { brickKey } from '../core/brick';
import { BRICK_WORDS } from '../core/brick-bits';
import { FloodlightError } from '../core/errors';
import type { SegmentBits } from '../core/packed-bits';
import { packed } from '../core/testing/packed';
import type { Volume } from '../volume/model';
import type { FillBackend, FillHooks, StoredFillRequest } from './fill-backend';
import { runFloodFill } from './flood-fill-job';
import { Jobs } from './jobs';
import type { FillProgress, SegmentInfo } from './protocol';
import type { CheckedFloodFill } from './request';
import { Segmentation } from './segmentation';

const KEY = brickKey([0, 0, 0]);
/** Voxels of the first row. */
const bits = (voxels: number): SegmentBits => {
  const words = new Uint32Array(BRICK_WORDS);
  words[0] = 2 ** voxels - 1;
  return packed(new Map([[KEY, words]]));
};

/** A backend whose fills grow and end by hand. */
class HandBackend implements FillBackend {
  readonly id = 'cpu';
  readonly adapter = 'by hand';
  readonly surfaceShare = 0.5;
  hooks: FillHooks | undefined;
  from: SegmentBits | undefined;
  isLost = false;
  end = (_: number) => {};
  fail = (_: unknown) => {};

  async prepare() {}

  draws(): boolean {
    return false;
  }

  fill(_: number, { from }: StoredFillRequest, hooks: FillHooks) {
    this.hooks = hooks;
    this.from = from;
    return new Promise<{
      voxels: number;
      bits: SegmentBits;
      bricks: number;
      unreadBricks: number;
      complete: boolean;
    }>((resolve, reject) => {
      this.end = (voxels) =>
        resolve({ voxels, bits: bits(voxels), bricks: 1, unreadBricks: 0, complete: true });
      this.fail = reject;
      hooks.signal.addEventListener('abort', () => reject(hooks.signal.reason));
    });
  }

  grow(voxels: number): void {
    this.hooks?.onProgress({ voxels, bricks: 1, frontierBricks: 0, changed: bits(voxels) });
  }
}

const volume = {
  levels: [{ readBox: async () => new Uint8Array([100]) }],
} as unknown as Volume;
const request: CheckedFloodFill = {
  algorithm: 'flood-fill',
  seedZyx: [0, 0, 0],
  params: { low: 50, high: 150, connectivity: 6 },
};

let progress: FillProgress[];
let segments: readonly SegmentInfo[];
let segmentation: Segmentation;
let backend: HandBackend;
let jobs: Jobs;
/** After how many losses a backend was asked for. */
let losses: number[];

beforeEach(() => {
  progress = [];
  segments = [];
  backend = new HandBackend();
  jobs = new Jobs();
  losses = [];
  const never = () => new Promise<never>(() => {});
  segmentation = new Segmentation(
    { workers: 1, extract: never, weld: never },
    { voxelSizeNm: [1, 1, 1], originNm: [0, 0, 0] },
    {
      onSegments: (all) => {
        segments = all;
      },
      onHistory: () => {},
      onSurface: () => {},
      onSpilled: () => {},
      onLabels: () => {},
      onFailure: () => {},
      surfaceShare: () => 1,
    },
  );
});

const run = (job: number, changes: Partial<CheckedFloodFill> = {}) =>
  jobs.run(job, (control) =>
    runFloodFill(
      {
        request: { ...request, ...changes },
        backends: {
          next: async (so) => {
            losses.push(so);
            return backend;
          },
          isLost: async () => backend.isLost,
        },
        volume,
        segmentation,
        onProgress: (_, told) => progress.push(told),
      },
      control,
    ),
  );
const begun = () => expect.poll(() => backend.hooks).toBeDefined();
const firstVoxels = () => [...segmentation.brick([0, 0, 0]).subarray(0, 5)];

describe('fills, one at a time', () => {
  it('show what has grown, and keep what the backend says at the end', async () => {
    const result = run(1);
    await begun();
    expect([jobs.isRunning, jobs.surfaceShare]).toEqual([true, 0.5]);
    backend.grow(4);
    expect(firstVoxels()).toEqual([1, 1, 1, 1, 0]);
    backend.end(3);
    expect(await result).toMatchObject({ id: 1, voxels: 3, adapter: 'by hand', complete: true });
    expect(firstVoxels()).toEqual([1, 1, 1, 0, 0]);
    expect(segments).toHaveLength(1);
    expect(progress).toMatchObject([{ id: 1, voxels: 4, bricks: 1 }]);
    expect([jobs.isRunning, jobs.surfaceShare]).toEqual([false, 1]);
  });

  it('tell their progress no more often than eyes follow', async () => {
    const result = run(1);
    await begun();
    for (let voxels = 1; voxels < 30; voxels++) backend.grow(voxels);
    backend.end(30);
    await result;
    expect(progress.length).toBeLessThan(5);
  });

  it('leave nothing when cancelled', async () => {
    const result = run(7);
    await begun();
    backend.grow(4);
    jobs.cancel(6);
    expect(jobs.isRunning).toBe(true);
    jobs.cancel(7);
    await expect(result).rejects.toMatchObject({ name: 'AbortError' });
    expect([firstVoxels(), segments]).toEqual([[0, 0, 0, 0, 0], []]);
  });

  it('leave nothing when cancelled once all but done', async () => {
    const result = run(1);
    await begun();
    backend.grow(4);
    backend.end(4);
    jobs.cancel(1);
    await expect(result).rejects.toMatchObject({ name: 'AbortError' });
    expect([firstVoxels(), segments]).toEqual([[0, 0, 0, 0, 0], []]);
  });

  it('can be cancelled before they begin, and give way to later ones', async () => {
    const first = run(1).catch((error: Error) => error.name);
    await begun();
    const second = run(2).catch((error: Error) => error.name);
    const third = run(3).catch((error: Error) => error.name);
    jobs.cancel(3);
    expect(await Promise.all([first, second, third])).toEqual(Array(3).fill('AbortError'));
    expect([jobs.isRunning, segments]).toEqual([false, []]);
    backend.hooks = undefined;
    const last = run(4);
    await begun();
    backend.end(2);
    expect(await last).toMatchObject({ voxels: 2 });
  });

  it('are stopped, and have ended when that is done', async () => {
    const result = run(1).catch((error: Error) => error.name);
    await begun();
    await jobs.stop();
    expect([jobs.isRunning, await result]).toEqual([false, 'AbortError']);
  });

  it('lose their own backend, and not another', async () => {
    const result = run(1);
    await begun();
    const first = backend.hooks;
    const lost = new FloodlightError('DEVICE_LOST', { reason: 'gone' });
    jobs.lose('webgpu', lost);
    expect(first?.signal.aborted).toBe(false);
    jobs.lose('cpu', lost);
    expect(first?.signal.reason).toBe(lost);
    await expect.poll(() => backend.hooks !== first).toBe(true);
    expect([...losses]).toEqual([0, 1]);
    backend.end(2);
    await result;
  });

  it('end with what their backend failed of, where that is still there', async () => {
    const result = run(1);
    await begun();
    const broken = new FloodlightError('INTERNAL', { reason: 'broken' });
    backend.fail(broken);
    await expect(result).rejects.toBe(broken);
  });

  it('are broken off for a change, which no cancelling keeps from happening, and go on after it', async () => {
    const result = run(1);
    await begun();
    const first = backend.hooks;
    backend.grow(4);
    const seen: unknown[] = [];
    const changes = [1, 2].map((change) =>
      jobs.between(() => void seen.push(change, backend.hooks === first)),
    );
    await Promise.all(changes);
    expect(seen).toEqual([1, true, 2, true]);
    await expect.poll(() => backend.hooks !== first).toBe(true);
    expect(backend.from).toEqual(segmentation.grown(1));
    backend.end(5);
    expect(await result).toMatchObject({ id: 1, voxels: 5, complete: true });
    // No loss of the backend: it may go on as often as one likes.
    expect([...losses]).toEqual([0, 0]);

    backend.hooks = undefined;
    const cancelled = run(2);
    await begun();
    const change = jobs.between(() => void seen.push('cancelled'));
    jobs.cancel(2);
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    await change;
    await jobs.between(() => void seen.push('idle'));
    expect(seen.slice(4)).toEqual(['cancelled', 'idle']);
  });

  it('go on from what had grown when their backend is lost, unless they were cancelled', async () => {
    const lost = new FloodlightError('DEVICE_LOST', { reason: 'gone' });
    const result = run(1);
    await begun();
    const first = backend.hooks;
    backend.grow(4);
    backend.isLost = true;
    jobs.lose('cpu', lost);
    await expect.poll(() => backend.hooks !== first).toBe(true);
    expect(backend.from).toEqual(segmentation.grown(1));
    expect(backend.from?.size).toBe(1);
    backend.end(5);
    expect(await result).toMatchObject({ id: 1, voxels: 5, complete: true });

    backend.hooks = undefined;
    const cancelled = run(2);
    await begun();
    jobs.cancel(2);
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });

    backend.hooks = undefined;
    const hopeless = run(3);
    let fails = 0;
    hopeless.catch(() => {});
    for (; fails < 4; fails++) {
      await begun();
      backend.hooks = undefined;
      jobs.lose('cpu', lost);
    }
    await expect(hopeless).rejects.toBe(lost);
    expect(segmentation.grown(3).size).toBe(0);
  });

  it('do not begin from a seed outside of their range', async () => {
    const params = { low: 0, high: 99, connectivity: 6 } as const;
    await expect(run(1, { params })).rejects.toMatchObject({
      code: 'SEED_OUTSIDE_RANGE',
      fields: { value: 100 },
    });
    expect(jobs.isRunning).toBe(false);
  });
});
