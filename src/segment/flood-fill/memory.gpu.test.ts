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
import type { HeldBrick, ImageBricks, LiveFill } from './types';

/** The memory, and what of it bricks of the image may take. */
const BUDGET_BYTES = 96e6;
const IMAGE_SHARE = 0.375;
/** What bits are read back through is no smaller; with fewer bricks than these that is too much of all. */
const LEAST_STAGING_BYTES = 8 * BRICK_BITS_BYTES;
const FEW_BRICKS = 13;
/** In parts of what image and labels need: at every report, and while a buffer is copied into a larger one. */
const MOST = 1.2;
const MOST_WHILE_GROWING = 1.32;

/** Tells of each buffer as soon as it is there, and once it is gone. */
class WatchedMemory extends GpuMemory {
  onAllocated: () => void = () => {};
  onReleased: (held: GPUBuffer | GPUTexture) => void = () => {};

  override release(held: GPUBuffer | GPUTexture): void {
    super.release(held);
    this.onReleased(held);
  }

  override allocate(...request: Parameters<GpuMemory['allocate']>): GPUBuffer {
    const buffer = super.allocate(...request);
    this.onAllocated();
    return buffer;
  }
}

it('takes little more than the image and the labels of the bricks that are there', async () => {
  const memory = new WatchedMemory((await testGpu()).device, BUDGET_BYTES);
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
  let filled = 0;
  const share = (beside = 0) =>
    (memory.usedBytes - beside) / (pool.size * BRICK_VOXELS + filled * BRICK_BITS_BYTES);
  let [most, mostOfFew, mostWhileGrowing, reports] = [0, 0, 0, 0];
  memory.onAllocated = () => {
    if (pool.size >= FEW_BRICKS) mostWhileGrowing = Math.max(mostWhileGrowing, share());
  };
  // Slices draw what was told last at any time until it is told anew.
  let drawn: LiveFill | undefined;
  let drawnWhenGone = 0;
  memory.onReleased = (held) => {
    if (held === drawn?.state()) drawnWhenGone++;
  };
  const outcome = await new FloodFill(await testGpu(), memory).run(
    image,
    { seedZyx: source.seedZyx, range: { low: 100, high: 255 }, connectivity: 6 },
    {
      signal: new AbortController().signal,
      vault: new BitsVault(),
      onProgress: (_, live) => {
        drawn = live;
        filled = live?.bricks.length ?? 0;
        reports++;
        if (pool.size >= FEW_BRICKS) most = Math.max(most, share());
        else mostOfFew = Math.max(mostOfFew, share(LEAST_STAGING_BYTES));
      },
    },
  );
  expect(outcome).toMatchObject({ voxels: source.voxels, complete: true });
  expect(outcome.evictions).toBeGreaterThan(0);
  expect(pool.evictions).toBeGreaterThan(0);
  expect(reports).toBeGreaterThan(20);
  // Once, at the end: then the fill is over, and no longer drawn.
  expect(drawnWhenGone).toBe(1);
  expect(most).toBeLessThanOrEqual(MOST);
  expect(mostOfFew).toBeLessThanOrEqual(MOST);
  expect(mostWhileGrowing).toBeLessThanOrEqual(MOST_WHILE_GROWING);
  pool.dispose();
  expect(memory.usedBytes).toBe(0);
});
