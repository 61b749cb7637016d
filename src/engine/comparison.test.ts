import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate, bitsDtypeOf, bytesOf, type Dtype, type VoxelArray } from '../core/dtype';
import { voxelsOfBits } from '../core/voxels';
import { comparedDtypeOf, comparisonOf, rangeAt, type StoredValue } from './comparison';

const DTYPES = Object.keys(bytesOf) as Dtype[];

function voxelsOf(dtype: Dtype, values: readonly bigint[]): VoxelArray {
  const bits = allocate(bitsDtypeOf(dtype), values.length);
  for (const [at, value] of values.entries())
    bits[at] = bytesOf[dtype] === 8 ? value : (Number(value) as never);
  return voxelsOfBits(dtype, bits);
}

/** Voxels of any bits, each with those next to it. */
const voxels = (dtype: Dtype) => {
  const width = 8 * bytesOf[dtype];
  const around = (bits: bigint) => [-1n, 0n, 1n].map((step) => BigInt.asUintN(width, bits + step));
  return fc
    .array(fc.bigInt({ min: 0n, max: 2n ** BigInt(width) - 1n }), { minLength: 1, maxLength: 20 })
    .map((bits) => voxelsOf(dtype, bits.flatMap(around)));
};

/** An end of a range: a voxel's value, or one a little beside it, of any size. */
const end = (at: StoredValue, by: number): StoredValue => {
  if (by === 0) return at;
  return Number(at) * (1 + by * 2 ** -40) + by * 2 ** -30;
};

describe.each(DTYPES)('%s', (dtype) => {
  it('is compared by the kernels as its stored values compare', () => {
    const byThousandths = fc.integer({ min: -1000, max: 1000 });
    fc.assert(
      fc.property(
        voxels(dtype),
        fc.nat(),
        fc.nat(),
        byThousandths,
        byThousandths,
        (stored, a, b, byLow, byHigh) => {
          const voxel = (at: number) => stored[at % stored.length] ?? 0;
          const range = { low: end(voxel(a), byLow), high: end(voxel(b), byHigh) };
          const { range: kernelRange, prepare, dtype: kernelDtype } = comparisonOf(dtype, range);
          expect(kernelDtype).toBe(comparedDtypeOf(dtype));
          const prepared = prepare(stored);
          for (let at = 0; at < stored.length; at++) {
            const value = prepared[at] ?? Number.NaN;
            // As the kernels have them, in single precision at most.
            const [low, high] = [Math.fround(kernelRange.low), Math.fround(kernelRange.high)];
            // JavaScript compares bigints and numbers exactly.
            expect([at, value >= low && value <= high]).toEqual([
              at,
              voxel(at) >= range.low && voxel(at) <= range.high,
            ]);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('the range', () => {
  it('around a seed is exact in integers of 64 bits', () => {
    const seed = 2n ** 60n + 1n;
    expect(rangeAt({ tolerance: 0 }, seed)).toEqual({ low: seed, high: seed });
    expect(rangeAt({ tolerance: 2.5 }, -seed)).toEqual({ low: -seed - 2n, high: -seed + 2n });
    expect(rangeAt({ tolerance: 2.5 }, 10)).toEqual({ low: 7.5, high: 12.5 });
    expect(rangeAt({ low: 1, high: 2 }, seed)).toEqual({ low: 1, high: 2 });
  });

  it.each(DTYPES)(
    'from and to infinity holds all numbers of %s, and no range holds NaN',
    (dtype) => {
      const all = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
      const stored = voxelsOf(dtype, [0n, 1n, 2n ** BigInt(8 * bytesOf[dtype]) - 1n]);
      const { range, prepare } = comparisonOf(dtype, all);
      const inside = Array.from(
        prepare(stored),
        (value) => value >= range.low && value <= range.high,
      );
      expect(inside).toEqual([true, true, !Number.isNaN(stored[2])]);
    },
  );
});
