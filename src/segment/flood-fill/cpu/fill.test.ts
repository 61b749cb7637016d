import path from 'node:path';
import FileSystemStore from '@zarrita/storage/fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as zarr from 'zarrita';
import { BitsVault } from '../../../core/bits-vault';
import { type BrickKey, brickBox } from '../../../core/brick';
import { allocate, type ImageArray, type ImageDtype } from '../../../core/dtype';
import { FloodlightError } from '../../../core/errors';
import type { PackedBits } from '../../../core/packed-bits';
import { randomNumbers } from '../../../core/testing/random';
import { volumeOf, type Zyx } from '../../../core/vec';
import { serpentine as wideSerpentine } from '../../../volume/testing/serpentine';
import { testThreads } from '../../cpu/testing';
import type { SegmentThreads } from '../../cpu/threads';
import { Gate } from '../../gate';
import { floodFillReference } from '../reference';
import {
  cutBrick,
  indexOf,
  maskOfBits,
  middle,
  noise,
  serpentine,
  unpacked,
} from '../test-volumes';
import { bright, testNeighbours } from '../testing-fills';
import type { FloodFillRequest, VoxelBricks } from '../types';
import type { FillFunction } from './context';
import { CpuFloodFill } from './fill';
import { lateBricksOf } from './testing';
import { fillVolume } from './volume';

const threadsOf = new Map<number, SegmentThreads<FillFunction>>();
const THREAD_COUNTS = [1, 3] as const;
const threads = (count: number): SegmentThreads<FillFunction> => {
  const found = threadsOf.get(count);
  if (!found) throw new Error(`no ${count} threads`);
  return found;
};

beforeAll(async () => {
  for (const count of THREAD_COUNTS) threadsOf.set(count, await testThreads(count));
});
afterAll(() => {
  for (const some of threadsOf.values()) some.dispose();
});

const unreadable = new FloodlightError('CHUNK_FAILED', { array: 'a', chunk: '0', reason: 'torn' });

const never = () => new AbortController().signal;
const vault = new BitsVault();

/** Fills streamed and in memory, on one thread and on three, and plainly, and expects the same voxels. */
async function compare(
  values: ImageArray,
  shapeZyx: Zyx,
  request: FloodFillRequest,
  dtype: ImageDtype = 'uint8',
) {
  const { seedZyx, range, connectivity, box } = request;
  const expected = floodFillReference(values, shapeZyx, seedZyx, range, connectivity, box);
  for (const count of THREAD_COUNTS) {
    const fill = new CpuFloodFill(threads(count));
    const bricks = lateBricksOf(values, shapeZyx, dtype);
    const streamed = await fill.run(bricks, request, { signal: never(), vault });
    expect(streamed.complete).toBe(true);
    for (const { bits, voxels } of [
      { ...streamed, bits: unpacked(vault, streamed.bits) },
      await fillVolume(threads(count), values, shapeZyx, dtype, request),
    ]) {
      expect(Buffer.compare(maskOfBits(bits, shapeZyx), expected.mask)).toBe(0);
      expect(voxels).toBe(expected.voxels);
    }
  }
  return expected;
}

it('runs on as many threads as were asked for', () => {
  for (const count of THREAD_COUNTS) expect(threads(count).count).toBe(count);
});

describe('flood fill on the CPU equals the plain one', () => {
  testNeighbours(compare);

  describe.each([6, 18, 26] as const)('with %i neighbours', (connectivity) => {
    it('across the faces, edges and corners of bricks, voxel by voxel', async () => {
      const shape: Zyx = [66, 67, 68];
      const next = randomNumbers(connectivity);
      for (let round = 0; round < 4; round++) {
        const values = new Uint8Array(volumeOf(shape));
        const corners = Array.from({ length: 8 }, (_, i): Zyx => {
          return [63 + (i >> 2), 63 + ((i >> 1) & 1), 63 + (i & 1)];
        }).filter(() => next() < 0.4);
        for (const corner of corners) values[indexOf(corner, shape)] = 200;
        for (const seedZyx of corners)
          await compare(values, shape, { seedZyx, range: bright, connectivity });
      }
    });
  });

  describe.each([6, 18, 26] as const)(
    'in a window of 28 bricks, with %i neighbours',
    (connectivity) => {
      const bricks = 28;
      /** Streamed through the window on one thread and on three, and plainly. */
      async function compareInWindow(values: ImageArray, shapeZyx: Zyx, seedZyx: Zyx) {
        const request = { seedZyx, range: bright, connectivity };
        const expected = floodFillReference(values, shapeZyx, seedZyx, bright, connectivity);
        for (const count of THREAD_COUNTS) {
          const budgetBytes = bricks * threads(count).here.fill_brick_bytes();
          const fill = new CpuFloodFill(threads(count), budgetBytes);
          const source = lateBricksOf(values, shapeZyx, 'uint8');
          const outcome = await fill.run(source, request, { signal: never(), vault });
          expect(outcome).toMatchObject({ voxels: expected.voxels, complete: true });
          expect(outcome.evictions).toBeGreaterThan(0);
          const mask = maskOfBits(unpacked(vault, outcome.bits), shapeZyx);
          expect(Buffer.compare(mask, expected.mask)).toBe(0);
        }
      }

      it('through noise that goes on everywhere', async () => {
        const shape: Zyx = [66, 130, 330];
        const share = { 6: 0.4, 18: 0.2, 26: 0.15 }[connectivity];
        await compareInWindow(noise(shape, share, connectivity + 1), shape, middle(shape));
      });

      it('through a wide corridor along its own earlier bricks, reading each once', async () => {
        const corridor = wideSerpentine({ shapeZyx: [128, 512, 512] });
        const reads: string[] = [];
        const source: VoxelBricks = {
          dtype: 'uint8',
          shapeZyx: corridor.shapeZyx,
          async read(brickZyx) {
            reads.push(String(brickZyx));
            return corridor.fillChunk(brickBox(brickZyx));
          },
        };
        const budgetBytes = bricks * threads(1).here.fill_brick_bytes();
        const request = { seedZyx: corridor.seedZyx, range: bright, connectivity };
        const fill = new CpuFloodFill(threads(1), budgetBytes);
        const outcome = await fill.run(source, request, { signal: never(), vault });
        expect(outcome).toMatchObject({ voxels: corridor.voxels, complete: true });
        expect(outcome.evictions).toBeGreaterThan(100 - bricks);
        expect(reads.length).toBe(new Set(reads).size);
      });

      it('through a corridor that comes back to each brick again and again', async () => {
        const shape: Zyx = [9, 260, 400];
        await compareInWindow(serpentine(shape), shape, [0, 0, 0]);
      });
    },
  );

  it.each([
    ['uint16', 65535, 21_000, 48_000],
    ['uint16', 65535, 0, 32_768],
    ['int16', 32767, -12_000, 20_000.5],
    ['int16', 32767, -40_000, -3],
    ['float32', 1.5, -0.25, 0.75],
    ['float32', 1.5, 0.1, Number.POSITIVE_INFINITY],
    ['uint8', 255, 128, 200],
    ['uint8', 255, 127.5, 255],
    ['uint8', 255, -5, 90],
  ] as const)('on %s voxels up to %d between %d and %d', async (dtype, most, low, high) => {
    const shape: Zyx = [33, 45, 99];
    const next = randomNumbers(7);
    const values = allocate(dtype, volumeOf(shape));
    const least = dtype === 'int16' || dtype === 'float32' ? -most : 0;
    for (let i = 0; i < values.length; i++) values[i] = least + next() * (most - least);
    if (dtype === 'float32') values[5] = Number.NaN;
    const seedZyx = middle(shape);
    values[indexOf(seedZyx, shape)] = Math.max(least, low);
    await compare(values, shape, { seedZyx, range: { low, high }, connectivity: 26 }, dtype);
  });

  it('at the edges of a byte, value by value', async () => {
    const shape: Zyx = [4, 8, 64];
    const values = new Uint8Array(volumeOf(shape)).map((_, index) => index % 256);
    for (const low of [0, 127, 128, 255])
      for (const high of [low, low + 1, 255]) {
        const seedZyx: Zyx = [0, Math.floor(low / 64), low % 64];
        await compare(values, shape, { seedZyx, range: { low, high }, connectivity: 6 });
      }
  });

  it('at the edges of a range that lie between two floats', async () => {
    const shape: Zyx = [1, 1, 70];
    const values = new Float32Array(70).fill(Math.fround(0.1));
    for (const [low, high] of [
      [0.1, 1],
      [0, 0.1],
      [Math.fround(0.1), Math.fround(0.1)],
      [1, 0],
      [Number.NaN, 1],
    ] as const) {
      const request = { seedZyx: [0, 0, 3], range: { low, high }, connectivity: 6 } as const;
      await compare(values, shape, request, 'float32');
    }
  });

  it('on the real EM of fib25', async () => {
    const folder = path.join(process.env.FLOODLIGHT_DATA ?? '', 'fib25/em.zarr/0');
    const array = await zarr.open.v2(new FileSystemStore(folder), { kind: 'array' });
    const { data } = (await zarr.get(array)) as { data: Uint8Array<ArrayBuffer> };
    const expected = await compare(data, [250, 250, 250], {
      seedZyx: [39, 248, 240],
      range: { low: 140, high: 255 },
      connectivity: 6,
    });
    // Known from an independent trial: shared/design/fill.md.
    expect(expected.voxels).toBe(2_360_470);
  }, 30_000);
});

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
