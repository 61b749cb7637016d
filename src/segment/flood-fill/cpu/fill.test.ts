import path from 'node:path';
import FileSystemStore from '@zarrita/storage/fs';
import { describe, expect, it } from 'vitest';
import * as zarr from 'zarrita';
import { brickBox, brickOfVoxel } from '../../../core/brick';
import { allocate, type ImageArray, type ImageDtype } from '../../../core/dtype';
import { randomNumbers } from '../../../core/testing/random';
import { volumeOf, type Zyx } from '../../../core/vec';
import { serpentine as wideSerpentine } from '../../../volume/testing/serpentine';
import { floodFillReference } from '../reference';
import { indexOf, maskOfBits, middle, noise, serpentine, unpacked } from '../test-volumes';
import { bright, testNeighbours } from '../testing-fills';
import type { FloodFillRequest, VoxelBricks } from '../types';
import { CpuFloodFill } from './fill';
import { lateBricksOf } from './testing';
import { never, THREAD_COUNTS, threads, vault } from './testing-threads';
import { fillVolume } from './volume';

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
      /** Streamed through the window on one thread and on three, and plainly; how often the seed's brick was read each time. */
      async function compareInWindow(values: ImageArray, shapeZyx: Zyx, seedZyx: Zyx) {
        const request = { seedZyx, range: bright, connectivity };
        const expected = floodFillReference(values, shapeZyx, seedZyx, bright, connectivity);
        const seedBrick = String(brickOfVoxel(seedZyx));
        const readsOfSeed: number[] = [];
        for (const count of THREAD_COUNTS) {
          const budgetBytes = bricks * threads(count).here.fill_brick_bytes();
          const fill = new CpuFloodFill(threads(count), budgetBytes);
          const late = lateBricksOf(values, shapeZyx, 'uint8');
          let reads = 0;
          const source: VoxelBricks = {
            ...late,
            read: (brickZyx, signal) => {
              if (String(brickZyx) === seedBrick) reads++;
              return late.read(brickZyx, signal);
            },
          };
          const outcome = await fill.run(source, request, { signal: never(), vault });
          expect(outcome).toMatchObject({ voxels: expected.voxels, complete: true });
          expect(outcome.evictions).toBeGreaterThan(0);
          const mask = maskOfBits(unpacked(vault, outcome.bits), shapeZyx);
          expect(Buffer.compare(mask, expected.mask)).toBe(0);
          readsOfSeed.push(reads);
        }
        return readsOfSeed;
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

      it('through a corridor that comes back to each brick again and again, to the evicted one of the seed too', async () => {
        const shape: Zyx = [9, 260, 400];
        const readsOfSeed = await compareInWindow(serpentine(shape), shape, [0, 0, 0]);
        for (const reads of readsOfSeed) expect(reads).toBeGreaterThan(1);
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
