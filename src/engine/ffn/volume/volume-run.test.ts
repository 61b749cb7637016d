import { describe, expect, it, vi } from 'vitest';
import type { Box } from '../../../core/box';
import type { Opened } from '../../opened';
import { BARS, idAt, idsOf, SHAPE, tab, wait } from './testing-bars';

describe('a volume that a network segments', { timeout: 60_000 }, () => {
  it('has each bar as one segment, seeds found by itself, and tells how far it is', async () => {
    const result = await tab.run();
    const data = await tab.labels();
    const [one, other] = BARS.map((bar) => [...idsOf(data, bar)]);
    expect([one?.length, other?.length]).toEqual([1, 1]);
    expect(one).not.toEqual(other);
    expect(result).toMatchObject({ subvolumes: 1, joined: 0, resumed: 0, unreadBricks: 0 });
    expect(result.ids).toEqual(tab.segments().map(({ id }) => id));
    expect(result.voxels).toBe(data.filter((id) => id !== 0).length);
    expect(result.seeds).toBeGreaterThan(result.ids.length);
    for (const segment of tab.segments()) {
      expect(segment).toMatchObject({ algorithm: 'ffn', backend: 'cpu', level: 0 });
      expect(idAt(data, ...segment.seedZyx)).toBe(segment.id);
    }
    const shares = tab.progresses().map(({ volume }) => volume?.share ?? -1);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    const steps = tab.progresses().map((progress) => progress.steps ?? -1);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(steps.at(-1)).toBe(result.steps);
  });

  it('tells of applications while its first object grows', async () => {
    tab.beforeApplication = () => wait(80);
    const running = tab.run();
    await vi.waitFor(
      () =>
        expect(tab.progresses()).toContainEqual(
          expect.objectContaining({
            steps: expect.toSatisfy((steps: number) => steps > 1),
            volume: expect.objectContaining({ phase: 'objects', objects: 0 }),
          }),
        ),
      { timeout: 30_000 },
    );
    tab.engine.cancel(tab.jobs);
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    tab.beforeApplication = async () => {};
  });

  it('is the same in subvolumes: what they share is reconciled', async () => {
    await tab.run();
    const alone = await tab.labels();
    await tab.reopen();
    const result = await tab.run({ subvolumeEdge: 42, overlap: 22, restart: true });
    expect(result.subvolumes).toBe(3);
    expect(result.joined).toBeGreaterThan(0);
    const data = await tab.labels();
    for (const bar of BARS) {
      const [id = 0, ...more] = idsOf(data, bar);
      expect(id).toBeGreaterThan(0);
      expect(more).toEqual([]);
    }
    // What was joined is of several seeds: it can be grown anew of all.
    const seeds = tab
      .segments()
      .map((info) => (info.algorithm === 'ffn' ? (info.params.seedsZyx?.length ?? 0) : 0));
    expect(Math.max(...seeds)).toBeGreaterThan(0);
    expect(seeds.reduce((sum, own) => sum + own, 0)).toBe(result.joined);
    // Only where fields of view end may voxels differ.
    const differ = alone.filter((id, i) => (id === 0) !== (data[i] === 0)).length;
    expect(differ).toBeLessThan(0.02 * result.voxels);
  });

  it('is seen at the level that fits the network, in subvolumes of that, and segmented at the finest', async () => {
    const changes = { subvolumeEdge: 42, overlap: 22 };
    await tab.run(changes);
    const coarse = await tab.labels();
    await tab.reopen(true);
    const { voxels } = await tab.run({ ...changes, restart: true });
    const [sizeZ, sizeY, sizeX] = SHAPE;
    const box: Box = { originZyx: [0, 0, 0], shapeZyx: [2 * sizeZ, 2 * sizeY, 2 * sizeX] };
    const { data: fine } = await tab.engine.readLabels(box);
    expect(voxels).toBe(8 * coarse.filter((id) => id !== 0).length);
    const differ = fine.filter((id, at) => {
      const [x, row] = [at % (2 * sizeX), Math.floor(at / (2 * sizeX))];
      const [y, z] = [row % (2 * sizeY), Math.floor(row / (2 * sizeY))];
      return id !== coarse[((z >> 1) * sizeY + (y >> 1)) * sizeX + (x >> 1)];
    });
    expect(differ.length).toBe(0);
    expect(tab.segments().every(({ level }) => level === 1)).toBe(true);
  });

  it('goes on without seeds where the image cannot be read, and counts that', async () => {
    const all = await tab.run();
    await tab.reopen(false, (key) => key.endsWith('0/0/1'));
    const result = await tab.run({ restart: true });
    expect(result.unreadBricks).toBe(1);
    expect(result.ids.length).toBeGreaterThan(0);
    expect(result.voxels).toBeLessThan(all.voxels);
    for (const { seedZyx } of tab.segments()) expect(seedZyx[2]).toBeLessThan(64);
    expect(tab.segments().some(({ complete }) => !complete)).toBe(true);

    await tab.reopen(false, (key) => /\/0\/0\/[01]$/.test(key));
    await expect(tab.run({ restart: true })).rejects.toMatchObject({ code: 'CHUNK_FAILED' });
  });

  it('leaves segments that are there as they are, and keeps to its box', async () => {
    const [[z, y] = [0, 0]] = BARS;
    const { id, voxels } = await tab.engine.segment(++tab.jobs, {
      algorithm: 'flood-fill',
      seedZyx: [z, y, 40],
      params: { low: 130, high: 255, connectivity: 6 },
    });
    const result = await tab.run({ box: { originZyx: [0, 0, 20], shapeZyx: [21, 22, 40] } });
    expect(tab.segments().find((segment) => segment.id === id)?.voxels).toBe(voxels);
    expect(result.ids).not.toContain(id);
    for (const { id: own, box } of tab.segments())
      if (own !== id) {
        expect(box.originZyx[2]).toBeGreaterThanOrEqual(20);
        expect(box.originZyx[2] + box.shapeZyx[2]).toBeLessThanOrEqual(60);
      }
  });

  it('shows objects while they grow, and no more of them when it is cancelled', async () => {
    tab.beforeApplication = () => wait(20);
    const running = tab.run();
    const opened: Opened = Reflect.get(tab.engine, 'opened');
    const { segmentation } = opened.require();
    /** Ids that are drawn and not yet listed. */
    const growing = () => {
      const listed = tab.segments().map(({ id }) => id);
      const drawn = [0, 1].flatMap((x) => [...new Set(segmentation.brick([0, 0, x]))]);
      return drawn.filter((id) => id !== 0 && !listed.includes(id));
    };
    while (growing().length === 0) await wait(5);
    tab.engine.cancel(tab.jobs);
    await expect(running).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(growing()).toEqual([]);
  });

  it('goes on where the user removes what it has made', async () => {
    const running = tab.run({ subvolumeEdge: 42, overlap: 22 });
    let removed = 0;
    while (removed === 0) {
      await wait(0);
      removed = tab.segments()[0]?.id ?? 0;
    }
    await tab.engine.remove(removed);
    expect((await running).ids).toEqual(tab.segments().map(({ id }) => id));
    expect(tab.segments().map(({ id }) => id)).not.toContain(removed);
  });

  it('can be held', async () => {
    tab.beforeApplication = () => wait(0);
    const running = tab.run();
    while (!(await tab.engine.setPaused(tab.jobs, true))) await wait(0);
    let held = -1;
    // The step under way ends first.
    while (held !== tab.applications) {
      held = tab.applications;
      await wait(30);
    }
    await wait(60);
    expect(tab.applications).toBe(held);
    await tab.engine.setPaused(tab.jobs, false);
    expect((await running).ids.length).toBeGreaterThan(0);
  });

  it('refuses what makes no sense', async () => {
    const codeOf = (changes: object) =>
      tab.run(changes).then(
        () => undefined,
        (error) => error.code,
      );
    expect(await codeOf({ params: { model: 'none' } })).toBe('UNKNOWN_MODEL');
    for (const bad of [
      { algorithm: 'flood-fill' },
      { params: { model: tab.model, seedsZyx: [[1, 2, 3]] } },
      { subvolumeEdge: 64, overlap: 64 },
      { box: { originZyx: [0, 0, 1], shapeZyx: SHAPE } },
      { subvolumeEdge: 1e9 },
      { unknown: true },
    ])
      expect(await codeOf(bad), JSON.stringify(bad)).toBe('BAD_PARAMETERS');
  });
});
