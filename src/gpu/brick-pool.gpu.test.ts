import { beforeAll, describe, expect, it } from 'vitest';
import { POOL_BYTES, testBrickPool } from '../engine/testing-brick-pools';
import { BrickPool, type BrickSlot } from './brick-pool';
import { GpuMemory } from './memory';
import { testGpu } from './testing';

/** A brick of u32. */
const FIRST_BLOCK_BYTES = 4 * 64 ** 3;

describe('a pool of bricks on the GPU', () => {
  let memory: GpuMemory;
  beforeAll(async () => {
    memory = new GpuMemory((await testGpu()).device, 2 * POOL_BYTES);
  });

  async function read({ block, slot }: BrickSlot): Promise<Uint32Array> {
    const { device } = memory;
    const size = 64 ** 3 * 4;
    const buffer = device.createBuffer({
      size,
      usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
    });
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(block, slot * size, buffer, 0, size);
    device.queue.submit([encoder.finish()]);
    await buffer.mapAsync(GPUMapMode.READ);
    return new Uint32Array(buffer.getMappedRange());
  }

  testBrickPool(() => new BrickPool(memory, 'test bricks', 4, POOL_BYTES), read);

  it('gives blocks back when its limit is lowered, but for those with a pinned brick', () => {
    const pool = new BrickPool(memory, 'test bricks', 4, 2 * POOL_BYTES);
    const brick = new Uint32Array(64 ** 3);
    const keys = Array.from({ length: pool.mostBricks }, (_, i) => String(i));
    for (const key of keys) pool.put(key, brick);
    expect(memory.usedBytes).toBe(2 * POOL_BYTES);
    pool.pin('0');
    pool.setLimit(POOL_BYTES);
    expect([memory.usedBytes, pool.size, pool.has('0')]).toEqual([
      POOL_BYTES,
      keys.length / 2,
      true,
    ]);
    pool.setLimit(0);
    expect([memory.usedBytes, pool.has('0')]).toEqual([FIRST_BLOCK_BYTES, true]);
    pool.unpin('0');
    pool.setLimit(0);
    expect([memory.usedBytes, pool.size]).toEqual([0, 0]);
    pool.dispose();
  });

  it('takes whole blocks from the memory, and gives them back', () => {
    const pool = new BrickPool(memory, 'test bricks', 4, POOL_BYTES);
    pool.put('a', new Uint32Array(64 ** 3));
    expect(memory.usedBytes).toBe(FIRST_BLOCK_BYTES);
    pool.dispose();
    expect(memory.usedBytes).toBe(0);
  });
});
