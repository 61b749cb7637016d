import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type BrickKey, brickKey, brickOfKey } from '../../core/brick';
import type { Zyx } from '../../core/vec';
import { WantedBricks } from './wanted-bricks';

const SEED: Zyx = [1, 2, 0];
const coordinate = fc.nat(3);
const brick = fc.tuple(coordinate, coordinate, coordinate).map((zyx) => brickKey(zyx));
const change = fc.oneof(
  fc.record({ add: brick, source: fc.option(brick, { nil: undefined }) }),
  fc.record({ move: brick }),
  fc.record({ take: fc.nat(5) }),
);

/** As sorted by hand: how many sources are away, then the square of the distance from the seed. */
const rankOf = (key: BrickKey, sources: ReadonlySet<BrickKey>, resident: ReadonlySet<BrickKey>) => {
  const missing = [...sources].filter((source) => !resident.has(source)).length;
  const distance = brickOfKey(key).reduce(
    (sum, at, axis) => sum + (at - (SEED[axis] ?? 0)) ** 2,
    0,
  );
  return missing * 1000 + distance;
};

it('gives the best first, whatever was added, taken and moved before', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const resident = new Set<BrickKey>();
      const wanted = new WantedBricks(SEED, (key) => resident.has(key));
      const plain = new Map<BrickKey, Set<BrickKey>>();
      const ranksNow = (keys: Iterable<BrickKey>) =>
        [...keys].map((key) => rankOf(key, plain.get(key) ?? new Set(), resident));
      for (const each of changes) {
        if ('add' in each) {
          wanted.add(each.add, each.source);
          const sources = plain.get(each.add) ?? new Set();
          plain.set(each.add, sources);
          if (each.source !== undefined) sources.add(each.source);
        } else if ('move' in each) {
          if (!resident.delete(each.move)) resident.add(each.move);
          wanted.moved(each.move);
        } else {
          // Every second of the best is taken while they are told, and the rest is not looked at.
          const told: BrickKey[] = [];
          for (const key of wanted.bestFirst()) {
            if (told.push(key) > each.take) break;
            if (told.length % 2 === 0) continue;
            expect(wanted.take(key)).toEqual(plain.get(key));
            plain.delete(key);
          }
        }
        const keys = [...wanted.bestFirst()];
        expect(new Set(keys)).toEqual(new Set(plain.keys()));
        expect(keys.length).toBe(plain.size);
        expect(ranksNow(keys)).toEqual(ranksNow(keys).toSorted((a, b) => a - b));
        expect(wanted.size).toBe(plain.size);
        for (const key of keys) expect(wanted.sourcesOf(key)).toEqual(plain.get(key));
        const sources = new Set([...plain.values()].flatMap((some) => [...some]));
        for (let key = 0; key < 4; key++) expect(wanted.isSource(key)).toBe(sources.has(key));
      }
    }),
    { numRuns: 200 },
  );
});
