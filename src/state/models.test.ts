import { describe, expect, it, vi } from 'vitest';
import { abortError, FloodlightError } from '../core/errors';
import type { EngineClient } from '../engine/client';
import type { EngineEvent, ModelInfo, ModelList } from '../engine/protocol';
import { isCommandEnabled, runCommand } from './command';
import { commandById } from './commands';
import { Session } from './session';
import { droppedModel } from './source-picker';

const model = { id: '0123456789abcdef', name: 'net' } as ModelInfo;
const listOf = (...models: ModelInfo[]): ModelList => ({ models, damaged: [], isKept: true });

/** A session over an engine whose imports end as they are told to. */
async function start() {
  let tell: (event: EngineEvent) => void = () => {};
  interface Ends {
    resolve(model: ModelInfo): void;
    reject(error: unknown): void;
  }
  const imports = new Map<number, Ends>();
  let kept = listOf();
  const engine = {
    start: async (onEvent: (event: EngineEvent) => void) => {
      tell = onEvent;
      return null;
    },
    models: vi.fn(async () => kept),
    importModel: vi.fn(
      (job: number) =>
        new Promise<ModelInfo>((resolve, reject) => imports.set(job, { resolve, reject })),
    ),
    cancel: (job: number) => imports.get(job)?.reject(abortError()),
    removeModel: vi.fn(async () => {
      kept = listOf();
    }),
  };
  vi.stubGlobal('document', { baseURI: 'https://page.example/app/' });
  const session = new Session(engine as unknown as EngineClient);
  await session.start();
  const newest = () => [...imports].at(-1) ?? [0];
  return {
    ...{ session, engine, newest },
    tell: (bytes: number) => tell({ type: 'importing', job: newest()[0], progress: { bytes } }),
    finish() {
      kept = listOf(model);
      newest()[1]?.resolve(model);
    },
  };
}

describe('networks on the page', () => {
  it('are imported by an address relative to the page, with progress, and then listed', async () => {
    const { session, engine, tell, finish } = await start();
    const onProgress = vi.fn();
    const importing = session.models.import(['net.index'], { onProgress, licence: 'MIT' });
    expect(engine.importModel).toHaveBeenLastCalledWith(
      expect.any(Number),
      ['https://page.example/app/net.index'],
      { licence: 'MIT' },
    );
    tell(1000);
    expect(session.state.models.importing).toMatchObject({ bytes: 1000 });
    expect(onProgress).toHaveBeenCalledWith({ bytes: 1000 });
    finish();
    expect(await importing).toBe(model);
    expect(session.state.models).toMatchObject({ list: listOf(model), importing: null });
    expect(session.state.notices).toEqual([]);
  });

  it('are shown in the dialog, with what fails, until it is closed', async () => {
    const { session, newest, finish } = await start();
    const failing = session.models.importShown(['https://a/net.index']);
    expect(session.state.models.isOpen).toBe(true);
    newest()[1]?.reject(
      new FloodlightError('BAD_MODEL', { model: 'net', reason: 'it is cut off' }),
    );
    expect(await failing).toBe(false);
    expect(session.state.notices).toMatchObject([{ key: 'model', kind: 'error' }]);
    const importing = session.models.importShown(['https://a/net.index']);
    expect(session.state.notices).toEqual([]);
    finish();
    expect(await importing).toBe(true);
    expect(session.state.models.shownId).toBe(model.id);
    await session.models.remove(model.id);
    expect(session.state.models).toMatchObject({ list: listOf(), shownId: null });
  });

  it('are cancelled without a word, by the page, a command or a signal', async () => {
    const { session, engine } = await start();
    const cancel = commandById('cancel-import');
    const isEnabled = () => isCommandEnabled(cancel, session.state);
    expect(isEnabled()).toBe(false);
    const shown = session.models.importShown(['https://a/net.index']);
    expect(isEnabled()).toBe(true);
    runCommand(session, cancel);
    expect(await shown).toBe(false);
    expect(session.state.notices).toEqual([]);
    const abort = new AbortController();
    const importing = session.models.import(['https://a/net.index'], { signal: abort.signal });
    abort.abort();
    await expect(importing).rejects.toMatchObject({ name: 'AbortError' });
    await expect(
      session.models.import(['https://a/net.index'], { signal: abort.signal }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(engine.importModel).toHaveBeenCalledTimes(2);
  });

  it('are told from volumes when they are dropped', () => {
    const dropped = (...names: string[]) => {
      const items = names.map((name) => ({ getAsFile: () => ({ name }) }));
      return droppedModel({ items } as unknown as DataTransfer).map(({ name }) => name);
    };
    const checkpoint = ['a.data-00000-of-00001', 'a.index', 'request.pbtxt'];
    expect(dropped(...checkpoint)).toEqual(checkpoint);
    expect(dropped('a.safetensors')).toEqual(['a.safetensors']);
    expect(dropped('em.zarr.zip')).toEqual([]);
    expect(dropped('em.zarr')).toEqual([]);
  });
});
