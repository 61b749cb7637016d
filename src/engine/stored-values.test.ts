import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Zyx } from '../core/vec';
import { testThreads } from '../segment/cpu/testing';
import type { Files } from '../volume/testing/array-files';
import { putGroup, putImage } from '../volume/testing/multiscale-files';
import { sourceOf } from '../volume/testing/values';
import type { Engine } from './engine';
import { volumeLayer } from './protocol';
import { asCanvas, TestCanvas } from './testing-canvas';
import { FILLED_DTYPES, fillBesideNeighbours } from './testing-dtype-fills';
import { displayOf, LOOK, TestEngine } from './testing-engine';

let under: TestEngine;
let engine: Engine;

beforeEach(() => {
  under = new TestEngine({ startThreads: () => testThreads(2) });
  ({ engine } = under);
});
afterEach(() => under.end());

describe('ids of 64 bits', () => {
  it.each([
    ['uint64', 2n ** 64n - 1n, 2n ** 64n - 2n],
    ['int64', -5n, -(2n ** 60n) - 1n],
  ] as const)('of stored labels of %s are exact', async (dtype, first, second) => {
    const made: Files = new Map();
    const shape = [2, 2, 4];
    const array = { shape, chunks: shape } as const;
    const image = {
      ...array,
      dtype: 'uint64',
      valueAt: (at: number) => 2n ** 60n + BigInt(at),
    } as const;
    const labels = { ...array, dtype, valueAt: (at: number) => (at < 8 ? first : second) };
    await putImage(made, '', { ome: '0.5', levels: [image] });
    putGroup(made, 'labels', '0.5', { labels: ['ids'] });
    await putImage(made, 'labels/ids', { ome: '0.5', levels: [labels] });
    await under.start('cpu');
    const volume = await engine.open(sourceOf(made));
    const ids = await engine.openLayer({ stored: 'ids' }, {});
    engine.setDisplay(displayOf(volumeLayer(volume), ids));
    const canvas = new TestCanvas();
    await engine.attachView('xy', asCanvas(canvas));
    engine.setView('xy', {
      ...LOOK,
      centerZyx: [0.5, 1, 2],
      nmPerPixel: 0.2,
    });
    await engine.settled();
    expect(await engine.probe([0, 0, 1])).toMatchObject({
      value: 2n ** 60n + 1n,
      layers: [{ id: ids.id, value: String(first) }],
    });
    expect((await engine.probe([1, 0, 0])).layers[0]?.value).toBe(String(second));
    const box = { originZyx: [0, 1, 3], shapeZyx: [2, 1, 1] } as const;
    const read = await engine.readStoredLabels('ids', box, 0);
    expect(read).toMatchObject({ dtype, shapeZyx: [2, 1, 1] });
    expect(Array.from<number | bigint>(read.data)).toEqual([first, second]);
    expect(await engine.components(1, { layer: 'ids' })).toMatchObject({ count: 2, voxels: 16 });
    const range = { low: 2n ** 60n + 1n, high: 2n ** 60n + 4n };
    const counted = await engine.components(2, { ...range, connectivity: 6 });
    expect(counted).toMatchObject({ count: 2, voxels: 4, largestVoxels: 3 });
    const fill = (seedZyx: Zyx) =>
      engine.segment(3, { algorithm: 'flood-fill', seedZyx, params: range });
    expect(await fill([0, 0, 1])).toMatchObject({ voxels: 3, params: range });
    await expect(fill([1, 0, 0])).rejects.toMatchObject({
      code: 'SEED_OUTSIDE_RANGE',
      fields: { value: 2n ** 60n + 8n, ...range },
    });
    await expect(engine.readStoredLabels('other', box, 0)).rejects.toMatchObject({
      code: 'UNKNOWN_LABEL_LAYER',
    });
    await expect(engine.readStoredLabels('ids', box, 1)).rejects.toMatchObject({
      code: 'BAD_PARAMETERS',
    });
  });
});

it('fills images of every type by their stored values, not by rounded ones', async () => {
  await under.start('cpu');
  for (const dtype of FILLED_DTYPES)
    expect(await fillBesideNeighbours(engine, dtype)).toEqual({ dtype, different: 0 });
}, 60_000);
