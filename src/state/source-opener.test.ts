import { describe, expect, it, vi } from 'vitest';
import { abortError, FloodlightError, isAbort } from '../core/errors';
import type { EngineClient } from '../engine/client';
import { volumeInfo } from '../volume/testing/volume-info';
import { rememberLocalSource } from './local-sources';
import { Session } from './session';
import type { LocalSource } from './source-picker';
import { fakeHandle } from './testing-handles';

vi.mock('./local-sources', () => ({ rememberLocalSource: vi.fn(async () => {}) }));

const volume = volumeInfo({ name: 'em', shapeZyx: [10, 10, 10] });

/** A session over an engine that opens as it is told. */
function start(open = async (_: unknown) => volume) {
  vi.mocked(rememberLocalSource).mockClear();
  const engine = {
    open: vi.fn(open),
    setDisplay: () => {},
    settled: async () => {},
    histogram: async () => ({ low: 0, high: 255, counts: [] }),
  };
  vi.stubGlobal('document', { baseURI: 'https://page.example/' });
  return { engine, session: new Session(engine as unknown as EngineClient) };
}

const zip = (permission: PermissionState): LocalSource =>
  fakeHandle({ entry: 'em.zip', kind: 'file', permission: async () => permission });

it.each([
  ['em.zarr', 'https://page.example/em.zarr'],
  ['https://host/em.zarr', 'https://host/em.zarr'],
  // The engine says what is wrong with it.
  ['http://[', 'http://['],
])('an address %s is opened as %s', async (address, opened) => {
  const { engine, session } = start();
  await session.opener.open(address);
  expect(engine.open).toHaveBeenCalledWith(opened, {}, expect.any(Number));
});

describe('a folder or a zip of this machine', () => {
  it.each([
    ['zip', zip('granted')],
    ['folder', fakeHandle({ entry: 'em.zarr' })],
  ])('%s is opened by its handle, and remembered', async (_, handle) => {
    const { engine, session } = start();
    expect(await session.opener.openLocal(handle)).toBe(volume);
    expect(engine.open).toHaveBeenCalledWith(handle, {}, expect.any(Number));
    expect(rememberLocalSource).toHaveBeenCalledWith(handle);
    expect(session.state).toMatchObject({ volume, opening: null, lastError: null });
  });

  it('that gives no handle is opened, and cannot be remembered', async () => {
    const { engine, session } = start();
    const file = new File([], 'em.zip');
    await session.opener.openLocal(file);
    expect(engine.open).toHaveBeenCalledWith(file, {}, expect.any(Number));
    expect(rememberLocalSource).not.toHaveBeenCalled();
  });

  it.each(['denied', 'prompt'] as const)(
    'that may not be read (%s) is told of; what was open stays',
    async (permission) => {
      const { engine, session } = start();
      await session.opener.open('https://host/em.zarr');
      await expect(session.opener.openLocal(zip(permission))).rejects.toMatchObject({
        code: 'PERMISSION_DENIED',
      });
      expect(engine.open).toHaveBeenCalledTimes(1);
      expect(rememberLocalSource).not.toHaveBeenCalled();
      expect(session.state).toMatchObject({ volume, opening: null });
      expect(session.state.notices).toEqual([
        { key: 'open', kind: 'error', text: expect.stringContaining('may not read local:em.zip') },
      ]);
    },
  );

  it('that is gone is told of, and not remembered', async () => {
    const gone = new FloodlightError('SOURCE_CHANGED', { url: 'local:em.zip' });
    const { session } = start(() => Promise.reject(gone));
    await expect(session.opener.openLocal(zip('granted'))).rejects.toBe(gone);
    expect(rememberLocalSource).not.toHaveBeenCalled();
    expect(session.state.lastError).toBe(gone);
  });
});

describe('a volume that is being opened', () => {
  /** Opening that waits until it is cancelled. */
  function waiting() {
    const { engine, session } = start(
      () =>
        new Promise((_, reject) => {
          Object.assign(engine, { cancel: () => reject(abortError()) });
        }),
    );
    return { engine, session };
  }

  it('can be called off by its signal, or as the newest', async () => {
    for (const isBySignal of [true, false]) {
      const { session } = waiting();
      const abort = new AbortController();
      const opening = session.opener.open('https://host/em.zarr', { signal: abort.signal });
      const rejected = expect(opening).rejects.toSatisfy(isAbort);
      expect(session.state.opening).toBe('https://host/em.zarr');
      if (isBySignal) abort.abort();
      else session.opener.cancel();
      await rejected;
      expect(session.state).toMatchObject({ opening: null, volume: null, notices: [] });
    }
  });

  it('is not asked for where the signal has fired before', async () => {
    const { engine, session } = waiting();
    await expect(
      session.opener.open('https://host/em.zarr', { signal: AbortSignal.abort() }),
    ).rejects.toSatisfy(isAbort);
    expect(engine.open).not.toHaveBeenCalled();
  });
});
