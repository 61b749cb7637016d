import { describe, expect, it, vi } from 'vitest';
import { FloodlightError } from '../core/errors';
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
  expect(engine.open).toHaveBeenCalledWith(opened, {});
});

describe('a folder or a zip of this machine', () => {
  it.each([
    ['zip', zip('granted')],
    ['folder', fakeHandle({ entry: 'em.zarr' })],
  ])('%s is opened by its handle, and remembered', async (_, handle) => {
    const { engine, session } = start();
    expect(await session.opener.openLocal(handle)).toBe(volume);
    expect(engine.open).toHaveBeenCalledWith(handle, {});
    expect(rememberLocalSource).toHaveBeenCalledWith(handle);
    expect(session.state).toMatchObject({ volume, opening: null, lastError: null });
  });

  it('that gives no handle is opened, and cannot be remembered', async () => {
    const { engine, session } = start();
    const file = new File([], 'em.zip');
    await session.opener.openLocal(file);
    expect(engine.open).toHaveBeenCalledWith(file, {});
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
