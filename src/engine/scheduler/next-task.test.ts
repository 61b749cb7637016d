import { describe, expect, it } from 'vitest';
import { MOST_IN_FLIGHT, nextTask, QUARTER, type Ranked } from './next-task';
import { type Band, priorityOf, urgencyOf } from './priority';

const task = (band: Band, order = 0): Ranked => ({ priority: priorityOf(band, order) });
const tasks = (count: number, band: Band) => Array.from({ length: count }, (_, i) => task(band, i));

/** All that would start now, in order. */
function started(waiting: Ranked[], running: Ranked[] = []): Ranked[] {
  const queue = [...waiting];
  const flying = [...running];
  const order: Ranked[] = [];
  for (let next = nextTask(queue, flying); next; next = nextTask(queue, flying)) {
    queue.splice(queue.indexOf(next), 1);
    flying.push(next);
    order.push(next);
  }
  return order;
}

const urgencies = (ranked: readonly Ranked[]) => ranked.map(({ priority }) => urgencyOf(priority));
const countOf = (ranked: readonly Ranked[], urgency: string) =>
  urgencies(ranked).filter((other) => other === urgency).length;

describe('the next task', () => {
  it('is the best ranked, of equals the one that came first', () => {
    const [context, prefetch, near, far, cover] = [
      task('context'),
      task('prefetch'),
      task('visible', 1),
      task('visible', 7),
      task('cover', 3),
    ];
    const twin = task('visible', 1);
    expect(started([context, far, near, prefetch, cover, twin])).toEqual([
      cover,
      near,
      twin,
      far,
      prefetch,
      context,
    ]);
  });

  it('keeps bands apart whatever the order within them', () => {
    expect(task('visible', 1e9).priority).toBeLessThan(task('frontier', -5).priority);
    expect(task('frontier', Number.MAX_VALUE).priority).toBeLessThan(task('prefetch').priority);
  });

  it('is never more than fit', () => {
    expect(started(tasks(100, 'visible'))).toHaveLength(MOST_IN_FLIGHT);
    expect(nextTask(tasks(1, 'cover'), tasks(MOST_IN_FLIGHT, 'visible'))).toBeUndefined();
  });

  it('leaves the last quarter to what is seen, whatever else waits', () => {
    const frontier = started(tasks(100, 'frontier'));
    expect(frontier).toHaveLength(MOST_IN_FLIGHT - QUARTER);
    const seen = started([...tasks(100, 'frontier'), ...tasks(100, 'visible')], frontier);
    expect(urgencies(seen)).toEqual(Array(QUARTER).fill('seen'));
  });

  it('lets what is seen overtake the frontier, all but its quarter', () => {
    const both = started([...tasks(100, 'frontier'), ...tasks(100, 'visible')]);
    expect(countOf(both, 'frontier')).toBe(QUARTER);
    expect(countOf(both, 'seen')).toBe(MOST_IN_FLIGHT - QUARTER);
  });

  it('fetches ahead only when nothing better waits, and little at once', () => {
    expect(started([...tasks(50, 'prefetch'), ...tasks(50, 'context')])).toEqual(
      tasks(QUARTER, 'prefetch'),
    );
    const all = started([
      ...tasks(100, 'prefetch'),
      ...tasks(3, 'visible'),
      ...tasks(2, 'frontier'),
    ]);
    expect(urgencies(all.slice(0, 5))).not.toContain('ahead');
    // The frontier's places are full and more of it waits: nothing is fetched ahead of that.
    const full = tasks(MOST_IN_FLIGHT - QUARTER, 'frontier');
    expect(started([...tasks(9, 'frontier'), ...tasks(9, 'prefetch')], full)).toEqual([]);
  });

  it('starves neither views nor computations while both have always more', () => {
    const running: (Ranked & { left: number })[] = [];
    const done = { seen: 0, frontier: 0, ahead: 0 };
    for (let tick = 0; tick < 1000; tick++) {
      const waiting = [...tasks(20, 'frontier'), ...tasks(20, 'visible'), ...tasks(20, 'prefetch')];
      for (const next of started(waiting, running)) running.push({ ...next, left: 1 + (tick % 7) });
      for (const flying of running) flying.left--;
      for (const flying of running.filter(({ left }) => left <= 0)) {
        running.splice(running.indexOf(flying), 1);
        done[urgencyOf(flying.priority)]++;
      }
    }
    const all = done.seen + done.frontier;
    expect(done.frontier / all).toBeGreaterThan(0.2);
    expect(done.seen / all).toBeGreaterThan(0.6);
    expect(done.ahead).toBe(0);
  });
});
