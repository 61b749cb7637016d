import { describe, expect, it, onTestFinished } from 'vitest';
import { serveFiles } from '../../../volume/testing/file-server';
import type { VolumeRequest } from '../../protocol';
import { BARS, filesOfBars, idsOf, tab } from './testing-bars';

describe('a volume that a network segments', { timeout: 60_000 }, () => {
  it('goes on in another tab where it was broken off, with no work done twice', async () => {
    const changes = { subvolumeEdge: 42, overlap: 22 };
    const uninterrupted = await tab.run(changes);
    const expected = await tab.labels();
    const allApplications = tab.applications;
    await tab.reopen();
    await tab.cancelAfter(2, changes);
    const before = tab.applications;
    expect(before).toBeLessThan(allApplications);
    await tab.reopen();
    const result = await tab.run(changes);
    expect(result.resumed).toBeGreaterThan(0);
    expect(await tab.labels()).toEqual(expected);
    expect(result).toMatchObject({ joined: uninterrupted.joined, ids: uninterrupted.ids });
    // What was cancelled in the middle of an object is done once more.
    expect(tab.applications).toBeLessThan(allApplications);
  });

  it('is forgotten once it is done', async () => {
    await tab.run();
    await tab.reopen();
    expect((await tab.run()).resumed).toBe(0);
  });

  it('goes on in the same tab too, and makes no segment twice', async () => {
    await tab.cancelAfter(1, {});
    const kept = tab.segments().map(({ id }) => id);
    expect(kept.length).toBeGreaterThan(0);
    // What is refused takes nothing of it away.
    await expect(tab.run({ params: { model: tab.model, precision: 'f16' } })).rejects.toMatchObject(
      {
        code: 'PRECISION_UNAVAILABLE',
      },
    );
    const result = await tab.run();
    expect(result.resumed).toBe(kept.length);
    expect(result.ids).toEqual(expect.arrayContaining(kept));
    const data = await tab.labels();
    for (const bar of BARS) expect(idsOf(data, bar).size).toBe(1);
  });

  it('goes on after a failure in the middle of an object', async () => {
    const whole = await tab.run({ restart: true });
    const expected = await tab.labels();
    await tab.reopen();
    tab.failsAt = Math.floor(whole.steps / 3);
    await expect(tab.run()).rejects.toThrow('the network broke');
    tab.failsAt = 0;
    expect(await tab.run()).toMatchObject({ ids: whole.ids, voxels: whole.voxels });
    expect(await tab.labels()).toEqual(expected);
  });

  it('goes on whatever other runs were begun or broken off meanwhile', async () => {
    const others = [{ box: { originZyx: [0, 0, 20], shapeZyx: [21, 22, 40] } }, { overlap: 20 }];
    await tab.cancelAfter(1, {});
    const kept = tab.segments().length;
    for (const other of others) {
      await tab.reopen();
      await tab.cancelAfter(1, other as Partial<VolumeRequest>);
    }
    await tab.reopen();
    expect((await tab.run()).resumed).toBe(kept);
    // One that is done is forgotten, the others are not.
    expect(tab.disk.list().filter(({ bytes }) => bytes > 0).length).toBe(2);
    await tab.reopen();
    expect((await tab.run({ overlap: 20 })).resumed).toBeGreaterThan(0);
  });

  it('goes on at an address that is signed anew, and writes no signature down', async () => {
    const server = await serveFiles(await filesOfBars());
    onTestFinished(() => server.close());
    const open = (signature: number) => tab.engine.open(`${server.url}?signature=${signature}`);
    await open(7431);
    await tab.cancelAfter(1, {});
    const written = tab.disk.list().map(({ name }) => tab.disk.contents(name));
    const text = new TextDecoder().decode(written[0]);
    expect(text).toContain(server.url);
    expect(text).not.toContain('7431');
    await tab.reopen();
    await open(7432);
    expect((await tab.run()).resumed).toBeGreaterThan(0);
  });

  it('begins anew where the request is another, and where it is told to', async () => {
    await tab.cancelAfter(1, {});
    await tab.reopen();
    expect((await tab.run({ params: { model: tab.model, minSegmentSize: 99 } })).resumed).toBe(0);
    await tab.reopen();
    await tab.cancelAfter(1, {});
    await tab.reopen();
    expect((await tab.run({ restart: true })).resumed).toBe(0);
  });

  it('goes on without a file that another tab has, and says so', async () => {
    await tab.cancelAfter(1, {});
    const [{ name } = { name: '' }] = tab.disk.list();
    const taken = tab.disk.open(name);
    expect((await tab.run()).ids.length).toBeGreaterThan(0);
    expect(tab.troubles()).toEqual(['SAVE_FAILED']);
    taken.close();
  });
});
