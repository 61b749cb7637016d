import { describe, expect, it, vi } from 'vitest';
import type { Zyx } from '../core/vec';
import type { EngineClient } from '../engine/client';
import type { AxisSelection, EngineEvent, SegmentInfo } from '../engine/protocol';
import { volumeInfo } from '../volume/testing/volume-info';
import { type Command, isCommandEnabled, runCommand } from './command';
import { commandById, commandForText, commands, commandsByShortcut } from './commands';
import type { CameraPose } from './scene';
import { Session } from './session';
import type { AppState } from './store';

const volume = volumeInfo({
  times: 3,
  channels: ['nuclei', 'membranes'].map((label) => ({
    label,
    window: undefined,
    colour: undefined,
  })),
});

const segment = (id: number): SegmentInfo => ({
  id,
  voxels: 10,
  box: { originZyx: [0, 0, 0], shapeZyx: [1, 1, 1] },
  bricks: 1,
  milliseconds: 5,
  unreadBricks: 0,
  complete: true,
  backend: 'cpu',
  adapter: 'test',
  algorithm: 'flood-fill',
  seedZyx: [id, id + 1, id + 2],
  params: { low: 0, high: 1 },
});

/** A session over an engine that does at once what it is told, and what it was told. */
async function startSession() {
  let tell: (event: EngineEvent) => void = () => {};
  let selected: AxisSelection = { t: 0, c: 0 };
  let segments = [segment(1), segment(2), segment(3)];
  const engine = {
    start: async (onEvent: (event: EngineEvent) => void) => {
      tell = onEvent;
      return null;
    },
    open: vi.fn(async () => volume),
    selectAxes: vi.fn(async (part: Partial<AxisSelection>) => {
      selected = { ...selected, ...part };
      const contrast = [10 * selected.c, 100] as const;
      return { volume: { ...volume, selection: selected, contrast }, layers: [] };
    }),
    settled: async () => {},
    histogram: async () => ({ low: 0, high: 255, counts: [] }),
    setDisplay: vi.fn(),
    cancel: vi.fn(),
    setCamera: vi.fn(),
    saveMesh: async (_job: number, id: number) => ({
      file: new Blob(),
      level: id === 1 ? 0 : 2,
      voxelSizeNm: [160, 32, 32] as const,
    }),
    mesh: vi.fn(() => new Promise<never>(() => {})),
    segment: () => new Promise(() => {}),
    undo: vi.fn(async () => true),
    remove: vi.fn(async (id: number) => {
      if (id === 99) throw new Error('there is no such segment');
      segments = segments.filter((other) => other.id !== id);
      tell({ type: 'segments', segments });
    }),
  };
  const session = new Session(engine as unknown as EngineClient);
  await session.start();
  vi.stubGlobal('document', { baseURI: 'https://page.example/', documentElement: { dataset: {} } });
  await session.opener.open(volume.url);
  tell({ type: 'segments', segments });
  return { session, engine, tell };
}

const enabledAt = (shortcut: string, state: AppState): string[] =>
  (commandsByShortcut.get(shortcut) ?? [])
    .filter((command) => isCommandEnabled(command, state))
    .map((command) => command.id);

const run = (session: Session, id: string): boolean => runCommand(session, commandById(id));

/** Lets what a command does later happen. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

describe('the registry', () => {
  it('has each id once, and a label for each', () => {
    const ids = commands.map((command) => command.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const command of commands) expect(command.label).not.toBe('');
  });

  it('gives a shortcut to one enabled command at most, whatever the state', async () => {
    const { session } = await startSession();
    const running = {
      job: 1,
      algorithm: 'flood-fill' as const,
      seedZyx: [0, 0, 0] as Zyx,
      progress: null,
      isPaused: false,
    };
    for (const tool of ['select', 'fill', 'ffn', 'pan'] as const) {
      for (const selectedIds of [[], [1]]) {
        for (const runs of [null, running]) {
          const display = { ...session.state.display, selectedIds };
          const state = { ...session.state, tool, display, running: runs };
          for (const shortcut of commandsByShortcut.keys()) {
            expect(enabledAt(shortcut, state).length, shortcut).toBeLessThanOrEqual(1);
          }
        }
      }
    }
  });

  it('lets only commands that are guarded against each other share a shortcut', () => {
    for (const [shortcut, sharing] of commandsByShortcut) {
      if (sharing.length > 1)
        expect(
          sharing.every((one) => one.isEnabled),
          shortcut,
        ).toBe(true);
    }
  });

  it('refuses an id that does not exist', () => {
    expect(() => commandById('make-coffee')).toThrow(RangeError);
  });
});

describe('Esc', () => {
  it('cancels what runs, else leaves the tool, else clears the selection, else does nothing', async () => {
    const { session, engine } = await startSession();
    session.select([2]);
    void session.fill.fillAt([1, 1, 1]);
    await settle();
    expect(enabledAt('escape', session.state)).toEqual(['cancel-run']);
    run(session, 'cancel-run');
    expect(engine.cancel).toHaveBeenCalledTimes(1);
    session.store.setState({ running: null });
    expect(enabledAt('escape', session.state)).toEqual(['leave-tool']);
    run(session, 'leave-tool');
    expect(enabledAt('escape', session.state)).toEqual(['clear-selection']);
    run(session, 'clear-selection');
    expect(session.state.display.selectedIds).toEqual([]);
    expect(enabledAt('escape', session.state)).toEqual([]);
  });
});

describe('seeing', () => {
  it('steps along the normal of the active view and stays inside the volume', async () => {
    const { session } = await startSession();
    session.goTo([50, 60, 70]);
    run(session, 'next-slice');
    expect(session.state.positionZyx).toEqual([51, 60, 70]);
    session.setActiveView('zy');
    run(session, 'previous-slice');
    expect(session.state.positionZyx).toEqual([51, 60, 69]);
    session.setActiveView('xz');
    session.goTo([0, 199, 0]);
    run(session, 'next-slice');
    expect(session.state.positionZyx).toEqual([0, 199, 0]);
  });

  it('shows a panel alone and all again', async () => {
    const { session } = await startSession();
    run(session, 'maximize-3d');
    expect(session.state.maximized).toBe('3d');
    run(session, 'show-all-panels');
    expect(session.state.maximized).toBe(null);
  });

  it('switches labels off while held, once', async () => {
    const { session } = await startSession();
    const hold = commandById('hold-labels-off');
    expect(runCommand(session, hold)).toBe(true);
    expect(session.state.display.overlaysOff).toBe(true);
    expect(runCommand(session, hold)).toBe(false);
    hold.release?.(session);
    expect(session.state.display.overlaysOff).toBe(false);
  });

  it('keeps the opacity between 0 and 1', async () => {
    const { session, engine } = await startSession();
    const opacity = () => session.state.display.layers.find(({ id }) => id === 'segments')?.opacity;
    for (let step = 0; step < 30; step++) run(session, 'label-opacity-up');
    expect(opacity()).toBe(1);
    for (let step = 0; step < 30; step++) run(session, 'label-opacity-down');
    expect(opacity()).toBe(0);
    expect(engine.setDisplay).toHaveBeenLastCalledWith(session.state.display);
  });
});

describe('times and channels', () => {
  it('are stepped through from the first to the last', async () => {
    const { session } = await startSession();
    const opened = session.state.volume;
    expect(run(session, 'previous-time')).toBe(false);
    for (const time of [1, 2]) {
      expect(run(session, 'next-time')).toBe(true);
      await settle();
      expect(session.state.selection).toEqual({ t: time, c: 0 });
    }
    expect(run(session, 'next-time')).toBe(false);
    expect(run(session, 'next-channel')).toBe(true);
    await settle();
    expect(session.state.selection).toEqual({ t: 2, c: 1 });
    expect(run(session, 'next-channel')).toBe(false);
    // To the views it is the volume that is open already.
    expect(session.state.volume).toBe(opened);
  });

  it('keep the contrast and the range of fills of each channel', async () => {
    const { session } = await startSession();
    const contrast = () => {
      const [image] = session.state.display.layers;
      return image?.kind === 'image' ? image.contrast : null;
    };
    const look = () => [contrast(), session.state.fillOptions.low];
    const first = look();
    session.layers.set('volume', { contrast: [30, 40] });
    await session.image.selectAxes({ t: 1 });
    expect(look()).toEqual([[30, 40], first[1]]);
    await session.image.selectAxes({ c: 1 });
    expect(look()).toEqual([[10, 100], 60]);
    session.layers.set('volume', { contrast: [12, 99] });
    await session.image.selectAxes({ c: 0 });
    expect(look()).toEqual([[30, 40], first[1]]);
    await session.image.selectAxes({ c: 1 });
    expect(look()).toEqual([[12, 99], 60]);
    await session.opener.open(volume.url);
    await session.image.selectAxes({ c: 1 });
    expect(look()).toEqual([[10, 100], 60]);
  });
});

describe('segments', () => {
  it('removes all that are selected, and says so when one cannot be', async () => {
    const { session, engine } = await startSession();
    expect(run(session, 'remove-selected')).toBe(false);
    session.select([1, 3]);
    expect(run(session, 'remove-selected')).toBe(true);
    await settle();
    expect(engine.remove.mock.calls.map(([id]) => id)).toEqual([1, 3]);
    expect(session.state.segments.map((one) => one.id)).toEqual([2]);
    expect(session.state.display.selectedIds).toEqual([]);
    session.select([99]);
    run(session, 'remove-selected');
    await settle();
    expect(session.state.notices.map((notice) => notice.text)).toEqual([
      'there is no such segment',
    ]);
  });

  it('takes the last change back, which is what runs while anything does; nothing is done again then', async () => {
    const { session, engine, tell } = await startSession();
    expect([run(session, 'undo'), run(session, 'redo')]).toEqual([false, false]);
    const history = { undo: 'fill of segment 3', redo: 'fill of segment 4' };
    void session.fill.fillAt([1, 1, 1]);
    expect(run(session, 'undo')).toBe(true);
    tell({ type: 'history', history });
    expect(isCommandEnabled(commandById('redo'), session.state)).toBe(false);
    session.store.setState({ running: null });
    expect(isCommandEnabled(commandById('redo'), session.state)).toBe(true);
    run(session, 'undo');
    await settle();
    expect(engine.undo).toHaveBeenCalledTimes(2);
    expect(session.state.notices.map(({ text }) => text)).toEqual(['Undone: fill of segment 3.']);
  });

  it('goes to the seed of the selected one', async () => {
    const { session } = await startSession();
    session.select([2]);
    run(session, 'go-to-segment');
    expect(session.state.positionZyx).toEqual([2, 3, 4]);
  });

  it('hides the selected ones, all others, and shows all again', async () => {
    const { session } = await startSession();
    session.select([2]);
    run(session, 'toggle-selected');
    expect(session.state.display.hiddenIds).toEqual([2]);
    run(session, 'toggle-selected');
    expect(session.state.display.hiddenIds).toEqual([]);
    run(session, 'show-only-selected');
    expect(session.state.display.hiddenIds).toEqual([1, 3]);
    run(session, 'show-all-segments');
    expect(session.state.display.hiddenIds).toEqual([]);
  });
});

describe('the 3-D view', () => {
  it('comes close to the position from where it looks, and shows all again', async () => {
    const { session, engine } = await startSession();
    let pose: CameraPose = { positionNm: [-3000, 0, 4000], targetNm: [0, 0, 0] };
    const frame = vi.fn();
    expect(session.scene.camera()).toBeNull();
    expect(session.scene.setCamera(pose)).toBe(false);
    const look = (next: CameraPose) => {
      pose = next;
    };
    const detach = session.scene.attach({ pose: () => pose, look, frame });
    session.goTo([10, 20, 30]);
    run(session, 'look-at-position');
    // 400 voxels of 8 nm away.
    expect(session.scene.camera()).toEqual({
      positionNm: [80 - 1920, 160, 240 + 2560],
      targetNm: [80, 160, 240],
    });
    run(session, 'frame-3d');
    expect(frame).toHaveBeenCalledOnce();
    detach();
    expect(session.scene.camera()).toBeNull();
    expect(engine.setCamera).toHaveBeenLastCalledWith(null);
  });

  it('says so when a saved surface is coarser than the voxels', async () => {
    const { session } = await startSession();
    await session.meshing.save(1);
    expect(session.state.notices).toEqual([]);
    await session.meshing.save(2);
    expect(session.state.notices.map(({ kind, text }) => [kind, text])).toEqual([
      ['info', expect.stringMatching(/segment 2 .*voxels of 160 × 32 × 32 nm.* 4 times as coarse/)],
    ]);
  });
});

describe('a whole surface that is made', () => {
  it('tells how far it is, to who asked and to all, and is cancelled by its own job', async () => {
    const { session, engine, tell } = await startSession();
    const told: number[] = [];
    const abort = new AbortController();
    const { signal } = abort;
    void session.meshing.mesh(7, { signal, onProgress: ({ bricks }) => told.push(bricks) });
    const { meshing } = session.state;
    expect(meshing?.progress).toBeNull();
    const job = meshing?.job ?? 0;
    expect(engine.mesh).toHaveBeenCalledWith(job, 7);
    const progress = { bricks: 3, bricksTotal: 9, milliseconds: 5 };
    tell({ type: 'meshing', job: job + 1, progress: { ...progress, bricks: 4 } });
    tell({ type: 'meshing', job, progress });
    expect([told, session.state.meshing]).toEqual([[3], { job, progress }]);
    run(session, 'cancel-surface');
    expect(engine.cancel).toHaveBeenLastCalledWith(job);
    abort.abort();
    expect(engine.cancel).toHaveBeenCalledTimes(2);
    await expect(session.meshing.save(7, { signal })).rejects.toMatchObject({ name: 'AbortError' });
    await session.meshing.save(1);
    expect(session.state.meshing).toBeNull();
    run(session, 'cancel-surface');
    expect(engine.cancel).toHaveBeenCalledTimes(2);
  });
});

describe('a typed text', () => {
  const runTyped = async (session: Session, text: string) => {
    const command: Command | null = commandForText(text);
    if (command) runCommand(session, command);
    await settle();
    return command?.label;
  };

  it('means a place when it is three numbers, in x, y, z order', async () => {
    const { session } = await startSession();
    expect(await runTyped(session, ' 30, 20 10')).toBe('Go to x 30, y 20, z 10');
    expect(session.state.positionZyx).toEqual([10, 20, 30]);
  });

  it('means a source when it is an address', async () => {
    const { session, engine } = await startSession();
    await runTyped(session, 'https://data.example/other.zarr');
    expect(engine.open).toHaveBeenLastCalledWith(
      'https://data.example/other.zarr',
      {},
      expect.any(Number),
    );
  });

  it('means nothing by itself otherwise', () => {
    for (const text of ['', '1, 2', '1, 2, 3, 4', 'a, b, c', '1,,2', 'save', 'ftp://x']) {
      expect(commandForText(text), text).toBe(null);
    }
  });
});
