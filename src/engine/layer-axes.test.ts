import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Files } from '../volume/testing/array-files';
import { putGroup, putImage } from '../volume/testing/multiscale-files';
import type { Engine } from './engine';
import { type Layer, volumeLayer } from './protocol';
import { asCanvas, TestCanvas } from './testing-canvas';
import { displayOf, LOOK, TestEngine } from './testing-engine';

const NM = [8, 4, 4] as const;
const SHAPE = [4, 6, 8] as const;
const VOXELS = 4 * 6 * 8;

const axesOf = (...more: readonly string[]) => [
  ...more.map((name) => ({ name })),
  ...['z', 'y', 'x'].map((name) => ({ name, type: 'space', unit: 'nanometer' })),
];

/** A volume of three times and two channels (10 t + c), labels of its times, and a layer of two times. */
async function files(): Promise<Files> {
  const made: Files = new Map();
  const plane = (index: number) => Math.floor(index / VOXELS);
  await putImage(made, '', {
    ome: '0.5',
    axes: axesOf('t', 'c'),
    scale: [1, 1, ...NM],
    more: { omero: { channels: [0, 1].map((c) => ({ window: { start: c, end: 30 + c } })) } },
    levels: [
      {
        dtype: 'uint8',
        shape: [3, 2, ...SHAPE],
        chunks: [1, 1, ...SHAPE],
        valueAt: (index) => 10 * Math.floor(plane(index) / 2) + (plane(index) % 2),
      },
    ],
  });
  putGroup(made, 'labels', '0.5', { labels: ['ids'] });
  await putImage(made, 'labels/ids', {
    ome: '0.5',
    axes: axesOf('t'),
    scale: [1, ...NM],
    levels: [
      {
        dtype: 'uint64',
        shape: [3, ...SHAPE],
        chunks: [1, ...SHAPE],
        valueAt: (index) => 2n ** 62n + BigInt(plane(index)),
      },
    ],
  });
  await putImage(made, 'short', {
    ome: '0.5',
    axes: axesOf('t'),
    scale: [1, ...NM],
    levels: [
      {
        dtype: 'uint8',
        shape: [2, ...SHAPE],
        chunks: [1, ...SHAPE],
        valueAt: (index) => 100 + plane(index),
      },
    ],
  });
  return made;
}

let under: TestEngine;
let engine: Engine;
let url: string;
let image: Layer;

beforeEach(async () => {
  under = new TestEngine();
  ({ engine } = under);
  url = await under.serve(await files());
  await under.start('cpu');
  image = volumeLayer(await engine.open(url));
  await engine.attachView('xy', asCanvas(new TestCanvas()));
  engine.setView('xy', { ...LOOK, centerZyx: [2, 3, 4], nmPerPixel: 1 });
});
afterEach(() => under.end());

/** What the volume has at a voxel, and what each layer of the display, the highest first. */
async function seen(): Promise<unknown[]> {
  await engine.settled();
  const { value, layers } = await engine.probe([1, 2, 3]);
  return [value, ...layers.map((layer) => layer.value)];
}

describe('times and channels of layers', () => {
  it('follow the volume’s, as far as they go, until others are chosen', async () => {
    const ids = await engine.openLayer({ stored: 'ids' }, {});
    const same = await engine.openLayer(url, {});
    const second = await engine.openLayer(url, { select: { c: 1 } });
    const short = await engine.openLayer(`${url}/short`, {});
    expect(ids.axes).toBe(undefined);
    expect(second.axes).toMatchObject({ times: 3, chosen: { t: null, c: 1 } });
    engine.setDisplay(displayOf(image, short, second, same, ids));
    expect(await seen()).toEqual([0, String(2n ** 62n), 0, 1, 100]);

    const { layers } = await engine.selectAxes({ t: 2, c: 1 });
    expect(layers.map(({ id, axes, contrast }) => [id, axes.selection, contrast])).toEqual([
      [same.id, { t: 2, c: 1 }, [1, 31]],
      [second.id, { t: 2, c: 1 }, [1, 31]],
      [short.id, { t: 1, c: 0 }, [0, 255]],
    ]);
    expect(await seen()).toEqual([21, String(2n ** 62n + 2n), 21, 21, 101]);

    expect(await engine.selectLayerAxes(same.id, { c: 0, t: 1 })).toEqual({
      id: same.id,
      axes: { ...same.axes, chosen: { t: 1, c: 0 }, selection: { t: 1, c: 0 } },
      contrast: [0, 30],
    });
    expect(await seen()).toEqual([21, String(2n ** 62n + 2n), 10, 21, 101]);
    await engine.selectAxes({ t: 0 });
    expect(await seen()).toEqual([1, String(2n ** 62n), 10, 1, 100]);
    // What is opened now is seen as the volume is now, and what was chosen follows again.
    const late = await engine.openLayer(url, {});
    expect(late.axes?.selection).toEqual({ t: 0, c: 1 });
    await engine.selectLayerAxes(same.id, { t: null });
    expect(await seen()).toEqual([1, String(2n ** 62n), 0, 1, 100]);
  });

  it('come one after the other, whatever is asked for at once', async () => {
    const [opening, ...changes] = [
      engine.openLayer(url, {}),
      engine.selectAxes({ t: 1 }),
      engine.selectLayerAxes('layer-1', { c: 1 }).catch(() => null),
    ];
    const layer = await opening;
    await Promise.all(changes);
    await Promise.all([
      engine.selectAxes({ t: 2 }),
      engine.selectLayerAxes(layer.id, { c: 1 }),
      engine.selectLayerAxes(layer.id, { t: 0 }),
    ]);
    engine.setDisplay(displayOf(image, layer));
    expect(await seen()).toEqual([20, 1]);
    const { layers } = await engine.selectAxes({ t: 1 });
    expect(layers[0]?.axes).toMatchObject({ chosen: { t: 0, c: 1 }, selection: { t: 0, c: 1 } });
  });

  it('are changed without a picture between that lacks the layer', async () => {
    const layer = await engine.openLayer(url, {});
    if (layer.kind !== 'image') throw new Error('bytes are no labels');
    const greys: number[] = [];
    const canvas = new TestCanvas((pixels, width, height) => {
      greys.push(pixels[4 * ((height >> 1) * width + (width >> 1))] ?? -1);
    });
    await engine.attachView('xy', asCanvas(canvas));
    engine.setView('xy', { ...LOOK, centerZyx: [2, 3, 4], nmPerPixel: 1 });
    engine.setDisplay(displayOf({ ...layer, opacity: 1, contrast: [-10, 30] }));
    await engine.settled();
    const before = greys.length;
    for (const t of [1, 2, 1]) {
      await engine.selectLayerAxes(layer.id, { t });
      await engine.settled();
    }
    // Without the layer there is nothing, which is darker.
    expect(new Set(greys.slice(before))).toEqual(new Set([128, 191]));
  });

  it('that are not there are refused, and change nothing', async () => {
    const ids = await engine.openLayer({ stored: 'ids' }, {});
    const short = await engine.openLayer(`${url}/short`, {});
    engine.setDisplay(displayOf(image, short));
    for (const [id, changes] of [
      [short.id, { t: 2 }],
      [short.id, { c: 1 }],
      [short.id, { t: 0.5 }],
      [short.id, { z: 1 }],
      [ids.id, { t: 1 }],
      ['volume', { t: 1 }],
      ['layer-9', { t: 1 }],
    ] as const)
      await expect(engine.selectLayerAxes(id, changes as object), id).rejects.toMatchObject({
        code: 'BAD_PARAMETERS',
      });
    expect(await seen()).toEqual([0, 100]);
    await engine.closeLayer(short.id);
    await expect(engine.selectLayerAxes(short.id, { t: 1 })).rejects.toMatchObject({
      code: 'BAD_PARAMETERS',
    });
  });
});

describe('opening a layer', () => {
  it('in the place of another keeps its id, and leaves that as it was where it fails', async () => {
    const layer = await engine.openLayer(`${url}/short`, {});
    engine.setDisplay(displayOf(image, layer));
    expect(await seen()).toEqual([0, 100]);
    await expect(
      engine.openLayer(`${url}/nothing`, {}, { replacedId: layer.id }),
    ).rejects.toMatchObject({
      code: 'NOT_ZARR',
    });
    expect(await seen()).toEqual([0, 100]);
    const other = await engine.openLayer(url, { select: { t: 2 } }, { replacedId: layer.id });
    expect(other).toMatchObject({ id: layer.id, origin: { url } });
    expect(await seen()).toEqual([0, 20]);
    await engine.closeLayer(layer.id);
    await expect(engine.openLayer(url, {}, { replacedId: layer.id })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  it('tells where it was said to lie, and is refused where that makes no sense', async () => {
    const place = { voxelSizeNm: [8, 4, 4], originNm: [0, -4, 1e6] } as const;
    expect((await engine.openLayer(url, place)).origin).toEqual({ from: 'source', url, ...place });
    for (const bad of [
      { voxelSizeNm: [8, 4] },
      { voxelSizeNm: [0, 4, 4] },
      { voxelSizeNm: ['8', 4, 4] },
      { voxelSizeNm: [8, 4, 1e300] },
      { originNm: [0, 0, Number.NaN] },
      { originNm: 7 },
      { select: { t: -1 } },
      { select: { t: null } },
      { select: [1] },
      { kind: 'mesh' },
    ])
      await expect(engine.openLayer(url, bad as object), JSON.stringify(bad)).rejects.toMatchObject(
        { code: 'BAD_PARAMETERS' },
      );
  });
});
