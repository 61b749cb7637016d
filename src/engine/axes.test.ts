import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { volumeOf, type Zyx } from '../core/vec';
import { testThreads } from '../segment/cpu/testing';
import type { Files } from '../volume/testing/array-files';
import { putImage } from '../volume/testing/multiscale-files';
import { sourceOf } from '../volume/testing/values';
import type { Engine } from './engine';
import { type ImageLayer, volumeLayer } from './protocol';
import { asCanvas, TestCanvas } from './testing-canvas';
import { displayOf, LOOK, TestEngine } from './testing-engine';

let under: TestEngine;
let engine: Engine;
let image: ImageLayer;

beforeEach(() => {
  under = new TestEngine({ startThreads: () => testThreads(2) });
  ({ engine } = under);
});
afterEach(() => under.end());

describe('times and channels', () => {
  const shapeZyx: Zyx = [8, 10, 70];
  const voxels = volumeOf(shapeZyx);
  /** Of two channels and two times: 2 t + c, but 100 in all voxels of the first plane. */
  const valueIn = (index: number) => (index % voxels < 700 ? 100 : Math.floor(index / voxels));
  const axes = ['t', 'c', 'z', 'y', 'x'].map((name) => ({ name }));
  const look = { ...LOOK, centerZyx: [4.5, 5.5, 35.5] } as const;
  const box = { originZyx: [4, 5, 66], shapeZyx: [1, 1, 2] } as const;
  const read = async () => Array.from<number | bigint>((await engine.readImage(box, 0)).data);
  const fill = (job: number) =>
    engine.segment(job, {
      algorithm: 'flood-fill',
      seedZyx: [4, 5, 6],
      params: { tolerance: 0 },
    });

  beforeEach(async () => {
    const made: Files = new Map();
    const shape = [2, 2, ...shapeZyx];
    const level = { dtype: 'int8', shape, chunks: [1, 2, 8, 10, 64], valueAt: valueIn } as const;
    await putImage(made, '', { ome: '0.5', levels: [level], axes, scale: [1, 1, 8, 4, 4] });
    await under.start('cpu');
    const info = await engine.open(sourceOf(made));
    const { times, channels, selection } = info;
    image = { ...volumeLayer(info), contrast: [0, 4] };
    expect([times, channels.length, selection]).toEqual([2, 2, { t: 0, c: 0 }]);
  });

  it('are seen, read and filled as selected; segments and filter stay', async () => {
    engine.setDisplay(displayOf(image));
    await under.attachViews(look);
    const { id, voxels: filled } = await fill(1);
    expect(filled).toBe(voxels - 700);
    const greys = [];
    for (const [t, c] of [
      [0, 1],
      [1, 1],
      [1, 0],
    ] as const) {
      expect((await engine.selectAxes({ t, c })).volume.selection).toEqual({ t, c });
      expect(await read()).toEqual([2 * t + c, 2 * t + c]);
      expect((await engine.probe([4, 5, 6])).segmentId).toBe(id);
      await engine.settled();
      const { pixels, width, height } = under.canvases.get('xy') ?? new TestCanvas();
      greys.push(pixels[4 * ((height >> 1) * width + (width >> 1))]);
    }
    expect(greys).toEqual([64, 191, 128]);
    expect((await fill(2)).voxels).toBe(voxels - 700);

    await engine.setImageFilter({ kind: 'gaussian', sigmaNm: 4 });
    await engine.selectAxes({ c: 1 });
    expect(await read()).toEqual([3, 3]);
    expect((await engine.readImage(box, 0)).dtype).toBe('int16');
  });

  it('follow one another without a blank picture between them', async () => {
    engine.setDisplay(displayOf(image));
    const greys: number[] = [];
    const canvas = new TestCanvas((pixels, width, height) => {
      greys.push(pixels[4 * ((height >> 1) * width + (width >> 1))] ?? -1);
    });
    await engine.attachView('xy', asCanvas(canvas));
    engine.setView('xy', look);
    await engine.settled();
    const before = greys.length;
    for (const t of [1, 0, 1]) {
      await engine.selectAxes({ t, c: 1 });
      await engine.settled();
    }
    expect(new Set(greys.slice(before))).toEqual(new Set([191, 64]));
  });

  it('that are not there are refused, and change nothing', async () => {
    await expect(engine.selectAxes({ c: 2 })).rejects.toMatchObject({ code: 'BAD_PARAMETERS' });
    await expect(engine.selectAxes({ t: -1 })).rejects.toMatchObject({ code: 'BAD_PARAMETERS' });
    expect(await read()).toEqual([0, 0]);
  });

  it('are those asked for last, and end what runs', async () => {
    const ended = await Promise.allSettled([
      fill(1),
      engine.selectAxes({ t: 1 }),
      engine.selectAxes({ t: 1, c: 1 }),
    ]);
    expect(ended).toMatchObject([
      { status: 'rejected', reason: { name: 'AbortError' } },
      { status: 'rejected', reason: { name: 'AbortError' } },
      { status: 'fulfilled' },
    ]);
    expect(await read()).toEqual([3, 3]);
  });
});
