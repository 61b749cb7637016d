import { openDB } from 'idb';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { localSources, rememberLocalSource } from './local-sources';
import { fakeHandle } from './testing-handles';

vi.mock('idb', () => ({ openDB: vi.fn() }));

/** A browser's database of one store whose values get their ids from it. */
function startEmpty(): void {
  const kept = new Map<number, { id?: number }>();
  let nextId = 1;
  const database = {
    getAll: async () => [...kept.values()],
    put: async (_: string, { id = nextId++, ...value }) => void kept.set(id, { ...value, id }),
    delete: async (_: string, id: number) => void kept.delete(id),
    close: () => {},
  };
  vi.mocked(openDB).mockImplementation(async () => database as never);
}

const entries = async () =>
  (await localSources()).map(({ handle }) => (handle as unknown as { entry: string }).entry);

describe('folders and zips opened before', () => {
  beforeEach(() => {
    startEmpty();
    let now = 1000;
    vi.spyOn(Date, 'now').mockImplementation(() => now++);
  });

  it('are remembered beside others of their name, the newest first', async () => {
    await rememberLocalSource(fakeHandle({ entry: 'a/em.zarr' }));
    await rememberLocalSource(fakeHandle({ entry: 'b/em.zarr' }));
    expect(await entries()).toEqual(['b/em.zarr', 'a/em.zarr']);
    const [b, a] = await localSources();
    expect([b?.name, a?.name]).toEqual(['em.zarr', 'em.zarr']);
    expect(b?.openedAt).toBeGreaterThan(a?.openedAt ?? 0);
  });

  it('are remembered once, however often they are opened', async () => {
    for (const entry of ['a/em.zarr', 'b/em.zarr', 'a/em.zarr', 'a/em.zarr'])
      await rememberLocalSource(fakeHandle({ entry }));
    expect(await entries()).toEqual(['a/em.zarr', 'b/em.zarr']);
  });

  it('are eight at most', async () => {
    const all = Array.from({ length: 10 }, (_, index) => `${index}.zip`);
    for (const entry of all) await rememberLocalSource(fakeHandle({ entry, kind: 'file' }));
    expect(await entries()).toEqual(all.slice(2).reverse());
    await rememberLocalSource(fakeHandle({ entry: '5.zip', kind: 'file' }));
    expect(await entries()).toEqual(['5.zip', ...all.slice(2).reverse().toSpliced(4, 1)]);
  });

  it('are none where the browser keeps nothing, which is no error', async () => {
    vi.mocked(openDB).mockRejectedValue(new DOMException('no', 'SecurityError'));
    await rememberLocalSource(fakeHandle({ entry: 'a/em.zarr' }));
    expect(await localSources()).toEqual([]);
  });

  it('are none while a tab of an earlier version holds them', async () => {
    vi.mocked(openDB).mockImplementation((_, __, callbacks) => {
      callbacks?.blocked?.(1, 2, {} as never);
      return new Promise(() => {});
    });
    expect(await localSources()).toEqual([]);
  });
});
