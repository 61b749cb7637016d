import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KIND, place } from './kernels';
import { byDeviation, byRange, normalizeVoxels } from './linear';
import { halfReference, normalizeReference, normalizeToBytesReference } from './reference';
import { noStatistics, statisticsOf } from './statistics';
import { variants } from './testing/kernels';
import { anyVoxels } from './testing/voxels';

const anyLinear = fc.record({
  scale: fc.oneof(fc.constantFrom(0, 1, 0.5, -1 / 255), fc.double({ noNaN: true })),
  offset: fc.oneof(fc.constantFrom(0, 0.5, -100), fc.double({ noNaN: true })),
});
/** As statistics give them: some value becomes 0. */
const centredLinear = fc
  .record({
    scale: fc.double({ min: 2 ** -20, max: 2 ** 20, noNaN: true }),
    centre: fc.double({ min: -40_000, max: 70_000, noNaN: true }),
  })
  .map(({ scale, centre }) => ({ scale, offset: -centre * scale }));
const linears = fc.oneof(anyLinear, centredLinear);

/** How many floats lie between those of two arrays, at most. */
function mostUlps(found: Float32Array, expected: Float32Array): number {
  const order = (floats: Float32Array) =>
    Array.from(new Int32Array(floats.buffer), (bits) => (bits < 0 ? -(bits & 0x7fff_ffff) : bits));
  const expectedOrder = order(expected);
  return order(found).reduce(
    (most, at, index) => Math.max(most, Math.abs(at - (expectedOrder[index] ?? Number.NaN))),
    0,
  );
}

describe.each(variants)('%s', (name, kernels) => {
  it('gives the numbers of the plain expression', () => {
    fc.assert(
      fc.property(anyVoxels(), linears, (voxels, linear) => {
        const floats = normalizeReference(voxels, linear);
        const found = normalizeVoxels(kernels, voxels, 'float32', linear);
        if (voxels instanceof Float32Array) expect(found).toEqual(floats);
        else expect(mostUlps(found, floats)).toBeLessThanOrEqual(2);
        expect(normalizeVoxels(kernels, voxels, 'uint8', linear)).toEqual(
          normalizeToBytesReference(voxels, linear),
        );
        expect(normalizeVoxels(kernels, voxels, 'float16', linear)).toEqual(
          Uint16Array.from(floats, halfReference),
        );
      }),
      { numRuns: 600, seed: 10 },
    );
  });

  it('is the same to the last bit with and without SIMD', () => {
    const [, other] = variants.find(([each]) => each !== name) ?? [];
    if (!other) throw new Error('there is only one variant');
    fc.assert(
      fc.property(anyVoxels(), linears, (voxels, linear) => {
        expect(normalizeVoxels(kernels, voxels, 'float32', linear)).toEqual(
          normalizeVoxels(other, voxels, 'float32', linear),
        );
      }),
      { numRuns: 200, seed: 10 },
    );
  });

  it('rounds bytes to even and clamps them', () => {
    const voxels = new Float32Array([0.5, 1.5, 2.5, 254.5, 255.5, 1e9, -0.5, -7, Number.NaN]);
    const bytes = normalizeVoxels(kernels, voxels, 'uint8', { scale: 1, offset: 0 });
    expect([...bytes]).toEqual([0, 2, 2, 254, 255, 255, 0, 0, 0]);
  });

  it('makes halves of every size', () => {
    const same = { scale: 1, offset: -0 };
    const cases: [number, number][] = [
      [0, 0],
      [-0, 0x8000],
      [1, 0x3c00],
      [-2, 0xc000],
      [65504, 0x7bff],
      [65519.99, 0x7bff],
      [65520, 0x7c00],
      [1e30, 0x7c00],
      [Number.NEGATIVE_INFINITY, 0xfc00],
      [Number.NaN, 0x7e00],
      [2 ** -14, 0x0400],
      [2 ** -14 - 2 ** -25, 0x0400],
      [2 ** -24, 1],
      [2 ** -25, 0],
      [3 * 2 ** -25, 2],
      [1 + 2 ** -11, 0x3c00],
      [1 + 3 * 2 ** -11, 0x3c02],
    ];
    const voxels = Float32Array.from(cases, ([value]) => value);
    const halves = normalizeVoxels(kernels, voxels, 'float16', same);
    expect([...halves]).toEqual(cases.map(([, half]) => half));
    const bits = Uint32Array.from({ length: 2 ** 16 }, (__, at) => at * 65_521);
    const all = new Float32Array(bits.buffer);
    expect(normalizeVoxels(kernels, all, 'float16', same)).toEqual(
      Uint16Array.from(all, halfReference),
    );
  });

  it('writes no byte behind the last voxel', () => {
    const guard = new Uint8Array(64).fill(0xa5);
    for (let length = 0; length <= 17; length++) {
      const voxels = new Uint16Array(length).fill(7);
      const [src, dst] = place(kernels.arena, [voxels, guard]);
      kernels.call.normalize(src, KIND.uint16, dst, KIND.uint8, length, 1, 0);
      const written = [...kernels.arena.bytes(dst, 64)];
      expect(written).toEqual(Array.from(guard, (byte, at) => (at < length ? 7 : byte)));
    }
  });

  it('refuses kinds that it does not know', () => {
    expect(kernels.call.normalize(0, 9, 0, KIND.uint8, 0, 1, 0)).toBe(-6);
    expect(kernels.call.normalize(0, KIND.uint8, 0, KIND.int16, 0, 1, 0)).toBe(-6);
    expect(kernels.call.normalize(0, KIND.uint8, 0, KIND.uint8, -1, 1, 0)).toBe(-6);
  });

  it('normalizes by deviation and by range', () => {
    const voxels = new Int16Array([-3, 1, 5, 9]);
    const linear = byDeviation(statisticsOf(kernels, voxels));
    const normalized = normalizeVoxels(kernels, voxels, 'float32', linear);
    expect(statisticsOf(kernels, normalized)).toMatchObject({
      mean: expect.closeTo(0, 6),
      squares: expect.closeTo(4, 6),
    });
    expect([...normalizeVoxels(kernels, voxels, 'float32', byRange(1, 9))]).toEqual([
      -0.5, 0, 0.5, 1,
    ]);
    expect([...normalizeVoxels(kernels, voxels, 'uint8', byRange(1, 9, 255))]).toEqual([
      0, 0, 128, 255,
    ]);
  });
});

it('leaves voxels that are all equal at 0', () => {
  expect(byDeviation({ ...noStatistics, count: 2, mean: 7 })).toEqual({ scale: 1, offset: -7 });
  expect(byRange(7, 7)).toEqual({ scale: 1, offset: -7 });
});
