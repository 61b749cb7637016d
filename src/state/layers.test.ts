import { describe, expect, it, vi } from 'vitest';
import type { EngineClient } from '../engine/client';
import type { Layer, LayerSeen } from '../engine/protocol';
import { volumeInfo } from '../volume/testing/volume-info';
import { Layers, layersOf } from './layers';
import { layersText, parseLayers, restoreLayers } from './shared-layers';

vi.stubGlobal('document', { baseURI: 'https://page.example/' });

const volume = volumeInfo();

const labels = (id: string): Layer => ({
  id,
  kind: 'labels',
  name: id,
  origin: { from: 'stored', stored: id },
  visible: true,
  opacity: 0.35,
  blending: 'normal',
});
const image = (id: string): Layer => ({
  ...labels(id),
  kind: 'image',
  dtype: 'uint8',
  contrast: [3, 9],
  colourMap: 'grey',
});

/** How layer `b` is seen at a channel, as the engine tells. */
const axesOf = (c: number, chosen: number | null = c): LayerSeen => ({
  id: 'b',
  axes: { times: 2, channels: [], chosen: { t: null, c: chosen }, selection: { t: 0, c } },
  contrast: [c, 10 * c + 1],
});

/** Layers over an engine that opens these, in turn. */
function start(...opened: Layer[]) {
  let list = layersOf(volume, []);
  let jobs = 0;
  const engine = {
    openLayer: vi.fn(async () => {
      const next = opened.shift();
      if (!next) throw new Error('not there');
      return next;
    }),
    closeLayer: vi.fn(async () => {}),
    selectLayerAxes: vi.fn(async (_id: string, _changes: object) => axesOf(0)),
  };
  const layers = new Layers(
    { engine: engine as unknown as EngineClient, nextJob: () => ++jobs },
    () => list,
    (next) => {
      list = next;
    },
  );
  return { layers, engine, ids: () => list.map(({ id }) => id), list: () => list };
}

describe('layers', () => {
  it('go where they are seen: images over images, labels right below the segments', async () => {
    const { layers, ids } = start(labels('a'), image('b'), labels('c'), image('d'));
    for (const stored of ['a', 'b', 'c']) await layers.add({ stored });
    expect(ids()).toEqual(['volume', 'b', 'a', 'c', 'segments']);
    await layers.add({ stored: 'd' }, { index: 0 });
    expect(ids()).toEqual(['d', 'volume', 'b', 'a', 'c', 'segments']);
  });

  it('move to any place, and no farther than the ends', async () => {
    const { layers, ids } = start(labels('a'));
    await layers.add({ stored: 'a' });
    layers.move('a', 99);
    expect(ids()).toEqual(['volume', 'segments', 'a']);
    layers.move('a', -1);
    expect(ids()).toEqual(['a', 'volume', 'segments']);
    layers.move('segments', 1);
    expect(ids()).toEqual(['a', 'segments', 'volume']);
    expect(() => layers.move('b', 0)).toThrow(/there are a, segments, volume/);
  });

  it('take looks that make sense, and no others', async () => {
    const { layers, list } = start(image('b'));
    await layers.add({ stored: 'b' }, { name: 'other', opacity: 0.25, colourMap: 'magma' });
    expect(list()[1]).toMatchObject({ name: 'other', opacity: 0.25, colourMap: 'magma' });
    layers.set('b', { contrast: [9, 3], blending: 'additive', visible: false });
    const before = list();
    for (const bad of [
      { opacity: 1.1 },
      { opacity: Number.NaN },
      { contrast: [1] },
      { colourMap: 'jet' },
      { blending: 'xor' },
      { visible: 1 },
      { name: '' },
      { id: 'volume' },
    ])
      expect(() => layers.set('b', bad as never), JSON.stringify(bad)).toThrow(/^Layer b: /);
    expect(() => layers.set('segments', { colourMap: 'grey' })).toThrow(/labels have no colourMap/);
    expect(list()).toBe(before);
  });

  it('are seen at their own channel or the volume’s, each with its contrast', async () => {
    const { layers, engine, list } = start({ ...image('b'), axes: axesOf(0, null).axes });
    await layers.add('https://data.example/b.zarr');
    const contrast = () => (list()[1]?.kind === 'image' ? list()[1] : null);
    engine.selectLayerAxes.mockResolvedValueOnce(axesOf(1));
    expect(await layers.selectAxes('b', { c: 1 })).toEqual({ t: 0, c: 1 });
    expect(engine.selectLayerAxes).toHaveBeenCalledWith('b', { c: 1 });
    expect(contrast()).toMatchObject({ axes: { chosen: { c: 1 } }, contrast: [1, 11] });
    layers.set('b', { contrast: [5, 6] });
    // The volume's channel has changed, and what was on the page of it is there again.
    layers.show([axesOf(0, null)]);
    expect(contrast()).toMatchObject({ axes: { selection: { c: 0 } }, contrast: [3, 9] });
    layers.show([axesOf(1)]);
    expect(contrast()).toMatchObject({ contrast: [5, 6] });
    const before = list();
    layers.show([{ ...axesOf(0), id: 'gone' }]);
    expect(list()).toEqual(before);
  });

  it('are let go of in the engine, but for those that every volume has', async () => {
    const { layers, engine, ids } = start(labels('a'));
    await layers.add({ stored: 'a' });
    await layers.remove('a');
    expect(engine.closeLayer).toHaveBeenCalledExactlyOnceWith('a');
    expect(ids()).toEqual(['volume', 'segments']);
    for (const id of ['volume', 'segments', 'a'])
      await expect(layers.remove(id)).rejects.toMatchObject({ code: 'BAD_PARAMETERS' });
  });

  it('that cannot be opened, or not be shown as asked, leave nothing', async () => {
    const { layers, engine, ids } = start(labels('a'));
    await expect(layers.add({ stored: 'a' }, { opacity: 7 })).rejects.toMatchObject({
      code: 'BAD_PARAMETERS',
    });
    expect(engine.closeLayer).toHaveBeenCalledWith('a');
    await expect(layers.add({ stored: 'b' })).rejects.toThrow('not there');
    expect(ids()).toEqual(['volume', 'segments']);
  });

  it('are shared by address with order and looks, but for those of this machine', async () => {
    const url = 'https://data.example/other.zarr';
    const { layers, list } = start(labels('a'), image('b'), image('c'));
    await layers.add({ stored: 'a' }, { opacity: 0.9 });
    await layers.add(url, { colourMap: 'cyan' });
    await layers.add({ stored: 'c' });
    layers.move('segments', 0);
    layers.set('volume', { contrast: [1, 2] });
    expect(layersText(layersOf(volume, []))).toBe(null);
    const origins = new Map([
      ['b', { from: 'source', url, voxelSizeNm: [9, 4, 4], originNm: [0, -8, 8] } as const],
      ['c', { from: 'source', url: 'local:c.zip' } as const],
    ]);
    const shown = list().map((layer) => ({
      ...layer,
      origin: origins.get(layer.id) ?? layer.origin,
      ...(layer.id === 'b' ? { axes: axesOf(1).axes } : {}),
    }));
    const shared = parseLayers(layersText(shown) ?? '');
    expect(shared.map(({ own, stored, url: at }) => own ?? stored ?? at)).toEqual([
      'segments',
      'volume',
      url,
      'a',
    ]);

    const failures: unknown[] = [];
    const other = start(image('x'));
    await restoreLayers(other.layers, shared, (error) => failures.push(error));
    const opening = {
      kind: 'image',
      voxelSizeNm: [9, 4, 4],
      originNm: [0, -8, 8],
      select: { c: 1 },
    };
    expect(other.engine.openLayer).toHaveBeenNthCalledWith(1, url, opening, { job: 1 });
    expect(other.ids()).toEqual(['segments', 'volume', 'x']);
    expect(other.list()[1]).toMatchObject({ contrast: [1, 2] });
    expect(other.list()[2]).toMatchObject({ colourMap: 'cyan' });
    // There was no second one to open.
    expect(failures).toEqual([new Error('not there')]);
  });

  it('of an address that makes no sense are none', () => {
    for (const text of [
      '',
      '{',
      '3',
      '{}',
      '[1, null, {}]',
      '[{"url":"file:///etc","kind":"image"}]',
    ])
      expect(parseLayers(text), text).toEqual([]);
    const [layer] = parseLayers('[{"stored":"a","kind":"labels","look":{"id":"x","opacity":2}}]');
    expect(layer).toEqual({ stored: 'a', kind: 'labels', look: { opacity: 2 } });
    const url = 'https://data.example/a.zarr';
    // The engine is asked, and refuses; nobody's headers are sent for somebody else.
    const said = { voxelSizeNm: 'x', select: { t: -1 }, headers: { Authorization: 'x' }, id: 'x' };
    expect(parseLayers(JSON.stringify([{ url, kind: 'image', ...said }]))).toEqual([
      { url, kind: 'image', voxelSizeNm: 'x', select: { t: -1 }, look: {} },
    ]);
  });
});
