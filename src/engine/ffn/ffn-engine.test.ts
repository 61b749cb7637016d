import { describe, expect, it } from 'vitest';
import type { Zyx } from '../../core/vec';
import { count, image, reference, under, whole } from './testing-tubes';

describe('a segment that a network grows', () => {
  it('has the voxels of google/ffn’s own order, is told of while it grows, and can be undone', async () => {
    await under.open();
    const plain = await reference();
    const result = await under.segment();
    const data = await under.labels();
    expect(data.findIndex((id, index) => (id === result.id) !== (plain.mask[index] === 1))).toBe(
      -1,
    );
    expect(result).toMatchObject({
      voxels: plain.mask.reduce((sum, mine) => sum + mine, 0),
      steps: plain.visited.length,
      level: 0,
      complete: true,
      unreadBricks: 0,
      backend: 'cpu',
      adapter: 'a slow fake',
    });
    const told = under.progresses();
    expect(told.length).toBeGreaterThan(0);
    expect(told[0]?.steps).toBeGreaterThan(0);
    expect(told[0]?.queued).toBeGreaterThan(0);
    expect(under.segments()).toMatchObject([
      { algorithm: 'ffn', params: { model: under.model, initActivation: 0.95 } },
    ]);
    expect(await under.engine.undo()).toBe(true);
    expect(count(await under.labels(), result.id)).toBe(0);
    expect(await under.engine.redo()).toBe(true);
    expect(count(await under.labels(), result.id)).toBe(result.voxels);
  });

  it('is of the image as it is stored, whatever filter that is seen through', async () => {
    await under.open();
    const first = await under.segment();
    const data = await under.labels();
    await under.engine.undo();
    await under.engine.setImageFilter({ kind: 'gaussian', sigmaNm: 40 });
    expect((await under.engine.readImage(whole, 0)).data).not.toEqual(image);
    const { id, voxels } = await under.segment();
    expect({ id: id - 1, voxels }).toEqual({ id: first.id, voxels: first.voxels });
    expect((await under.labels()).map((label) => label && label - 1)).toEqual(data);
  });

  it('leaves older segments what they own', async () => {
    await under.open();
    const box = { originZyx: [0, 0, 0], shapeZyx: [70, 75, 30] } as const;
    const fill = await under.engine.segment(++under.jobs, {
      algorithm: 'flood-fill',
      seedZyx: [1, 1, 1],
      params: { low: 0, high: 255 },
      box,
    });
    const plain = await reference(await under.labels());
    const result = await under.segment();
    const data = await under.labels();
    expect(count(data, fill.id)).toBe(fill.voxels);
    expect(data.findIndex((id, index) => (id === result.id) !== (plain.mask[index] === 1))).toBe(
      -1,
    );
  });

  it('is held, goes on, and leaves nothing when it is cancelled', async () => {
    under.free = 5;
    await under.open();
    const job = under.jobs + 1;
    const result = under.segment();
    await expect.poll(() => under.networks[0]?.calls).toBe(6);
    expect(await under.engine.setPaused(job, true)).toBe(true);
    under.networks[0]?.release();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(under.networks[0]?.calls).toBe(6);
    await under.engine.setPaused(job, false);
    expect((await result).steps).toBeGreaterThan(6);

    await under.engine.undo();
    const network = under.networks[0];
    if (network) network.free = network.calls + 5;
    const cancelled = under.segment();
    await expect.poll(() => network?.calls === (network?.free ?? 0) + 1).toBe(true);
    under.engine.cancel(under.jobs);
    network?.release();
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    expect((await under.labels()).every((id) => id === 0)).toBe(true);
    // The next one has the same network.
    await under.segment();
    expect(under.networks).toHaveLength(1);
  });

  it('goes on through a change of budgets, to the voxels that it has without', async () => {
    under.free = 5;
    await under.open();
    const plain = await reference();
    const result = under.segment();
    await expect.poll(() => under.networks[0]?.calls).toBe(6);
    const changed = under.engine.setBudgets({ memoryBytes: 2 ** 28 });
    under.networks[0]?.release();
    expect(await changed).toMatchObject({ memoryBytes: 2 ** 28 });
    expect(await result).toMatchObject({ complete: true, unreadBricks: 0 });
    const { id } = await result;
    const data = await under.labels();
    expect(data.findIndex((label, at) => (label === id) !== (plain.mask[at] === 1))).toBe(-1);
  });

  it('ends after so many steps, in a box, and is larger in larger batches by little', async () => {
    await under.open();
    const short = await under.segment(under.params({ maxSteps: 5 }));
    expect(short).toMatchObject({ steps: 5, complete: false });
    await under.engine.undo();
    const box = { originZyx: [20, 20, 20], shapeZyx: [30, 33, 26] } as const;
    const boxed = await under.segment({ box });
    const { originZyx, shapeZyx } = boxed.box;
    for (const axis of [0, 1, 2] as const) {
      expect(originZyx[axis]).toBeGreaterThanOrEqual(box.originZyx[axis]);
      expect(originZyx[axis] + shapeZyx[axis]).toBeLessThanOrEqual(
        box.originZyx[axis] + box.shapeZyx[axis],
      );
    }
    await under.engine.undo();
    const alone = await under.segment();
    await under.engine.undo();
    const calls = under.networks.reduce((sum, network) => sum + network.calls, 0);
    const together = await under.segment(under.params({ batch: 4 }));
    const batches = under.networks.reduce((sum, network) => sum + network.calls, 0) - calls;
    expect(batches).toBeLessThan(alone.steps ?? 0);
    expect(Math.abs(together.voxels / alone.voxels - 1)).toBeLessThan(0.05);
    expect(under.networks.map(({ maxBatch, isDisposed }) => [maxBatch, isDisposed])).toEqual([
      [1, true],
      [4, false],
    ]);
  });

  it('fits the level whose voxels are as large as the model’s', async () => {
    const doubled = new Uint8Array(8 * image.length).fill(200);
    await under.open(5, [doubled, image]);
    const plain = await reference();
    const result = await under.segment({ seedZyx: [71, 74, 66] });
    expect(result.level).toBe(1);
    expect(result.voxels).toBe(8 * plain.mask.reduce((sum, mine) => sum + mine, 0));
    const shapeZyx: Zyx = [140, 150, 134];
    const { data } = await under.engine.readLabels({ originZyx: [0, 0, 0], shapeZyx });
    const wrong = data.findIndex((id, index) => {
      const row = Math.floor(index / 134);
      const [z, y, x] = [Math.floor(row / 150) >> 1, (row % 150) >> 1, (index % 134) >> 1];
      return (id === result.id) !== (plain.mask[(z * 75 + y) * 67 + x] === 1);
    });
    expect(wrong).toBe(-1);
  });

  it('can have its values normalised by the volume’s own mean and deviation', async () => {
    await under.open();
    const own = await under.segment(under.params({ normalization: 'volume', maxSteps: 8 }));
    await under.engine.undo();
    // Against the volume's own mean, what is dark is hardly darker than nothing.
    expect(own.voxels).toBeGreaterThan((await under.segment(under.params({ maxSteps: 8 }))).voxels);
  });
});

describe('several objects at once', () => {
  it('grow a segment each, and what several reach is the first one’s', async () => {
    await under.open();
    const alone = await under.segment();
    await under.engine.undo();
    const others: Zyx[] = [
      [35, 37, 35],
      [8, 8, 8],
    ];
    const calls = under.networks.reduce((sum, network) => sum + network.calls, 0);
    const result = await under.segment({ moreSeedsZyx: others });
    // The second is in the first one's tube, the third in the dark.
    expect(result).toMatchObject({ voxels: alone.voxels, more: [], discarded: 2 });
    expect(under.segments()).toHaveLength(1);
    expect(under.networks.at(-1)?.maxBatch).toBe(3);
    expect(under.networks.reduce((sum, network) => sum + network.calls, 0) - calls).toBeLessThan(
      2 * (alone.steps ?? 0),
    );
  });
});
