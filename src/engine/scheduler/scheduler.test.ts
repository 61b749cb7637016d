import { describe, expect, it, vi } from 'vitest';
import { abortError } from '../../core/errors';
import { MOST_IN_FLIGHT } from './next-task';
import { priorityOf } from './priority';
import { Scheduler } from './scheduler';

const FRONTIER = priorityOf('frontier', 0);

/** Work that ends when told to. */
function work() {
  const ends: (() => void)[] = [];
  const started: string[] = [];
  const make = (name: string) => () => {
    started.push(name);
    return new Promise<string>((resolve) => ends.push(() => resolve(name)));
  };
  return { make, started, end: () => ends.shift()?.() };
}

describe('the scheduler', () => {
  it('runs what was added in one go in the order of its rank', async () => {
    const scheduler = new Scheduler();
    const { make, started } = work();
    void scheduler.run(priorityOf('context', 0), undefined, make('context'));
    void scheduler.run(FRONTIER, undefined, make('frontier'));
    void scheduler.run(priorityOf('visible', 5), undefined, make('far'));
    void scheduler.run(priorityOf('visible', 2), undefined, make('near'));
    await vi.waitFor(() => expect(started).toHaveLength(4));
    expect(started.slice(1)).toEqual(['near', 'far', 'context']);
    expect(started[0]).toBe('frontier');
  });

  it('holds back what is too much, and goes on as others end', async () => {
    const scheduler = new Scheduler();
    const { make, started, end } = work();
    const results = Array.from({ length: 40 }, (_, i) =>
      scheduler.run(priorityOf('visible', i), undefined, make(String(i))),
    );
    await vi.waitFor(() => expect(scheduler.inFlight).toBe(MOST_IN_FLIGHT));
    expect([started.length, scheduler.queued]).toEqual([MOST_IN_FLIGHT, 40 - MOST_IN_FLIGHT]);
    for (let i = 0; i < 40; i++) {
      end();
      await results[i];
      await Promise.resolve();
    }
    expect(await Promise.all(results)).toEqual(Array.from({ length: 40 }, (_, i) => String(i)));
    expect([scheduler.inFlight, scheduler.queued]).toEqual([0, 0]);
  });

  it('lets a computation leave the queue, and one that runs end by itself', async () => {
    const scheduler = new Scheduler();
    const { make, started, end } = work();
    const abort = new AbortController();
    const results = Array.from({ length: MOST_IN_FLIGHT }, (_, i) =>
      scheduler.run(FRONTIER, abort.signal, make(String(i))),
    );
    const outcomes = Promise.allSettled(results);
    await vi.waitFor(() => expect(started.length).toBeGreaterThan(0));
    const running = started.length;
    abort.abort(abortError());
    expect(scheduler.queued).toBe(0);
    for (let i = 0; i < running; i++) end();
    const ended = await outcomes;
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(running);
    for (const outcome of ended)
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({ name: 'AbortError' });
    await expect(scheduler.run(FRONTIER, abort.signal, make('late'))).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  it('goes on after work that failed', async () => {
    const scheduler = new Scheduler();
    const fail = () => Promise.reject(new Error('no'));
    for (let i = 0; i < 3 * MOST_IN_FLIGHT; i++)
      await expect(scheduler.run(FRONTIER, undefined, fail)).rejects.toThrow('no');
    await vi.waitFor(() => expect(scheduler.inFlight).toBe(0));
  });
});
