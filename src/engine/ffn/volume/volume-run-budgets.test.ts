import { describe, expect, it } from 'vitest';
import type { Budgets } from '../../protocol';
import { tab, wait } from './testing-bars';

/** Other budgets each time. */
const budgets = (turn: number): Partial<Budgets> => ({ memoryBytes: 2 ** 28 + turn * 2 ** 20 });

describe('a volume that a network segments', { timeout: 60_000 }, () => {
  it('goes on through changes of budgets, to the voxels that it has without', async () => {
    const request = { subvolumeEdge: 42, overlap: 22, restart: true };
    const { milliseconds: _, ...whole } = await tab.run(request);
    const expected = await tab.labels();
    await tab.reopen();
    const changes: Promise<Budgets>[] = [];
    const change = () => changes.push(tab.engine.setBudgets(budgets(changes.length)));
    tab.beforeApplication = async () => {
      if ([5, 20, 21, 150].includes(tab.applications)) change();
    };
    const running = tab.run(request);
    // While seeds are looked for.
    change();
    const { milliseconds: __, ...result } = await running;
    expect(result).toEqual(whole);
    expect(await tab.labels()).toEqual(expected);
    const seen = await Promise.all(changes);
    expect(seen).toMatchObject(seen.map((_, turn) => budgets(turn)));
    expect(seen).toHaveLength(5);
    // An object that was broken off has begun anew.
    expect(tab.applications).toBeGreaterThan(whole.steps);
  });

  it('can have other budgets while it is held, and goes on when it is let go', async () => {
    tab.beforeApplication = () => wait(0);
    const running = tab.run();
    await expect.poll(() => tab.applications).toBeGreaterThan(3);
    expect(await tab.engine.setPaused(tab.jobs, true)).toBe(true);
    for (const turn of [1, 2])
      expect(await tab.engine.setBudgets(budgets(turn))).toMatchObject(budgets(turn));
    expect(await tab.engine.setPaused(tab.jobs, false)).toBe(true);
    expect((await running).ids).toEqual(tab.segments().map(({ id }) => id));
  });
});
