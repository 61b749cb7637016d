import { describe, expect, it } from 'vitest';
import { testModule } from '../../wasm/testing';
import { testThreads } from './testing';
import { SegmentThreads } from './threads';

type Name = 'fill_brick_bytes' | 'fill_context_bytes' | 'fill_queue' | 'none_of_this_name';

describe.each([1, 3])('%i threads of the segment module', (count) => {
  const start = () => testThreads<Name>(count);

  it('call a function each', async () => {
    const threads = await start();
    expect(threads.count).toBe(count);
    const bytes = await threads.call('fill_context_bytes', (thread) => [64 * (thread + 1)]);
    const alone = bytes.map((_, thread) => threads.here.fill_context_bytes(64 * (thread + 1)));
    expect(bytes).toEqual(alone);
    expect(new Set(bytes).size).toBe(count);
    threads.dispose();
  });

  it('call a function on the workers alone', async () => {
    const threads = await start();
    const bytes = await threads.callWorkers('fill_context_bytes', (worker) => [64 * (worker + 1)]);
    const here = bytes.map((_, worker) => threads.here.fill_context_bytes(64 * (worker + 1)));
    expect(bytes).toHaveLength(count - 1);
    expect(bytes).toEqual(here);
    threads.dispose();
  });

  it('give memory back', async () => {
    const threads = await start();
    const before = threads.arena.sizeBytes;
    threads.arena.layout([2 ** 24]);
    expect(threads.arena.sizeBytes).toBeGreaterThan(2 ** 24);
    await threads.renew();
    expect(threads.arena.sizeBytes).toBe(before);
    const [bytes = 0] = await threads.call('fill_brick_bytes', () => []);
    expect(bytes).toBeGreaterThan(2 ** 16);
    threads.dispose();
  });

  it('run one job after the other, also after one that failed', async () => {
    const threads = await start();
    const order: string[] = [];
    const job = (name: string, milliseconds: number) => async () => {
      order.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      order.push(`${name} ends`);
      if (name === 'first') throw new Error(name);
    };
    const first = threads.alone(job('first', 5));
    const second = threads.alone(job('second', 0));
    await expect(first).rejects.toThrow('first');
    await second;
    expect(order).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
    threads.dispose();
  });

  it('work on after a call that broke down', async () => {
    const threads = await start();
    const outOfBounds = () => threads.call('fill_queue', () => [2 ** 31 - 64, 0]);
    await expect(outOfBounds()).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(threads.call('none_of_this_name', () => [])).rejects.toMatchObject({
      code: 'INTERNAL',
    });
    expect(await threads.call('fill_brick_bytes', () => [])).toHaveLength(count);
    threads.dispose();
  });
});

describe('the segment module where workers fail', () => {
  it('has one thread where they do not start', async () => {
    const threads = await SegmentThreads.start<Name>({
      count: 2,
      compile: async (name) => testModule(name),
      startWorker: () => ({
        broken: Promise.reject(new Error('no workers here')),
        terminate: () => {},
      }),
    });
    expect(threads.count).toBe(1);
    expect(await threads.call('fill_brick_bytes', () => [])).toHaveLength(1);
  });

  it('has fewer threads after one breaks down', async () => {
    let kill: () => void = () => {};
    const threads = await testThreads<Name>(3, (worker) => {
      kill = () => void worker.terminate();
    });
    kill();
    await expect(threads.call('fill_brick_bytes', () => [])).rejects.toMatchObject({
      code: 'INTERNAL',
    });
    expect(threads.count).toBe(2);
    expect(await threads.call('fill_brick_bytes', () => [])).toHaveLength(2);
    threads.dispose();
  });
});
