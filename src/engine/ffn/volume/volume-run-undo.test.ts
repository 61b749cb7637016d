import { describe, expect, it } from 'vitest';
import { tab, wait } from './testing-bars';

describe('a volume that a network segments', { timeout: 60_000 }, () => {
  it('is taken back and done again in one step, joined segments too', async () => {
    const changes = { subvolumeEdge: 42, overlap: 22 };
    const fill = await tab.engine.segment(++tab.jobs, {
      algorithm: 'flood-fill',
      seedZyx: [6, 6, 40],
      params: { low: 130, high: 255, connectivity: 6 },
      box: { originZyx: [0, 0, 38], shapeZyx: [21, 22, 4] },
    });
    const before = await tab.labels();
    const { ids, joined } = await tab.run(changes);
    expect(ids.length).toBeGreaterThan(1);
    expect(joined).toBeGreaterThan(0);
    const after = await tab.labels();
    expect(await tab.engine.undo()).toBe(true);
    expect(tab.segments().map(({ id }) => id)).toEqual([fill.id]);
    expect(await tab.labels()).toEqual(before);
    expect(await tab.engine.redo()).toBe(true);
    expect(tab.segments().map(({ id }) => id)).toEqual([fill.id, ...ids]);
    expect(await tab.labels()).toEqual(after);
    await tab.engine.undo();
    await tab.engine.undo();
    expect(tab.segments()).toEqual([]);
  });

  it('is taken back as far as it came since it began or went on, and since the user’s own last change', async () => {
    await tab.cancelAfter(1, {});
    const kept = tab.segments().map(({ id }) => id);
    await tab.run();
    await tab.engine.undo();
    expect(tab.segments().map(({ id }) => id)).toEqual(kept);
    await tab.engine.undo();
    expect(tab.segments()).toEqual([]);

    // What the user does meanwhile is a step of its own, and so is what comes after it.
    tab.beforeApplication = () => wait(0);
    const running = tab.run({ subvolumeEdge: 42, overlap: 22, restart: true });
    while (tab.segments().length === 0) await wait(0);
    const removed = tab.segments()[0]?.id ?? 0;
    await tab.engine.remove(removed);
    const { ids } = await running;
    expect(ids.length).toBeGreaterThan(0);
    await tab.engine.undo();
    expect(tab.segments().some(({ id }) => ids.includes(id))).toBe(false);
    await tab.engine.undo();
    expect(tab.segments().map(({ id }) => id)).toContain(removed);
    await tab.engine.undo();
    expect(tab.segments()).toEqual([]);
  });
});
