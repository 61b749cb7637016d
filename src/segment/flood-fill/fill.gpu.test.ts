import { beforeAll, describe, expect, it } from 'vitest';
import { brickKey, brickOfKey } from '../../core/brick';
import { allocate, bytesOf, type ImageArray, type ImageDtype } from '../../core/dtype';
import { volumeOf, type Zyx } from '../../core/vec';
import { BrickPool } from '../../gpu/brick-pool';
import type { GpuContext } from '../../gpu/device';
import { GpuMemory } from '../../gpu/memory';
import { testGpu } from '../../gpu/testing';
import { FloodFill, type FloodFillRequest, type ImageBricks } from './fill';
import { bitOfVoxel } from './plan';
import { floodFillReference } from './reference';

let gpu: GpuContext;
let memory: GpuMemory;
let fill: FloodFill;
beforeAll(async () => {
  gpu = await testGpu();
  memory = new GpuMemory(gpu.device, 2 ** 30);
  fill = new FloodFill(gpu, memory);
});

/** A volume in memory as a source of GPU bricks. */
function bricksOf(values: ImageArray, shapeZyx: Zyx, dtype: ImageDtype): ImageBricks {
  const pool = new BrickPool(memory, 'test image', bytesOf[dtype], 64 * 2 ** 20);
  const [sizeZ, sizeY, sizeX] = shapeZyx;
  return {
    dtype,
    shapeZyx,
    async acquire(brickZyx) {
      await Promise.resolve();
      const data = allocate(dtype, 64 ** 3);
      const [z0, y0, x0] = brickZyx.map((at) => at * 64) as [number, number, number];
      for (let z = 0; z < 64 && z0 + z < sizeZ; z++)
        for (let y = 0; y < 64 && y0 + y < sizeY; y++) {
          const from = ((z0 + z) * sizeY + y0 + y) * sizeX + x0;
          data.set(values.subarray(from, from + Math.min(64, sizeX - x0)), (z * 64 + y) * 64);
        }
      const key = String(brickKey(brickZyx));
      const slot = pool.put(key, data);
      return { block: slot.block, slot: slot.slot, release: () => {} };
    },
  };
}

async function compare(
  values: ImageArray,
  shapeZyx: Zyx,
  dtype: ImageDtype,
  request: FloodFillRequest,
) {
  const outcome = await fill.run(bricksOf(values, shapeZyx, dtype), request, {
    signal: new AbortController().signal,
  });
  const expected = floodFillReference(
    values,
    shapeZyx,
    request.seedZyx,
    request.range,
    request.connectivity,
    request.box,
  );
  const [, sizeY, sizeX] = shapeZyx;
  const mask = new Uint8Array(volumeOf(shapeZyx));
  for (const [key, bits] of outcome.bits) {
    const [z0, y0, x0] = brickOfKey(key);
    for (let z = z0 * 64; z < Math.min(shapeZyx[0], z0 * 64 + 64); z++)
      for (let y = y0 * 64; y < Math.min(sizeY, y0 * 64 + 64); y++)
        for (let x = x0 * 64; x < Math.min(sizeX, x0 * 64 + 64); x++) {
          const { word, bit } = bitOfVoxel([z, y, x]);
          mask[(z * sizeY + y) * sizeX + x] = ((bits[word] ?? 0) >>> bit) & 1;
        }
  }
  let different = 0;
  for (let i = 0; i < mask.length; i++) if (mask[i] !== expected.mask[i]) different++;
  expect(different).toBe(0);
  expect(outcome.voxels).toBe(expected.voxels);
  return outcome;
}

/** A small generator of uniform numbers in [0, 1), so that a failure can be repeated (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('flood fill on the GPU equals the plain one', () => {
  for (const connectivity of [6, 18, 26] as const)
    it(`noise near the percolation threshold, ${connectivity} neighbours, odd sizes`, async () => {
      const threshold = { 6: 0.345, 18: 0.16, 26: 0.115 }[connectivity];
      for (let seed = 1; seed <= 4; seed++) {
        const next = random(seed * 100 + connectivity);
        const shape: Zyx = [
          40 + Math.floor(next() * 70),
          40 + Math.floor(next() * 70),
          40 + Math.floor(next() * 100),
        ];
        const values = new Uint8Array(volumeOf(shape));
        for (let i = 0; i < values.length; i++) values[i] = next() < threshold ? 200 : 10;
        const seedZyx: Zyx = [shape[0] >> 1, shape[1] >> 1, shape[2] >> 1];
        values[(seedZyx[0] * shape[1] + seedZyx[1]) * shape[2] + seedZyx[2]] = 200;
        await compare(values, shape, 'uint8', {
          seedZyx,
          range: { low: 100, high: 255 },
          connectivity,
        });
      }
    });
});
