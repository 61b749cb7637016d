import { beforeAll, describe, expect, it } from 'vitest';
import { POOL_BYTES, testBrickPool } from '../engine/testing-brick-pools';
import { BrickPool, type BrickSlot } from './brick-pool';
import { GpuMemory } from './memory';
import { testGpu } from './testing';

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

  it('takes whole blocks from the memory, and gives them back', () => {
    const pool = new BrickPool(memory, 'test bricks', 4, POOL_BYTES);
    pool.put('a', new Uint32Array(64 ** 3));
    expect(memory.usedBytes).toBe(POOL_BYTES);
    pool.dispose();
    expect(memory.usedBytes).toBe(0);
  });
});
