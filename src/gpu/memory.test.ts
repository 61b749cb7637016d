import { describe, expect, it } from 'vitest';
import { BRICK_VOXELS } from '../core/brick';
import type { FloodlightError } from '../core/errors';
import { BrickPool } from './brick-pool';
import { GpuMemory } from './memory';

const MIB = 2 ** 20;
Object.assign(globalThis, { GPUBufferUsage: { STORAGE: 1, COPY_DST: 2, COPY_SRC: 4 } });

/** A device that says so, some time later, when a buffer is larger than what it has left. */
function poorDevice(hasBytes: number) {
  let usedBytes = 0;
  let refused: number | undefined;
  const sizes: number[] = [];
  const device = {
    pushErrorScope() {
      refused = undefined;
    },
    createBuffer({ label, size }: { label: string; size: number }) {
      sizes.push(size);
      if (usedBytes + size > hasBytes) refused = size;
      else usedBytes += size;
      return { label, size, destroy() {} };
    },
    createTexture: ({ size: [width, height] }: { size: [number, number] }) => ({
      ...{ width, height },
      destroy() {},
    }),
    popErrorScope: async () => (refused === undefined ? null : { message: 'out of memory' }),
    queue: { writeBuffer() {} },
  };
  return { device: device as unknown as GPUDevice, sizes };
}

function setUp(hasBytes: number, budgetBytes: number) {
  const { device, sizes } = poorDevice(hasBytes);
  const told: (readonly [FloodlightError, boolean])[] = [];
  const memory = new GpuMemory(device, budgetBytes, (error, { isRetried }) =>
    told.push([error, isRetried]),
  );
  return { memory, told, sizes };
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

describe('GPU memory', () => {
  it('counts what it gives and gets back, and gives nothing past its budget', async () => {
    const { memory, told } = setUp(100, 100);
    const buffer = memory.allocate('a', 60, 1);
    expect(() => memory.allocate('b', 41, 1)).toThrow(
      expect.objectContaining({ code: 'BUDGET_EXCEEDED' }),
    );
    await turn();
    expect([memory.usedBytes, told.length, memory.isAfterRefusal]).toEqual([60, 0, false]);
    memory.release(buffer);
    expect(memory.usedBytes).toBe(0);
  });

  it('counts what nothing works without past the budget, and then has others share less', () => {
    const { device } = poorDevice(1000);
    let tight = 0;
    const memory = new GpuMemory(
      device,
      100,
      () => {},
      () => tight++,
    );
    memory.allocate('bricks', 60, 1);
    const table = memory.provide('table', 30, 1);
    expect([memory.usedBytes, memory.shareableBytes, tight]).toEqual([90, 70, 0]);
    const texture = memory.provideTexture({ size: [5, 4], format: 'r32float', usage: 1 }, 4);
    expect([memory.usedBytes, memory.shareableBytes, tight]).toEqual([170, 0, 1]);
    expect(memory.fits(1)).toBe(false);
    memory.release(texture);
    memory.release(table);
    memory.release(table);
    expect([memory.usedBytes, memory.shareableBytes, tight]).toEqual([60, 100, 1]);
  });

  it('that the device refuses makes the budget what is in use, and says so', async () => {
    const { memory, told } = setUp(80 * MIB, 1000 * MIB);
    memory.allocate('bricks', 60 * MIB, 1);
    const refused = memory.allocate('more bricks', 60 * MIB, 1);
    await turn();
    expect([memory.usedBytes, memory.budgetBytes]).toEqual([60 * MIB, 60 * MIB]);
    expect(told).toEqual([
      [
        expect.objectContaining({
          code: 'GPU_OUT_OF_MEMORY',
          message: expect.stringMatching(
            /^The GPU has no 60 MiB left for more bricks; .* 60 MiB of it/,
          ),
        }),
        false,
      ],
    ]);
    expect(memory.isAfterRefusal).toBe(true);
    memory.release(refused);
    expect(memory.usedBytes).toBe(60 * MIB);
    expect(memory.fits(1)).toBe(false);
  });
});

describe('a pool of bricks', () => {
  it('has few places that nothing lies in, and in the end as many as its limit has room for', () => {
    const { memory } = setUp(1000 * MIB, 1000 * MIB);
    const pool = new BrickPool(memory, 'bricks', 1, 601 * MIB);
    for (let key = 0; key < 2404; key++) {
      pool.put(String(key), new Uint8Array());
      const places = memory.usedBytes / BRICK_VOXELS;
      expect(places - pool.size).toBeLessThan(Math.max(1, pool.size / 16));
      expect(pool.mostBricks).toBe(2404);
    }
    pool.put('one more', new Uint8Array());
    expect([pool.size, memory.usedBytes]).toEqual([2404, 601 * MIB]);
  });
});

describe('a pool of bricks on a device that has less than its budget', () => {
  const brick = new Uint8Array(BRICK_VOXELS);

  it('forgets the bricks of a refused block, and goes on with smaller ones', async () => {
    const { memory, told, sizes } = setUp(67.5 * MIB, 1000 * MIB);
    const pool = new BrickPool(memory, 'bricks', 1);
    for (let key = 0; key < 260; key++) pool.put(String(key), brick);
    await turn();
    expect([pool.size, memory.usedBytes]).toEqual([260, 65 * MIB]);
    pool.put('lost', brick);
    pool.pin('lost');
    await turn();
    expect([pool.has('lost'), pool.size, memory.usedBytes]).toEqual([false, 260, 65 * MIB]);
    pool.put('later', brick);
    await turn();
    expect(pool.has('later')).toBe(true);
    expect(sizes.slice(-3).map((size) => size / MIB)).toEqual([3.75, 4, 2]);
    expect(told.map(([, isRetried]) => isRetried)).toEqual([true]);
    expect(memory.budgetBytes).toBe(1000 * MIB);
  });

  it('owes nothing to who held a brick that was lost', async () => {
    const { memory } = setUp(8 * MIB, 40 * MIB);
    const pool = new BrickPool(memory, 'bricks', 1);
    pool.put('held', brick);
    pool.pin('held');
    for (let attempt = 0; attempt < 3; attempt++) {
      await turn();
      pool.put('held', brick);
    }
    await turn();
    pool.unpin('held');
    pool.pin('held');
    for (let key = 0; key < pool.mostBricks + 5; key++) pool.put(String(key), brick);
    expect([pool.has('held'), pool.evictions > 0]).toEqual([true, true]);
  });

  it('ends at what there is: it evicts, and promises no more than it can hold', async () => {
    const { memory, told } = setUp(65 * MIB, 1000 * MIB);
    const pool = new BrickPool(memory, 'bricks', 1, 500 * MIB);
    for (let key = 0; key < 270; key++) {
      pool.put(String(key), brick);
      await turn();
    }
    expect(told.map(([, isRetried]) => isRetried)).toEqual([true, false]);
    expect(pool.size).toBe(260);
    expect(pool.mostBricks).toBe(260);
    expect(pool.has('269')).toBe(true);
    pool.dispose();
    expect(memory.usedBytes).toBe(0);
  });
});
