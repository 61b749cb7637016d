import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brickKey, brickOfVoxel } from '../core/brick';
import { type Bits, BRICK_WORDS, type BrickBits, bitOfVoxel } from '../core/brick-bits';
import { boxOfSegment, type SegmentBits } from '../core/packed-bits';
import { packed, sameBits } from '../core/testing/packed';
import type { Zyx } from '../core/vec';
import { LabelStore } from './label-store';

const bitsOf = (voxels: readonly Zyx[]): SegmentBits => {
  const bits: BrickBits = new Map();
  for (const zyx of voxels) {
    const key = brickKey(brickOfVoxel(zyx));
    const words = bits.get(key) ?? new Uint32Array(BRICK_WORDS);
    bits.set(key, words);
    const { word, bit } = bitOfVoxel(zyx);
    words[word] = (words[word] ?? 0) | (1 << bit);
  }
  return packed(bits);
};

const at = fc.integer({ min: 0, max: 150 });
const voxels = fc.uniqueArray(fc.tuple(at, at, at), {
  minLength: 1,
  maxLength: 40,
  selector: String,
});

describe('the label store', () => {
  it('gives each voxel to the segment that took it last, and counts what others lose', () => {
    fc.assert(
      fc.property(fc.array(voxels, { minLength: 1, maxLength: 5 }), (segments) => {
        const store = new LabelStore();
        const truth = new Map<string, { zyx: Zyx; id: number }>();
        segments.forEach((taken, index) => {
          const id = index + 1;
          const { lost } = store.commit(id, bitsOf(taken));
          const expected = new Map<number, number>();
          for (const zyx of taken) {
            const owner = truth.get(String(zyx))?.id;
            if (owner) expected.set(owner, (expected.get(owner) ?? 0) + 1);
            truth.set(String(zyx), { zyx, id });
          }
          expect(lost).toEqual(expected);
        });
        for (const { zyx, id } of truth.values()) expect(store.labelAt(zyx)).toBe(id);
      }),
      { numRuns: 40 },
    );
  });

  it('reads any box as it reads voxel by voxel', () => {
    fc.assert(
      fc.property(voxels, fc.tuple(at, at, at), (taken, originZyx) => {
        const store = new LabelStore();
        store.commit(7, bitsOf(taken));
        const box = { originZyx, shapeZyx: [20, 70, 3] } as const;
        const data = store.readBox(box);
        const inside = new Set(taken.map(String));
        let index = 0;
        for (let z = 0; z < 20; z++)
          for (let y = 0; y < 70; y++)
            for (let x = 0; x < 3; x++) {
              const zyx = [originZyx[0] + z, originZyx[1] + y, originZyx[2] + x];
              expect(data[index++]).toBe(inside.has(String(zyx)) ? 7 : 0);
            }
      }),
      { numRuns: 5 },
    );
  });

  it('holds bricks of many small segments as an array of ids does', () => {
    const box = fc.record({
      originZyx: fc.tuple(fc.nat(60), fc.nat(60), fc.nat(60)),
      edge: fc.integer({ min: 1, max: 40 }),
    });
    const segments = fc.integer({ min: 1, max: 800 });
    const over = fc.array(box, { maxLength: 4 });
    const dense = fc.property(segments, fc.integer(), over, (count, seed, boxes) => {
      const store = new LabelStore();
      const plain = new Uint32Array(64 ** 3);
      const cells = Math.ceil(Math.cbrt(count));
      const idAt = ([z, y, x]: Zyx) => {
        const cell = [z, y, x].map((at) => Math.floor((at * cells) / 64));
        const [cz = 0, cy = 0, cx = 0] = cell;
        // Grains of one cell that reach into others, and some that nobody has.
        const noise = Math.imul(z * 4096 + y * 64 + x, seed | 1) >>> 28;
        return noise === 0 ? 0 : ((cz * cells + cy) * cells + cx + (noise === 1 ? 1 : 0)) % count;
      };
      const bits = new Map<number, Bits>();
      const give = (id: number, zyx: Zyx) => {
        const words = bits.get(id) ?? new Uint32Array(BRICK_WORDS);
        bits.set(id, words);
        const { word, bit } = bitOfVoxel(zyx);
        words[word] = (words[word] ?? 0) | (1 << bit);
      };
      const each = (visit: (zyx: Zyx, at: number) => void) => {
        for (let at = 0; at < plain.length; at++) visit([at >> 12, (at >> 6) & 63, at & 63], at);
      };
      const commit = () => {
        const lost = [...bits].map(([id, words]) => [
          id,
          store.commit(id, packed(new Map([[0, words]]))).lost,
        ]);
        bits.clear();
        return lost;
      };
      each((zyx, at) => {
        plain[at] = idAt(zyx);
        if (plain[at] !== 0) give(plain[at] ?? 0, zyx);
      });
      for (const [, lost] of commit()) expect(lost).toEqual(new Map());
      boxes.forEach((taken, index) => {
        const id = 10_000 + index;
        const lost = new Map<number, number>();
        each((zyx, at) => {
          if (
            !zyx.every(
              (v, i) =>
                v >= (taken.originZyx[i] ?? 0) && v < (taken.originZyx[i] ?? 0) + taken.edge,
            )
          )
            return;
          const owner = plain[at] ?? 0;
          if (owner !== 0) lost.set(owner, (lost.get(owner) ?? 0) + 1);
          plain[at] = id;
          give(id, zyx);
        });
        expect(commit()).toEqual([[id, lost]]);
      });
      expect(sameBits(store.brick([0, 0, 0]), plain)).toBe(true);
      const some = plain.find((id) => id !== 0) ?? 0;
      const others = store.othersOf(some, 0);
      let wrong = 0;
      each((zyx, at) => {
        const { word, bit } = bitOfVoxel(zyx);
        const isOthers = plain[at] !== 0 && plain[at] !== some;
        if (((((others?.[word] ?? 0) >>> bit) & 1) === 1) !== isOthers) wrong++;
      });
      expect(wrong).toBe(0);
    });
    fc.assert(dense, { numRuns: 6 });
  });

  it('forgets a removed segment, and only that', () => {
    const store = new LabelStore();
    store.commit(1, bitsOf([[1, 2, 3]]));
    store.commit(2, bitsOf([[1, 2, 4]]));
    const version = store.version(0);
    store.remove(1);
    expect([store.labelAt([1, 2, 3]), store.labelAt([1, 2, 4])]).toEqual([0, 2]);
    expect(store.version(0)).toBeGreaterThan(version);
    store.remove(2);
    expect([...store.held()]).toEqual([]);
  });

  it('knows the smallest box around bits', () => {
    fc.assert(
      fc.property(voxels, (taken) => {
        const axis = (index: 0 | 1 | 2) => taken.map((zyx) => zyx[index]);
        const first = [0, 1, 2].map((index) => Math.min(...axis(index as 0 | 1 | 2)));
        const last = [0, 1, 2].map((index) => Math.max(...axis(index as 0 | 1 | 2)));
        expect(boxOfSegment(bitsOf(taken))).toEqual({
          originZyx: first,
          shapeZyx: last.map((value, index) => value - (first[index] ?? 0) + 1),
        });
      }),
    );
  });
});
