/** What every brick pool has to do, wherever its bricks lie. */
import { expect, it } from 'vitest';
import { BRICK_VOXELS } from '../core/brick';
import type { BrickLru } from '../core/brick-lru';

/** Room for bricks of u32: few enough to be filled, and a whole block on the GPU. */
export const POOL_BYTES = 32 * 2 ** 20;

const brickOf = (value: number) => new Uint32Array(BRICK_VOXELS).fill(value);

/** Tests pools of u32 bricks within `POOL_BYTES`; `read` gives a slot's voxels. */
export function testBrickPool<Slot>(
  create: () => BrickLru<Slot>,
  read: (slot: Slot) => Promise<ArrayLike<number>>,
): void {
  /** A full pool: brick i has the key and the value i. */
  const full = () => {
    const pool = create();
    for (let i = 0; i < pool.mostBricks; i++) pool.put(String(i), brickOf(i));
    return pool;
  };
  const held = (pool: BrickLru<Slot>, among: number) =>
    Array.from({ length: among }, (_, i) => String(i)).filter((key) => pool.has(key)).length;

  it('holds as many bricks as fit its budget, each as it was put', async () => {
    const pool = full();
    const most = POOL_BYTES / (4 * BRICK_VOXELS);
    expect(pool.mostBricks).toBe(most);
    expect(held(pool, most)).toBe(most);
    for (const i of [0, 1, most - 1]) {
      const slot = pool.get(String(i));
      const voxels = slot && (await read(slot));
      expect([voxels?.length, voxels?.[0], voxels?.[BRICK_VOXELS - 1]]).toEqual([
        BRICK_VOXELS,
        i,
        i,
      ]);
    }
    pool.dispose();
  });

  it('evicts the least recently used', () => {
    const pool = full();
    const most = pool.mostBricks;
    pool.get('0');
    pool.put('1', brickOf(1));
    pool.put('new', brickOf(7));
    expect([pool.has('0'), pool.has('1'), pool.has('2'), pool.has('new')]).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect(held(pool, most)).toBe(most - 1);
    expect(pool.get('2')).toBeUndefined();
    pool.dispose();
  });

  it('replaces what a key held', async () => {
    const pool = full();
    const slot = pool.put('3', brickOf(99));
    expect((await read(slot))[0]).toBe(99);
    expect(held(pool, pool.mostBricks)).toBe(pool.mostBricks);
    pool.dispose();
  });

  it('lets go of a brick that is dropped, whose place is the next, but of no pinned one', async () => {
    const pool = full();
    const most = pool.mostBricks;
    pool.pin('4');
    for (const key of ['4', '6', 'none']) pool.drop(key);
    expect([pool.has('4'), pool.has('6')]).toEqual([true, false]);
    const slot = pool.put('new', brickOf(8));
    expect((await read(slot))[0]).toBe(8);
    expect(held(pool, most)).toBe(most - 1);
    pool.dispose();
  });

  it('keeps pinned bricks, and says so when all are pinned', async () => {
    const pool = full();
    for (let i = 0; i < pool.mostBricks; i++) pool.pin(String(i));
    pool.pin('5');
    expect(() => pool.put('new', brickOf(7))).toThrow(
      expect.objectContaining({ code: 'BUDGET_EXCEEDED' }),
    );
    pool.unpin('5');
    expect(() => pool.put('new', brickOf(7))).toThrow();
    pool.unpin('5');
    const slot = pool.put('new', brickOf(7));
    expect([pool.has('5'), (await read(slot))[0]]).toEqual([false, 7]);
    pool.dispose();
  });

  it('takes no more than a limit that is lowered, and again more when it is raised', () => {
    const pool = full();
    const most = pool.mostBricks;
    pool.setLimit(POOL_BYTES / 2);
    expect(held(pool, most)).toBeLessThanOrEqual(most / 2);
    expect(pool.mostBricks).toBeLessThanOrEqual(most / 2);
    expect(pool.size).toBe(held(pool, most));
    expect(pool.evictions).toBe(most - pool.size);
    pool.setLimit(POOL_BYTES);
    for (let i = 0; i < most; i++) pool.put(String(i), brickOf(i));
    expect(held(pool, most)).toBe(most);
    pool.dispose();
  });

  it('lets go of all when disposed of', () => {
    const pool = full();
    pool.dispose();
    expect([held(pool, pool.mostBricks), pool.memoryBytes]).toEqual([0, 0]);
  });
}
