import { describe, expect, it, vi } from 'vitest';
import type { BrickKey } from '../../../core/brick';
import { FloodlightError } from '../../../core/errors';
import type { PackedBits } from '../../../core/packed-bits';
import { volumeOf, type Zyx } from '../../../core/vec';
import { Gate } from '../../gate';
import { floodFillReference } from '../reference';
import { cutBrick, maskOfBits, middle, noise, unpacked } from '../test-volumes';
import { bright } from '../testing-fills';
import type { FloodFillRequest, VoxelBricks } from '../types';
import { CpuFloodFill } from './fill';
import { lateBricksOf } from './testing';
import { never, THREAD_COUNTS, threads, vault } from './testing-threads';

const unreadable = new FloodlightError('CHUNK_FAILED', { array: 'a', chunk: '0', reason: 'torn' });

describe.each(THREAD_COUNTS)('a flood fill on %i threads', (count) => {
  const shape: Zyx = [64, 64, 200];
  const values = new Uint8Array(volumeOf(shape)).fill(200);
  const bricks = lateBricksOf(values, shape, 'uint8');
  const request = { seedZyx: [5, 5, 5], range: bright, connectivity: 6 } as const;
  const fill = (budgetBytes?: number) => new CpuFloodFill(threads(count), budgetBytes);

  it('stops at the voxel limit with exactly so many connected voxels', async () => {
    const limited = { ...request, voxelLimit: 1234 };
    const outcome = await fill().run(bricks, limited, { signal: never(), vault });
    expect(outcome).toMatchObject({ voxels: 1234, complete: false });
    const mask = maskOfBits(unpacked(vault, outcome.bits), shape).map((bit) => bit * 200);
    expect(floodFillReference(mask, shape, [5, 5, 5], bright, 6).voxels).toBe(1234);
  });

  it('that ends within the voxel limit is complete', async () => {
    const limited = { ...request, voxelLimit: volumeOf(shape) };
    const outcome = await fill().run(bricks, limited, { signal: never(), vault });
    expect(outcome).toMatchObject({ voxels: volumeOf(shape), complete: true });
  });

  it('tells of growth by bits that add up', async () => {
    const seen: number[] = [];
    const bits = new Map<BrickKey, PackedBits>();
    const outcome = await fill().run(bricks, request, {
      signal: never(),
      vault,
      onProgress: ({ voxels, changed }) => {
        for (const [key, words] of changed) bits.set(key, words);
        seen.push(voxels);
      },
    });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(volumeOf(shape));
    expect(bits).toEqual(outcome.bits);
    expect(outcome.bricks).toBe(4);
  });

  it('goes on from where it was broken off, and comes to the same', async () => {
    const shapeZyx: Zyx = [80, 130, 150];
    const values = noise(shapeZyx, 0.5, 11);
    const source = lateBricksOf(values, shapeZyx, 'uint8');
    const seedZyx = middle(shapeZyx);
    const expected = floodFillReference(values, shapeZyx, seedZyx, bright, 6);
    for (const breakAt of [1, 3, 6]) {
      const abort = new AbortController();
      const from = new Map<BrickKey, PackedBits>();
      let reports = 0;
      const broken = fill().run(
        source,
        { ...request, seedZyx },
        {
          signal: abort.signal,
          vault,
          onProgress: ({ changed }) => {
            for (const [key, bits] of changed) from.set(key, bits);
            if (++reports >= breakAt && from.size > 0) abort.abort();
          },
        },
      );
      await broken.catch(() => {});
      const hooks = { signal: never(), vault };
      const outcome = await fill().run(source, { ...request, seedZyx, from }, hooks);
      expect(outcome).toMatchObject({ voxels: expected.voxels, complete: true });
      const mask = maskOfBits(unpacked(vault, outcome.bits), shapeZyx);
      expect(Buffer.compare(mask, expected.mask)).toBe(0);
    }
  });

  it('prefetches what lies straight ahead, once, and nothing outside', async () => {
    const asked: string[] = [];
    const prefetch = (brickZyx: Zyx) => asked.push(brickZyx.join());
    await fill().run({ ...bricks, prefetch }, request, { signal: never(), vault });
    expect(asked).toEqual(['0,0,2', '0,0,3']);
  });

  it('gives back all voxels, once, and looks at none of them after that', async () => {
    const shapeZyx: Zyx = [80, 130, 150];
    const noisy = noise(shapeZyx, 0.5, 11);
    const { read, ...source } = lateBricksOf(noisy, shapeZyx, 'uint8');
    const given = new Set<object>();
    let reads = 0;
    const lending: VoxelBricks = {
      ...source,
      async read(brickZyx, signal) {
        const voxels = (await read(brickZyx, signal)).slice();
        reads++;
        given.add(voxels);
        return voxels;
      },
      recycle(voxels) {
        expect(given.delete(voxels)).toBe(true);
        voxels.fill(255);
      },
    };
    const seedZyx = middle(shapeZyx);
    const outcome = await fill().run(lending, { ...request, seedZyx }, { signal: never(), vault });
    const expected = floodFillReference(noisy, shapeZyx, seedZyx, bright, 6);
    expect(outcome.voxels).toBe(expected.voxels);
    expect([reads > 0, given.size]).toEqual([true, 0]);
  });

  it('can be cancelled while it works and while it waits for bricks', async () => {
    const working = new AbortController();
    await expect(
      fill().run(bricks, request, {
        signal: working.signal,
        vault,
        onProgress: () => working.abort(),
      }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    const waiting = new AbortController();
    const silent: VoxelBricks = { ...bricks, read: () => new Promise(() => {}) };
    const run = fill().run(silent, request, { signal: waiting.signal, vault });
    setTimeout(() => waiting.abort(), 5);
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('rests while its gate is closed, and ends as if it had not', async () => {
    const gate = new Gate();
    const seen: number[] = [];
    const run = fill().run(bricks, request, {
      signal: never(),
      vault,
      gate,
      onProgress: ({ voxels }) => {
        seen.push(voxels);
        if (seen.length === 1) gate.close();
      },
    });
    await vi.waitFor(() => expect(gate.isClosed).toBe(true));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(seen.length).toBe(1);
    gate.open();
    expect(await run).toMatchObject({ voxels: volumeOf(shape), complete: true });
  });

  it('fails with what its source fails with', async () => {
    const broken: VoxelBricks = {
      ...bricks,
      read: async () => Promise.reject(new Error('no network')),
    };
    await expect(fill().run(broken, request, { signal: never(), vault })).rejects.toThrow(
      'no network',
    );
  });

  it('goes on around bricks that cannot be read', async () => {
    const torn: VoxelBricks = {
      ...bricks,
      read: (brickZyx, signal) =>
        brickZyx[2] === 2 ? Promise.reject(unreadable) : bricks.read(brickZyx, signal),
    };
    const outcome = await fill().run(torn, request, { signal: never(), vault });
    expect(outcome).toMatchObject({
      voxels: 64 * 64 * 128,
      unreadBricks: 1,
      complete: false,
      bricks: 2,
    });
    const none = { ...bricks, read: () => Promise.reject(unreadable) };
    await expect(fill().run(none, request, { signal: never(), vault })).rejects.toBe(unreadable);
  });

  it('rejects a seed outside of the volume, an empty box and a limit of zero', async () => {
    const run = (changes: Partial<FloodFillRequest>) =>
      fill().run(bricks, { ...request, ...changes }, { signal: never(), vault });
    await expect(run({ seedZyx: [64, 0, 0] })).rejects.toMatchObject({ code: 'OUTSIDE_VOLUME' });
    const box = { originZyx: [100, 0, 0], shapeZyx: [5, 5, 5] } as const;
    await expect(run({ box })).rejects.toMatchObject({ code: 'BAD_PARAMETERS' });
    await expect(run({ voxelLimit: 0 })).rejects.toMatchObject({ code: 'BAD_PARAMETERS' });
  });

  it('grows its memory with its bricks, gives it back, and is refused past its budget', async () => {
    const long: Zyx = [8, 8, 64 * 1100];
    const corridor = lateBricksOf(new Uint8Array(volumeOf(long)).fill(200), long, 'uint8');
    const whole = { ...request, seedZyx: [0, 0, 64 * 550] } as const;
    const outcome = await fill().run(corridor, whole, { signal: never(), vault });
    expect(outcome).toMatchObject({ voxels: volumeOf(long), complete: true, bricks: 1100 });
    expect(threads(count).arena.sizeBytes).toBeLessThan(2 ** 21);
    for (const budgetBytes of [1000, 2 ** 20])
      await expect(
        fill(budgetBytes).run(corridor, whole, { signal: never(), vault }),
      ).rejects.toMatchObject({
        code: 'BUDGET_EXCEEDED',
      });
  });

  it('goes through all threads when many bricks come at once', async () => {
    const cube: Zyx = [130, 131, 132];
    const percolating = noise(cube, 0.5, count);
    const together = { ...request, seedZyx: middle(cube), connectivity: 26 } as const;
    const source: VoxelBricks = {
      ...bricks,
      shapeZyx: cube,
      read: async (brickZyx) => cutBrick(percolating, cube, 'uint8', brickZyx),
    };
    const call = vi.spyOn(threads(count), 'call');
    const { voxels } = await fill().run(source, together, { signal: never(), vault });
    expect(call).toHaveBeenCalled();
    call.mockRestore();
    expect(voxels).toBe(floodFillReference(percolating, cube, middle(cube), bright, 26).voxels);
  });

  it('waits for the one before it', async () => {
    const outcomes = await Promise.all(
      [5, 6, 7].map((x) =>
        fill().run(bricks, { ...request, seedZyx: [x, x, x] }, { signal: never(), vault }),
      ),
    );
    for (const { voxels } of outcomes) expect(voxels).toBe(volumeOf(shape));
  });
});
