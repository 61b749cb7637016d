import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Box, contains, intersect, isEmpty } from '../core/box';
import { allocate, type NativeDtype, type VoxelArray } from '../core/dtype';
import { volumeOf, type Zyx } from '../core/vec';
import { LabelComparison } from './label-comparison';
import { referenceScores } from './reference';

const MOST = { mostFaults: 100, mostPieces: 100 };
const ALL = { ignoreZeroTruth: true, ignoreZeroSegments: false };

/** Few ids, so that they meet; some that no double holds, and negative ones. */
const IDS = [0n, 1n, 2n, 3n, 2n ** 32n, 2n ** 32n + 1n, 2n ** 63n + 5n, 2n ** 64n - 1n];

const dtypes: readonly NativeDtype[] = ['uint8', 'uint16', 'int32', 'uint32', 'uint64', 'int64'];

/** Labels of a type from choices among the ids that it can hold. */
function labelsOf(dtype: NativeDtype, choices: readonly number[]): VoxelArray {
  const labels = allocate(dtype, choices.length);
  for (const [i, choice] of choices.entries()) {
    const id = IDS[choice % IDS.length] ?? 0n;
    labels[i] =
      labels instanceof BigUint64Array || labels instanceof BigInt64Array ? id : Number(id);
  }
  return labels;
}

/** As comparisons see them: bits of 64. */
const idsOf = (labels: VoxelArray): bigint[] =>
  [...labels].map((label) => BigInt.asUintN(64, BigInt(label)));

const size = fc.integer({ min: 1, max: 5 });
const shape = fc.tuple(size, size, size);
const compared = shape.chain((shapeZyx) => {
  const choices = fc.array(fc.nat(IDS.length - 1), {
    minLength: volumeOf(shapeZyx),
    maxLength: volumeOf(shapeZyx),
  });
  return fc.record({
    box: fc
      .tuple(fc.nat(9), fc.nat(9), fc.nat(9))
      .map((originZyx): Box => ({ originZyx, shapeZyx })),
    cutZyx: shape,
    a: fc.tuple(fc.constantFrom(...dtypes), choices),
    b: fc.tuple(fc.constantFrom(...dtypes), choices),
    counted: fc.record({ ignoreZeroTruth: fc.boolean(), ignoreZeroSegments: fc.boolean() }),
  });
});

function cut(labels: VoxelArray, box: Box, part: Box): VoxelArray {
  const [, sizeY, sizeX] = box.shapeZyx;
  return labels.filter((_: number | bigint, i: number) =>
    contains(part, [
      box.originZyx[0] + Math.floor(i / (sizeX * sizeY)),
      box.originZyx[1] + (Math.floor(i / sizeX) % sizeY),
      box.originZyx[2] + (i % sizeX),
    ]),
  );
}

/** Takes in a box by parts of a size. */
function compare(a: VoxelArray, b: VoxelArray, box: Box, cutZyx: Zyx = box.shapeZyx) {
  const comparison = new LabelComparison(box);
  const [z0, y0, x0] = box.originZyx;
  const [nz, ny, nx] = box.shapeZyx;
  for (let z = 0; z < nz; z += cutZyx[0])
    for (let y = 0; y < ny; y += cutZyx[1])
      for (let x = 0; x < nx; x += cutZyx[2]) {
        const part = intersect(box, { originZyx: [z0 + z, y0 + y, x0 + x], shapeZyx: cutZyx });
        if (!isEmpty(part)) comparison.add(cut(a, box, part), cut(b, box, part), part);
      }
  return comparison;
}

describe('LabelComparison', () => {
  it('scores as the definitions do, of any integers, however the box is cut', () => {
    fc.assert(
      fc.property(compared, ({ box, cutZyx, a: [dtypeA, ofA], b: [dtypeB, ofB], counted }) => {
        const [a, b] = [labelsOf(dtypeA, ofA), labelsOf(dtypeB, ofB)];
        const result = compare(a, b, box, cutZyx).result(counted, MOST);
        const expected = referenceScores(idsOf(a), idsOf(b), counted);
        for (const [name, value] of Object.entries(expected))
          expect(result[name as keyof typeof expected], name).toBeCloseTo(value, 10);
      }),
    );
  });

  it('lists every merge and split with all its parts, the worst first, and a voxel of each part', () => {
    fc.assert(
      fc.property(compared, ({ box, cutZyx, a: [dtypeA, ofA], b: [dtypeB, ofB], counted }) => {
        const [a, b] = [labelsOf(dtypeA, ofA), labelsOf(dtypeB, ofB)];
        const result = compare(a, b, box, cutZyx).result(counted, MOST);
        const [idsA, idsB] = [idsOf(a), idsOf(b)];
        for (const [faults, own, other, zeroBits, vi] of [
          [result.merges, idsA, idsB, result.unlabelledBits, result.viMerge],
          [result.splits, idsB, idsA, undefined, result.viSplit],
        ] as const) {
          const isCounted = (i: number) =>
            !(counted.ignoreZeroTruth && idsB[i] === 0n) &&
            !(counted.ignoreZeroSegments && idsA[i] === 0n);
          const bits = faults.faults.map((fault) => fault.bits);
          expect(bits).toEqual(bits.toSorted((one, two) => two - one));
          expect(faults.total).toBe(faults.faults.length);
          if (zeroBits !== undefined)
            expect(bits.reduce((sum, some) => sum + some, zeroBits)).toBeCloseTo(vi, 10);
          for (const { id, voxels, others, pieces } of faults.faults) {
            const mine = [...own.keys()].filter((i) => own[i] === id && isCounted(i));
            expect(voxels).toBe(mine.length);
            expect(others).toBe(pieces.length);
            expect(new Set(pieces.map((piece) => piece.id))).toEqual(
              new Set(mine.map((i) => other[i])),
            );
            for (const piece of pieces) {
              expect(piece.voxels).toBe(mine.filter((i) => other[i] === piece.id).length);
              const [z, y, x] = piece.voxelZyx.map(
                (at, axis) => at - (box.originZyx[axis] ?? 0),
              ) as unknown as Zyx;
              const at = (z * box.shapeZyx[1] + y) * box.shapeZyx[2] + x;
              expect([own[at], other[at]]).toEqual([id, piece.id]);
            }
          }
        }
      }),
    );
  });

  it('finds nothing wrong with equal partitions, whatever their ids', () => {
    const box: Box = { originZyx: [0, 0, 0], shapeZyx: [2, 3, 4] };
    const a = Uint16Array.from({ length: 24 }, (_, i) => 1 + (i % 5));
    const b = BigUint64Array.from(a, (id) => 2n ** 60n - BigInt(id));
    const result = compare(a, b, box).result(ALL, MOST);
    expect(result).toMatchObject({ viSplit: 0, viMerge: 0, adaptedRandError: 0 });
    expect([result.merges.total, result.splits.total]).toEqual([0, 0]);
  });

  it('scores nothing as flawless', () => {
    const box: Box = { originZyx: [0, 0, 0], shapeZyx: [1, 1, 2] };
    const result = compare(Uint8Array.of(1, 2), Uint8Array.of(0, 0), box).result(ALL, MOST);
    expect(result).toMatchObject({ voxels: 0, segments: 0, viSplit: 0, adaptedRandError: 0 });
  });

  it('holds on to many labels and pairs, in memory that it tells of', () => {
    const box: Box = { originZyx: [0, 0, 0], shapeZyx: [10, 100, 100] };
    const a = BigUint64Array.from({ length: 1e5 }, (_, i) => BigInt(i) << 20n);
    const b = Uint32Array.from({ length: 1e5 }, (_, i) => 1 + (i >> 1));
    const comparison = compare(a, b, box);
    const result = comparison.result(ALL, { mostFaults: 7, mostPieces: 1 });
    expect(result).toMatchObject({
      segments: 1e5,
      truths: 5e4,
      viMerge: 0,
      precision: 1,
      recall: 0,
    });
    expect(result.viSplit).toBeCloseTo(1, 10);
    expect(result.splits.total).toBe(5e4);
    expect(result.splits.faults.map(({ pieces }) => pieces.length)).toEqual(Array(7).fill(1));
    expect(comparison.bytes).toBeGreaterThan(28e5);
  });
});
