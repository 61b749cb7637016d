import { describe, expect, it } from 'vitest';
import type { Zyx } from '../../core/vec';
import { count, reference, START, under } from './testing-tubes';

describe('steering', () => {
  const blocked = { block: { zyx: [35, 37, 33] as const, radius: 3 } };

  it('a segment that grows: blocks and seeds are heeded between two steps, and kept with it', async () => {
    under.free = 3;
    await under.open();
    const result = under.segment();
    const job = under.jobs;
    await expect.poll(() => under.networks[0]?.calls).toBe(4);
    expect(await under.engine.steer(job + 1, { seedZyx: START })).toBe(false);
    await expect(under.engine.steer(job, { seedZyx: [1, 1, 1] })).rejects.toMatchObject({
      code: 'SEED_AT_EDGE',
    });
    await expect(under.engine.steer(job, { seedZyx: [1, 1, 999] })).rejects.toMatchObject({
      code: 'OUTSIDE_VOLUME',
    });
    await expect(under.engine.steer(job, {} as { seedZyx: Zyx })).rejects.toMatchObject({
      code: 'BAD_PARAMETERS',
    });
    const far: Zyx = [60, 60, 60];
    expect(await under.engine.steer(job, { seedZyx: far })).toBe(true);
    expect(await under.engine.steer(job, { block: { zyx: [20, 20, 20], radius: 2 } })).toBe(true);
    under.networks[0]?.release();
    await result;
    expect(under.segments()).toMatchObject([
      { params: { seedsZyx: [far], blocks: [{ zyx: [20, 20, 20], radius: 2 }] } },
    ]);
    expect(await under.engine.steer(job, blocked)).toBe(false);
  });

  it('a finished segment: it goes on from where it was, or grows anew, under its id', async () => {
    await under.open();
    const first = await under.segment(under.params({ maxSteps: 6 }));
    const [info] = under.segments();
    if (info?.algorithm !== 'ffn') throw new Error('no segment of a network');
    const { maxSteps: _, ...others } = info.params;
    const callsBefore = under.networks[0]?.calls ?? 0;
    const second = await under.segment({ regrow: first.id, params: others });
    const alone = await reference();
    expect(second).toMatchObject({ id: first.id, steps: alone.visited.length });
    expect((under.networks[0]?.calls ?? 0) - callsBefore).toBe(alone.visited.length - 6);
    expect(under.segments()).toHaveLength(1);
    expect(count(await under.labels(), first.id)).toBe(second.voxels);
    await under.engine.undo();
    expect(count(await under.labels(), first.id)).toBe(first.voxels);
    await under.engine.redo();

    // A block changes what was grown already: it grows anew.
    const blocks = [{ zyx: [35, 37, 36] as const, radius: 2.5 }];
    const before = under.networks[0]?.calls ?? 0;
    const third = await under.segment({ regrow: first.id, params: { ...others, blocks } });
    expect(third.id).toBe(first.id);
    expect(third.steps).toBe((under.networks[0]?.calls ?? 0) - before);
    const data = await under.labels();
    expect(data[(35 * 75 + 37) * 67 + 36]).toBe(0);
    expect(count(data, first.id)).toBe(third.voxels);
  });

  it('a finished segment: it goes on though others were grown since, and anew where it was changed', async () => {
    await under.open();
    const first = await under.segment(under.params({ maxSteps: 6 }));
    const [info] = under.segments();
    if (info?.algorithm !== 'ffn') throw new Error('no segment of a network');
    const { maxSteps: _, ...others } = info.params;
    // Farther on in the tube.
    const many = { seedZyx: [22, 31, 21], moreSeedsZyx: [[14, 25, 12]] } as const;
    const more = await under.segment({
      ...many,
      ...under.params({ maxSteps: 2, minSegmentSize: 0 }),
    });
    expect(more.more).toHaveLength(1);
    const calls = () => under.networks.reduce((sum, network) => sum + network.calls, 0);
    let before = calls();
    const second = await under.segment({ regrow: first.id, params: { ...others, maxSteps: 3 } });
    expect([second.steps, calls() - before]).toEqual([9, 3]);
    // Those of one request each.
    for (const { id, steps = 0 } of [more, ...(more.more ?? [])]) {
      const grown = under.segments().find((segment) => segment.id === id);
      if (grown?.algorithm !== 'ffn') throw new Error('no segment of a network');
      before = calls();
      const longer = await under.segment({
        ...{ seedZyx: grown.seedZyx, regrow: id },
        params: { ...grown.params, maxSteps: 1 },
      });
      expect([longer.steps, calls() - before]).toEqual([steps + 1, 1]);
    }
    // As it was before it went on: that canvas is no more.
    await under.engine.undo();
    await under.engine.undo();
    await under.engine.undo();
    before = calls();
    const third = await under.segment({ regrow: first.id, params: { ...others, maxSteps: 8 } });
    expect([third.steps, calls() - before]).toEqual([8, 8]);
  });

  it('a finished segment: when that is cancelled or fails, it is as it was', async () => {
    await under.open();
    const first = await under.segment();
    await expect(
      under.segment({
        regrow: first.id,
        ...under.params({ minSegmentSize: 1e6, blocks: [blocked.block] }),
      }),
    ).rejects.toMatchObject({ code: 'SEGMENT_DISCARDED' });
    expect(count(await under.labels(), first.id)).toBe(first.voxels);
    expect(under.segments()).toHaveLength(1);
  });
});
