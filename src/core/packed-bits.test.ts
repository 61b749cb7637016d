import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bits, BRICK_WORDS, bitOfVoxel, countBits } from './brick-bits';
import { measureWords, packWords, unpackWords, visitWords } from './packed-bits';
import { sameBits } from './testing/packed';
import type { Zyx } from './vec';

const isSet = (bits: Bits, zyx: Zyx) => {
  const { word, bit } = bitOfVoxel(zyx);
  return (((bits[word] ?? 0) >>> bit) & 1) === 1;
};

/** Words of three kinds: runs of one value, noise, and noise with few bits. */
const bricks = fc
  .array(
    fc.record({
      from: fc.nat(BRICK_WORDS - 1),
      length: fc.integer({ min: 1, max: 3000 }),
      value: fc.oneof(fc.constant(0), fc.constant(0xffffffff), fc.nat(0xffffffff)),
      isNoise: fc.boolean(),
    }),
    { maxLength: 12 },
  )
  .map((runs) => {
    const bits: Bits = new Uint32Array(BRICK_WORDS);
    for (const { from, length, value, isNoise } of runs)
      for (let i = from; i < Math.min(BRICK_WORDS, from + length); i++)
        bits[i] = isNoise ? Math.imul(i + 1, value | 1) : value;
    return bits;
  });

describe('bits of a brick, compressed', () => {
  it('come back as they were, with their number and box', () => {
    fc.assert(
      fc.property(bricks, (bits) => {
        expect(sameBits(unpackWords(packWords(bits)), bits)).toBe(true);
        const { voxels, box } = measureWords(bits);
        expect(voxels).toBe(bits.reduce((sum, word) => sum + countBits(word), 0));
        const first = [64, 64, 64];
        const end = [0, 0, 0];
        for (let z = 0; z < 64; z++)
          for (let y = 0; y < 64; y++)
            for (let x = 0; x < 64; x++) {
              if (!isSet(bits, [z, y, x])) continue;
              [z, y, x].forEach((at, axis) => {
                first[axis] = Math.min(first[axis] ?? 0, at);
                end[axis] = Math.max(end[axis] ?? 0, at + 1);
              });
            }
        const plain = voxels === 0 ? [0, 0, 0] : first;
        expect(box.originZyx).toEqual(plain);
        expect(box.shapeZyx).toEqual(end.map((at, axis) => at - (plain[axis] ?? 0)));
      }),
      { numRuns: 60 },
    );
  });

  it('are visited word by word, in order, without those that are 0', () => {
    fc.assert(
      fc.property(bricks, (bits) => {
        const visited: [number, number][] = [];
        visitWords(packWords(bits), (word, value) => visited.push([word, value >>> 0]));
        expect(visited).toEqual([...bits.entries()].filter(([, value]) => value !== 0));
      }),
      { numRuns: 30 },
    );
  });

  it('take little where they are alike, and never much more than they are', () => {
    const bits: Bits = new Uint32Array(BRICK_WORDS);
    expect(packWords(bits)).toHaveLength(64);
    bits.fill(0xffffffff);
    expect(packWords(bits)).toHaveLength(70);
    for (let i = 0; i < BRICK_WORDS; i++) bits[i] = Math.imul(i * i + 1, 2654435761);
    expect(packWords(bits).length).toBeLessThanOrEqual(32768 * (1 + 1 / 8 + 1 / 64 + 1 / 512));
  });
});
