import { describe, expect, it } from 'vitest';
import { type BrickKey, brickKey, brickOfKey } from '../../core/brick';
import { FloodlightError } from '../../core/errors';
import type { Zyx } from '../../core/vec';
import { FillFrontier } from './frontier';
import { linkOf } from './plan';

const at = (x: number): BrickKey => brickKey([0, 0, x]);
const unreadable = new FloodlightError('HTTP_STATUS', { url: 'u', status: 500 });

/** A frontier whose bricks are loaded by hand, as the x of their place. */
function create(capacity = 64) {
  const loads = new Map<number, { resolve(): void; reject(error: unknown): void }[]>();
  const dropped: number[] = [];
  const prefetched: number[] = [];
  const frontier = new FillFrontier<{ x: number }>({
    seedBrickZyx: [0, 0, 0],
    capacity,
    load: ([, , x]: Zyx) =>
      new Promise((resolve, reject) => {
        const load = { resolve: () => resolve({ x }), reject };
        loads.set(x, [...(loads.get(x) ?? []), load]);
      }),
    prefetch: ([, , x]) => prefetched.push(x),
    drop: ({ x }) => dropped.push(x),
    wake: () => {},
  });
  const load = async (...places: number[]) => {
    for (const x of places) for (const { resolve } of loads.get(x) ?? []) resolve();
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  /** What is admitted into so many places; those that only come back in brackets. */
  const admitted = (room = capacity) =>
    frontier
      .takeAdmissions(room)
      .map(({ key, isReached }) => (isReached ? brickOfKey(key)[2] : [brickOfKey(key)[2]]));
  /** Has bricks wanted, loads and admits them. */
  const reach = async (...places: number[]) => {
    for (const x of places) frontier.want(at(x));
    frontier.startLoads();
    await load(...places);
    return admitted();
  };
  return { frontier, loads, dropped, prefetched, load, admitted, reach };
}

describe('the frontier of a fill', () => {
  it('admits what is wanted once it is loaded, and as far as there is room', async () => {
    const { frontier, load, admitted, reach } = create();
    expect(await reach(0)).toEqual([0]);
    frontier.want(at(1), at(0));
    frontier.want(at(-1 + 3), at(0));
    frontier.startLoads();
    expect(admitted()).toEqual([]);
    await load(1, 2);
    expect(admitted(1)).toEqual([1]);
    expect(frontier.isShortOfRoom).toBe(true);
    expect(admitted(1)).toEqual([2]);
    expect([frontier.isShortOfRoom, frontier.isLoading, frontier.waiting]).toEqual([
      false,
      false,
      0,
    ]);
  });

  it('brings sources back that were put away, before what they touch', async () => {
    const { frontier, load, admitted, reach, loads } = create();
    await reach(0);
    frontier.want(at(1), at(0));
    frontier.putAway(at(0), 0);
    frontier.startLoads();
    expect([...loads.keys()]).toEqual([0, 1]);
    expect(loads.get(0)).toHaveLength(2);
    await load(0, 1);
    expect(admitted()).toEqual([[0], 1]);
  });

  it('leaves away what nothing can come into from there', async () => {
    const { frontier, load, admitted, reach } = create();
    await reach(1);
    // From what lies before it on x something may still come, from what lies behind it not.
    frontier.putAway(at(1), 1 << linkOf([0, 0, 1]));
    await reach(0, 2);
    frontier.want(at(1), at(2));
    expect(frontier.waiting).toBe(0);
    frontier.want(at(1), at(0));
    frontier.startLoads();
    await load(1);
    expect(admitted()).toEqual([1]);
    frontier.putAway(at(1), 0);
    frontier.want(at(1), at(2));
    expect(frontier.waiting).toBe(1);
  });

  it('keeps sources of what is being loaded, and those that touch it meanwhile', async () => {
    const { frontier, load, admitted, reach } = create();
    await reach(0, 2, 5);
    frontier.want(at(1), at(0));
    frontier.startLoads();
    frontier.want(at(1), at(2));
    expect(frontier.victims(9)).toEqual([at(5)]);
    await load(1);
    expect(admitted()).toEqual([1]);
    expect(frontier.victims(9).toSorted()).toEqual([at(0), at(1), at(2), at(5)].toSorted());
  });

  it('puts away last what something wanted will need', async () => {
    const { frontier, reach } = create();
    await reach(0, 2, 5);
    frontier.want(at(1), at(0));
    expect(frontier.victims(2)).toEqual([at(2), at(5)]);
    expect(frontier.victims(9)).toHaveLength(3);
  });

  it('has a brick looked at again that came back as a source while it was wanted itself', async () => {
    const { frontier, load, admitted, reach } = create();
    await reach(0, 1, 2);
    for (const x of [0, 1, 2]) frontier.putAway(at(x), 0);
    await reach(3, 4);
    // 1 is wanted by 0, which is away, and 2 by 1.
    frontier.want(at(2), at(1));
    frontier.want(at(1), at(0));
    frontier.startLoads();
    await load(0, 1, 2);
    const all = admitted();
    expect(all).toContain(2);
    expect(all).toContain(1);
    expect(all.flat().indexOf(0)).toBeLessThan(all.indexOf(1));
    expect(frontier.waiting).toBe(0);
  });

  it('goes on without what cannot be read, unless it is the first', async () => {
    const { frontier, loads, load, admitted, reach } = create();
    await reach(0);
    frontier.want(at(1), at(0));
    frontier.putAway(at(0), 0);
    frontier.startLoads();
    loads.get(0)?.at(-1)?.reject(unreadable);
    await load(1);
    expect(admitted()).toEqual([1]);
    expect([...frontier.unread]).toEqual([at(0)]);
    frontier.want(at(0), at(1));
    expect(frontier.waiting).toBe(0);

    const first = create();
    first.frontier.want(at(0));
    first.frontier.startLoads();
    first.loads.get(0)?.[0]?.reject(unreadable);
    await first.load();
    expect(() => first.frontier.check()).toThrow(unreadable);
  });

  it('drops what it loaded and did not admit, also what comes later', async () => {
    const { frontier, load, dropped, reach } = create();
    await reach(0);
    frontier.want(at(1), at(0));
    frontier.want(at(2), at(0));
    frontier.startLoads();
    await load(1);
    frontier.dispose();
    await load(2);
    expect(dropped).toEqual([1, 2]);
  });

  it('prefetches what lies straight ahead while little is wanted', async () => {
    const { frontier, prefetched, reach } = create();
    await reach(3);
    frontier.want(at(4), at(3));
    frontier.startLoads();
    expect(prefetched).toEqual([5, 6, 7, 8]);
  });

  it('never needs more bricks beside each other than there is room for', async () => {
    const { frontier, loads, reach } = create(28);
    await reach(0);
    const sources = Array.from({ length: 12 }, (_, index) => 20 + index);
    for (const x of sources) await reach(x);
    for (const x of sources) frontier.putAway(at(x), 0);
    loads.clear();
    for (const wanted of [100, 200, 300]) for (const x of sources) frontier.want(at(wanted), at(x));
    frontier.startLoads();
    expect(loads.size).toBeLessThanOrEqual(28);
    expect(frontier.isLoading).toBe(true);
  });

  it('does not fill up with sources of what waits, and looks at that again instead', async () => {
    const { frontier, load, admitted, reach } = create(4);
    await reach(0, 1, 2);
    frontier.want(at(9), at(0));
    frontier.startLoads();
    frontier.want(at(9), at(1));
    frontier.want(at(9), at(2));
    await load(9);
    expect(admitted(1)).toEqual([9]);
    const tight = create(3);
    await tight.reach(0, 1, 2);
    tight.frontier.want(at(9), at(0));
    tight.frontier.startLoads();
    tight.frontier.want(at(9), at(1));
    tight.frontier.want(at(9), at(2));
    await tight.load(9);
    expect(tight.frontier.victims(9)).toEqual([at(2)]);
    tight.frontier.putAway(at(2), 0);
    expect(tight.admitted(1)).toEqual([9]);
    expect(tight.frontier.waiting).toBe(1);
    tight.frontier.startLoads();
    tight.frontier.putAway(at(0), 0);
    await tight.load(2, 9);
    expect(tight.admitted(2)).toEqual([[2], 9]);
    expect(tight.frontier.waiting).toBe(0);
  });

  it('lets none wait for a source that could not be read, however many need it', async () => {
    const { frontier, loads, load, admitted, reach } = create();
    await reach(0);
    frontier.want(at(1), at(0));
    frontier.want(at(2), at(0));
    frontier.putAway(at(0), 0);
    frontier.startLoads();
    loads.get(0)?.at(-1)?.reject(unreadable);
    await load(1);
    expect(admitted()).toEqual([1]);
    await load(2);
    expect(admitted()).toEqual([2]);
    expect(frontier.isLoading).toBe(false);
  });
});
