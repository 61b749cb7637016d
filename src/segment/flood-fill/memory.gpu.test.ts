import { expect, it } from 'vitest';
import { BitsVault } from '../../core/bits-vault';
import { BRICK_VOXELS, brickBox, brickKey } from '../../core/brick';
import { BRICK_BITS_BYTES } from '../../core/brick-bits';
import type { Zyx } from '../../core/vec';
import { BrickPool } from '../../gpu/brick-pool';
import { GpuMemory } from '../../gpu/memory';
import { testGpu } from '../../gpu/testing';
import { serpentine } from '../../volume/testing/serpentine';
import { FloodFill } from './fill';
import type { HeldBrick, ImageBricks } from './types';

/** The memory, and what of it bricks of the image may take. */
const BUDGET_BYTES = 96e6;
const IMAGE_SHARE = 0.375;
/** From so many on: then seven places of the image that are not taken yet, an eighth of the fill's and 1 MiB of staging are a sixth. */
const FEW_BRICKS = 64;

it('takes little more than the image and the labels of the bricks that are there', async () => {
  const memory = new GpuMemory((await testGpu()).device, BUDGET_BYTES);
  const source = serpentine({ shapeZyx: [192, 512, 512] });
  const pool = new BrickPool(memory, 'image', 1, IMAGE_SHARE * BUDGET_BYTES);
  const hold = (brickZyx: Zyx): HeldBrick | undefined => {
    const key = String(brickKey(brickZyx));
    const slot = pool.get(key);
    if (!slot) return undefined;
    pool.pin(key);
    return { ...slot, release: () => pool.unpin(key) };
  };
  const image: ImageBricks = {
    dtype: 'uint8',
    shapeZyx: source.shapeZyx,
    async acquire(brickZyx) {
      if (!pool.has(String(brickKey(brickZyx))))
        pool.put(String(brickKey(brickZyx)), source.fillChunk(brickBox(brickZyx)));
      return hold(brickZyx) ?? Promise.reject(new Error('it went at once'));
    },
    hold,
  };
  const shares: number[] = [];
  const sharesOfFull: number[] = [];
  const outcome = await new FloodFill(await testGpu(), memory).run(
    image,
    { seedZyx: source.seedZyx, range: { low: 100, high: 255 }, connectivity: 6 },
    {
      signal: new AbortController().signal,
      vault: new BitsVault(),
      onProgress: (_, live) => {
        const filled = live?.bricks.length ?? 0;
        const resident = pool.size * BRICK_VOXELS + filled * BRICK_BITS_BYTES;
        if (pool.size >= FEW_BRICKS) shares.push(memory.usedBytes / resident);
        if (pool.size === pool.mostBricks) sharesOfFull.push(memory.usedBytes / resident);
      },
    },
  );
  expect(outcome).toMatchObject({ voxels: source.voxels, complete: true });
  expect(outcome.evictions).toBeGreaterThan(0);
  expect(pool.evictions).toBeGreaterThan(0);
  expect(Math.max(...shares)).toBeLessThanOrEqual(1.3);
  expect(Math.max(...sharesOfFull)).toBeLessThanOrEqual(1.2);
  pool.dispose();
  expect(memory.usedBytes).toBe(0);
});
