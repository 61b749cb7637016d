import { describe, expect, it, vi } from 'vitest';
import { abortError, FloodlightError, isAbort } from '../core/errors';
import type { EngineClient } from '../engine/client';
import type { Layer, LayerSource } from '../engine/protocol';
import { Session } from './session';
import { fakeHandle } from './testing-handles';

vi.stubGlobal('document', { baseURI: 'https://page.example/' });

const layer: Layer = {
  ...{ id: 'a', kind: 'labels', name: 'a', visible: true, opacity: 1, blending: 'normal' },
  origin: { from: 'stored', stored: 'a' },
};

/** A session with the dialog open, over an engine whose openings end when they are told. */
function start() {
  const openings = new Map<number, { resolve(layer: Layer): void; reject(error: Error): void }>();
  const engine = {
    openLayer: vi.fn(
      (_source: LayerSource, _options: object, { job = 0 }: { job?: number }) =>
        new Promise<Layer>((resolve, reject) => openings.set(job, { resolve, reject })),
    ),
    cancel: vi.fn((job: number) => openings.get(job)?.reject(abortError())),
    closeLayer: vi.fn(async () => {}),
    setDisplay: () => {},
  };
  const session = new Session(engine as unknown as EngineClient);
  session.setLayerAdderOpen(true);
  const opened = async (count: number) => {
    await expect.poll(() => openings.size).toBe(count);
    return [...openings.values()].at(-1);
  };
  const listed = () => session.state.addingLayers.map(({ name, host }) => [name, host]);
  return { engine, session, opened, listed };
}

describe('layers that the user asks for', () => {
  it('are listed while they are waited for, with who is asked; the dialog closes with the last', async () => {
    const { session, opened, listed } = start();
    const first = session.layerAdding.add('https://host:8080/a.zarr');
    const waiting = await opened(1);
    const second = session.layerAdding.add({ stored: 'ids' });
    const third = session.layerAdding.add(fakeHandle({ entry: 'em.zarr' }));
    expect(listed()).toEqual([
      ['https://host:8080/a.zarr', 'host:8080'],
      ['ids', null],
      ['em.zarr', null],
    ]);
    (await opened(3))?.reject(new FloodlightError('SOURCE_CHANGED', { url: 'local:em.zarr' }));
    expect(await third).toBeNull();
    session.layerAdding.cancel(2);
    expect(await second).toBeNull();
    expect(session.state.layerAdderOpen).toBe(true);
    waiting?.resolve(layer);
    expect(await first).toBe('a');
    expect(listed()).toEqual([]);
    expect(session.state.layerAdderOpen).toBe(false);
    expect(session.state.notices).toMatchObject([{ key: 'layer' }]);
  });

  it('can be called off, all at once too, which is no failure and leaves the dialog', async () => {
    const { engine, session, opened, listed } = start();
    const adding = [session.layerAdding.add('a.zarr'), session.layerAdding.add('b.zarr')];
    await opened(2);
    session.layerAdding.cancelAll();
    expect(await Promise.all(adding)).toEqual([null, null]);
    expect(engine.cancel.mock.calls).toEqual([[1], [2]]);
    expect(listed()).toEqual([]);
    expect(session.state).toMatchObject({ layerAdderOpen: true, notices: [] });
    expect(session.state.display.layers).toEqual([]);
  });

  it('are let go of where they came just before they were called off', async () => {
    const { engine, session, opened } = start();
    const abort = new AbortController();
    const adding = session.layers.add('a.zarr', { signal: abort.signal });
    (await opened(1))?.resolve(layer);
    abort.abort();
    await expect(adding).rejects.toSatisfy(isAbort);
    expect(engine.closeLayer).toHaveBeenCalledWith('a');
    expect(session.state.display.layers).toEqual([]);
  });
});
