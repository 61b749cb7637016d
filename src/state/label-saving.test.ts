import { describe, expect, it, vi } from 'vitest';
import { abortError, FloodlightError } from '../core/errors';
import type { EngineClient } from '../engine/client';
import type {
  EngineEvent,
  Layer,
  SavedLabels,
  SaveLabelsOptions,
  SegmentInfo,
} from '../engine/protocol';
import { volumeInfo } from '../volume/testing/volume-info';
import { runCommand } from './command';
import { commandById } from './commands';
import { Session } from './session';
import { fakeHandle } from './testing-handles';

const volume = volumeInfo({ name: 'my em.zarr', shapeZyx: [10, 10, 10] });
const segments = (count: number) =>
  Array.from({ length: count }, (_, id) => ({ id }) as SegmentInfo);
const folder = { kind: 'directory', name: 'my-em-labels.zarr' } as FileSystemDirectoryHandle;

/** A session with one segment, over an engine that saves as it is told. */
async function start(
  save: (job: number, options: SaveLabelsOptions) => Promise<SavedLabels> = async () => folder,
) {
  let tell: (event: EngineEvent) => void = () => {};
  const engine = {
    start: async (onEvent: (event: EngineEvent) => void) => {
      tell = onEvent;
      return null;
    },
    models: async () => ({ models: [], damaged: [], isKept: true }),
    open: async () => volume,
    settled: async () => {},
    histogram: async () => ({ low: 0, high: 255, counts: [] }),
    setDisplay: () => {},
    cancel: vi.fn(),
    saveLabels: vi.fn(save),
    openLayer: vi.fn(),
    closeLayer: vi.fn(),
  };
  vi.stubGlobal('document', { baseURI: 'https://page.example/' });
  const session = new Session(engine as unknown as EngineClient);
  await session.start();
  await session.opener.open(volume.url);
  tell({ type: 'segments', segments: segments(1) });
  return { session, engine, tell };
}

describe('saving labels', () => {
  it('says so, and goes to the same place the next time', async () => {
    const { session, engine } = await start();
    session.setSaveOptions({ codec: 'blosc', level: 30, chunk: 32 });
    expect(await session.saving.saveTo('browser')).toBe(true);
    const expected = {
      ...{ codec: 'blosc', level: 9, shuffle: 'bit', dtype: 'uint32' },
      ...{ chunkZyx: 32, shardZyx: 512, name: 'my-em-labels', destination: 'browser' },
    };
    expect(engine.saveLabels).toHaveBeenLastCalledWith(expect.any(Number), expected);
    expect(session.state).toMatchObject({ unsaved: false, saving: null });
    expect(session.state.savedAt).not.toBeNull();
    expect(session.state.notices.map(({ text }) => text)).toEqual([
      'Labels saved as my-em-labels.zarr in the browser’s own storage.',
    ]);
    session.setSaveOptions({ target: 'zip' });
    expect(runCommand(session, commandById('save-labels'))).toBe(true);
    await vi.waitFor(() => expect(engine.saveLabels).toHaveBeenCalledTimes(2));
    expect(engine.saveLabels).toHaveBeenLastCalledWith(expect.any(Number), expected);
  });

  it('stays unsaved when segments changed meanwhile', async () => {
    const { session, tell } = await start(async () => {
      tell({ type: 'segments', segments: segments(2) });
      return folder;
    });
    await session.saving.saveTo('browser');
    expect(session.state).toMatchObject({ unsaved: true, saving: null });
  });

  it('holds until segments change, undo and redo among that', async () => {
    const { session, tell } = await start();
    expect(session.state.unsaved).toBe(true);
    await session.saving.saveTo('browser');
    expect(session.state.unsaved).toBe(false);
    tell({ type: 'segments', segments: [] });
    expect(session.state.unsaved).toBe(true);
    await session.opener.open(volume.url);
    expect(session.state.unsaved).toBe(false);
    tell({ type: 'segments', segments: segments(2) });
    expect(session.state.unsaved).toBe(true);
    // Nothing is there, as at first.
    tell({ type: 'segments', segments: [] });
    expect(session.state.unsaved).toBe(false);
  });

  it('shows how far it is, can be cancelled, and is not begun twice', async () => {
    let end: (error: Error) => void = () => {};
    const progress = { bricks: 1, bricksTotal: 4, bytesWritten: 9, milliseconds: 5 };
    const { session, engine, tell } = await start(
      () =>
        new Promise((_, reject) => {
          end = reject;
        }),
    );
    const told = vi.fn();
    const saving = session.saving.save({ destination: 'browser', onProgress: told });
    await vi.waitFor(() => expect(engine.saveLabels).toHaveBeenCalled());
    const [job = 0] = engine.saveLabels.mock.lastCall ?? [];
    tell({ type: 'saving', job, progress });
    expect(session.state.saving).toEqual({ job, progress });
    expect(told).toHaveBeenCalledWith(progress);
    expect(runCommand(session, commandById('save-labels'))).toBe(false);
    expect(runCommand(session, commandById('cancel-save'))).toBe(true);
    expect(engine.cancel).toHaveBeenCalledWith(job);
    end(abortError());
    await expect(saving).rejects.toMatchObject({ name: 'AbortError' });
    expect(session.state).toMatchObject({ saving: null, unsaved: true, savedAt: null });
  });

  it('reads the layers anew that were opened from what it saved over, and no others of its name', async () => {
    const { session, engine } = await start();
    const handle = (where: string) =>
      fakeHandle({ entry: `${where}/${folder.name}` }) as FileSystemDirectoryHandle;
    const saved = handle('browser');
    engine.saveLabels.mockResolvedValue(saved);
    const opened = (id: string): Layer => ({
      ...{ id, kind: 'labels', name: 'stored', visible: true, opacity: 1, blending: 'normal' },
      origin: { from: 'source', url: `local:${folder.name}`, originNm: [1, 2, 3] },
    });
    for (const id of ['mine', 'foreign']) {
      engine.openLayer.mockResolvedValueOnce(opened(id));
      await session.layers.add(handle(id === 'mine' ? 'browser' : 'elsewhere'), { opacity: 0.3 });
    }
    const before = session.state.display.layers;
    engine.openLayer.mockClear();
    engine.openLayer.mockResolvedValueOnce(opened('mine'));
    await session.saving.saveTo('browser');
    expect(engine.openLayer.mock.calls).toEqual([
      [saved, { kind: 'labels', originNm: [1, 2, 3] }, { replacedId: 'mine' }],
    ]);
    expect(engine.closeLayer).not.toHaveBeenCalled();
    expect(session.state.display.layers).toEqual(before);
  });

  it('tells what failed', async () => {
    const { session } = await start(async () => {
      throw new FloodlightError('QUOTA_EXCEEDED', { where: 'my-em-labels.zarr' });
    });
    expect(await session.saving.saveTo('browser')).toBe(false);
    expect(session.state.notices).toMatchObject([{ key: 'save', kind: 'error' }]);
    expect(session.state.unsaved).toBe(true);
  });

  it('does not write where the user does not allow it', async () => {
    const { session, engine } = await start();
    const refused = { ...folder, requestPermission: async () => 'denied' };
    await expect(
      session.saving.save({ destination: refused as FileSystemDirectoryHandle }),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED', fields: { access: 'write' } });
    expect(engine.saveLabels).not.toHaveBeenCalled();
  });
});
