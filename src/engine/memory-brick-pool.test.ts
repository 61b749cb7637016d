import { describe, expect, it } from 'vitest';
import { BRICK_VOXELS } from '../core/brick';
import { MemoryBrickPool } from './memory-brick-pool';
import { POOL_BYTES, testBrickPool } from './testing-brick-pools';

describe('a pool of bricks in main memory', () => {
  testBrickPool(
    () => new MemoryBrickPool('test bricks', 4, POOL_BYTES),
    async ({ voxels }) => voxels,
  );

  it('keeps the very arrays it is given, and says what they take', () => {
    const pool = new MemoryBrickPool('test bricks', 1, 10 * BRICK_VOXELS);
    const brick = new Uint8Array(BRICK_VOXELS);
    expect(pool.put('a', brick).voxels).toBe(brick);
    expect(pool.memoryBytes).toBe(BRICK_VOXELS);
    expect(pool.mostBricks).toBe(10);
  });
});
