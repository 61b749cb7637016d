import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brickKey, brickOfVoxel } from '../core/brick';
import { BRICK_WORDS, type BrickBits, bitOfVoxel } from '../core/brick-bits';
import { boxOfSegment, type SegmentBits } from '../core/packed-bits';
import { packed } from '../core/testing/packed';
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
