import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockMap, countBlocks, endOf, type Runs, runsOf } from './block-map';

const blocksOf = (runs: Runs): number[] =>
  [...runsOf(runs)].flatMap(([first, count]) =>
    Array.from({ length: count }, (_, at) => first + at),
  );

describe('a map of blocks', () => {
  it('takes the lowest free ones, across gaps, and no more than its limit', () => {
    const map = new BlockMap(10);
    const first = map.take(3) ?? [];
    map.take(2);
    map.free(first);
    expect(map.take(4)).toEqual([0, 3, 5, 1]);
    expect(map.take(5)).toBeUndefined();
    expect(map.take(4)).toEqual([6, 4]);
    expect(map).toMatchObject({ usedBlocks: 10, endBlock: 10 });
  });

  it('claims all or nothing', () => {
    const map = new BlockMap(8);
    expect(map.claim([2, 2])).toBe(true);
    for (const bad of [
      [0, 1, 3, 1],
      [0, 2, 1, 1],
      [7, 2],
      [2 ** 32 - 1, 1],
    ])
      expect(map.claim(bad)).toBe(false);
    expect(map.usedBlocks).toBe(2);
    expect(map.take(6)).toEqual([0, 2, 4, 4]);
  });

  it('never gives a block twice', () => {
    const steps = fc.array(fc.record({ blocks: fc.nat(40), frees: fc.boolean() }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(steps, (all) => {
        const map = new BlockMap(200);
        const held: Runs[] = [];
        for (const { blocks, frees } of all) {
          if (frees) map.free(held.splice(blocks % Math.max(held.length, 1), 1)[0] ?? []);
          const isRoom = map.usedBlocks + blocks <= 200;
          const runs = map.take(blocks);
          expect(runs !== undefined).toBe(isRoom);
          if (runs) held.push(runs);
          const all = held.flatMap(blocksOf);
          expect(new Set(all).size).toBe(all.length);
          expect(map.usedBlocks).toBe(held.reduce((sum, each) => sum + countBlocks(each), 0));
          expect(map.endBlock).toBe(Math.max(0, ...held.map(endOf)));
        }
      }),
    );
  });
});
