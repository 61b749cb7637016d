import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { IDENTITY } from '../core/quaternion';
import { randomNumbers } from '../core/testing/random';
import { volumeOf, type Zyx } from '../core/vec';
import { testThreads } from '../segment/cpu/testing';
import { computedVolume, valueOfChunk } from '../volume/testing/computed-volume';
import type { Engine } from './engine';
import { type SliceView, segmentsLayer, volumeLayer } from './protocol';
import { displayOf, TestEngine, VIEWS } from './testing-engine';

let under: TestEngine;
let engine: Engine;

beforeEach(() => {
  under = new TestEngine({ startThreads: () => testThreads(2) });
  ({ engine } = under);
});
afterEach(() => under.end());

describe('budgets', () => {
  const statistics = () =>
    under.events.findLast((event) => event.type === 'statistics')?.statistics;

  it('hold over a thousand random views of a volume that is larger', async () => {
    await under.start('auto');
    const shape: Zyx = [512, 512, 640];
    const info = await engine.open(computedVolume(shape));
    const { memoryBytes } = await engine.setBudgets({ memoryBytes: 2 ** 27 });
    expect(volumeOf(shape)).toBeGreaterThan(memoryBytes);
    engine.setDisplay(displayOf({ ...volumeLayer(info), contrast: [0, 255] }));
    await under.attachViews();
    const random = randomNumbers(5);
    const small = { orientation: IDENTITY, widthPixels: 40, heightPixels: 30, nmPerPixel: 4 };
    for (let walk = 0; walk < 1000; walk++) {
      const [z, y, x] = shape.map((size) => 80 + random() * (size - 160));
      const centerZyx: Zyx = [z ?? 0, y ?? 0, x ?? 0];
      for (const view of VIEWS) engine.setView(view, { ...small, centerZyx });
      await engine.settled();
      if (walk % 100 > 0) continue;
      const chunk: Zyx = [(z ?? 0) >> 6, (y ?? 0) >> 6, (x ?? 0) >> 6];
      const [pixel] = [under.canvases.get('xy')?.pixels.at(4 * (15 * 40 + 20))];
      expect(pixel, `view ${walk}`).toBe(valueOfChunk(chunk));
    }
    await expect.poll(() => statistics()?.evictions).toBeGreaterThan(0);
    const last = statistics();
    expect(last?.memoryBudgetBytes).toBe(2 ** 27);
    expect(last?.memoryBytes).toBeLessThanOrEqual(2 ** 27);
    expect(last?.memoryBytes).toBeGreaterThan(2 ** 25);
    expect(last?.cacheHits).toBeGreaterThan(0);
    for (const event of under.events)
      if (event.type === 'statistics' && event.statistics.memoryBudgetBytes === 2 ** 27)
        expect(event.statistics.memoryBytes).toBeLessThanOrEqual(2 ** 27);
  }, 120_000);

  it('that are set at the same time all hold', async () => {
    await under.start('cpu');
    await engine.open(computedVolume([256, 256, 256]));
    const fill = engine.segment(1, {
      algorithm: 'flood-fill',
      seedZyx: [5, 5, 5],
      params: { low: 0, high: 255 },
    });
    await Promise.all([
      engine.setBudgets({ memoryBytes: 2 ** 28 }),
      engine.setBudgets({ gpuBytes: 2 ** 29 }),
    ]);
    expect(await engine.setBudgets({})).toMatchObject({ memoryBytes: 2 ** 28, gpuBytes: 2 ** 29 });
    await fill;
  });

  it('that make no sense are refused, and change nothing', async () => {
    await under.start('cpu');
    await engine.open(computedVolume([64, 64, 64]));
    for (const bad of [{ memoryBytes: 5 }, { gpuBytes: Number.NaN }, { memoryBytes: 1e300 }])
      await expect(engine.setBudgets(bad)).rejects.toMatchObject({ code: 'BAD_PARAMETERS' });
    expect(await engine.setBudgets({})).toEqual({
      gpuBytes: 2 ** 30,
      memoryBytes: 2 ** 30,
      diskBytes: 2 ** 30,
    });
  });
});

describe('a view that moves while a fill runs', () => {
  /** What a file's bytes take to come. */
  class SlowBlob extends Blob {
    override async arrayBuffer(): Promise<ArrayBuffer> {
      await new Promise((resolve) => setTimeout(resolve, 25));
      return super.arrayBuffer();
    }
    override slice(start?: number, end?: number): Blob {
      return new SlowBlob([super.slice(start, end)]);
    }
  }

  it('gets its bricks before what the fill waits for, and the fill goes on', async () => {
    const volume = computedVolume([512, 512, 512]);
    const patient = { timeout: 20_000, interval: 1 };
    const reads: string[] = [];
    const get = (path: string) => {
      const file = volume.get(path);
      if (!file || path === 'zarr.json') return file;
      reads.push(path.slice(2));
      return new SlowBlob([file]);
    };
    await under.start('cpu');
    const info = await engine.open({ get } as ReadonlyMap<string, Blob>);
    engine.setDisplay(displayOf(volumeLayer(info), segmentsLayer));
    await under.attachViews();
    const params = { low: 0, high: 255 };
    const fill = engine.segment(1, { algorithm: 'flood-fill', seedZyx: [0, 0, 0], params });
    await expect.poll(() => reads.length, patient).toBeGreaterThan(40);
    // The far corner: 3 × 3 bricks of the last layer.
    const before = reads.length;
    const shown: SliceView = {
      centerZyx: [500, 416, 416],
      orientation: IDENTITY,
      nmPerPixel: 4,
      widthPixels: 180,
      heightPixels: 180,
    };
    engine.setView('xy', shown);
    const wanted = [5, 6, 7].flatMap((y) => [5, 6, 7].map((x) => `7/${y}/${x}`));
    await expect.poll(() => wanted.every((brick) => reads.includes(brick)), patient).toBe(true);
    const last = Math.max(...wanted.map((brick) => reads.indexOf(brick)));
    const overtaken = last - before + 1 - wanted.length;
    expect(overtaken).toBeLessThanOrEqual(4);
    await engine.settled();
    const atRest = reads.length;
    await expect.poll(() => reads.length, patient).toBeGreaterThan(atRest);
    engine.cancel(1);
    await expect(fill).rejects.toMatchObject({ name: 'AbortError' });
  }, 60_000);
});
