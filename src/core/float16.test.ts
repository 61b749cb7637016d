import { describe, expect, it } from 'vitest';
import { float16Bits, float16ToFloat32 } from './float16';

const ALL = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits);

/** IEEE 754, 3.4: what 16 bits stand for. */
function meaning(bits: number): number {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15);
}

describe('float16', () => {
  it('is widened exactly, all 65,536 of it', () => {
    const wide = float16ToFloat32(ALL);
    const wrong = ALL.filter((bits) => !Object.is(wide[bits], meaning(bits)));
    expect([...wrong]).toEqual([]);
  });

  it('keeps what a NaN carries', () => {
    const wide = new Uint32Array(float16ToFloat32(Uint16Array.of(0x7e01, 0xfd55)).buffer);
    expect([...wide]).toEqual([0x7fc02000, 0xffaaa000]);
  });

  it('is found again from each of its values, and from what lies between two', () => {
    const isNumber = (bits: number) => !Number.isNaN(meaning(bits));
    expect(ALL.filter((bits) => isNumber(bits) && float16Bits(meaning(bits)) !== bits)).toEqual(
      new Uint16Array(),
    );
    expect(float16Bits(Number.NaN)).toBe(0x7e00);
    // Halves go to the even one, what is above 65,519 to infinity.
    expect(
      [2049, 2051, 65519, 65520, 1e300, -1e300, 2 ** -25, 2 ** -24 * 1.5].map(float16Bits),
    ).toEqual([0x6800, 0x6802, 0x7bff, 0x7c00, 0x7c00, 0xfc00, 0, 2]);
  });
});
