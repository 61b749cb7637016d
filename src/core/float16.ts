const SIGN = 0x8000;
const EXPONENT = 0x7c00;
const FRACTION = 0x03ff;
/** Added to an exponent of binary16, already in its place, it makes one of binary32: 127 - 15. */
const REBIAS = (127 - 15) << 23;

/** The bits of an IEEE 754 binary16 number as those of the same number in binary32. */
function widened(half: number): number {
  const sign = (half & SIGN) << 16;
  const magnitude = half & (EXPONENT | FRACTION);
  if (magnitude === 0) return sign;
  if (magnitude >= EXPONENT) return sign | 0x7f800000 | ((half & FRACTION) << 13);
  if (magnitude > FRACTION) return sign | ((magnitude << 13) + REBIAS);
  // Subnormal: the leading one goes to where the fraction ends, and is left out.
  const shift = Math.clz32(magnitude) - 21;
  const fraction = (magnitude << shift) & FRACTION;
  return sign | ((113 - shift) << 23) | (fraction << 13);
}

let table: Uint32Array | undefined;

/** Numbers of binary16, given as bits, in binary32: every one exactly, and NaNs keep what they carry. */
export function float16ToFloat32(bits: Uint16Array): Float32Array<ArrayBuffer> {
  table ??= Uint32Array.from({ length: 2 ** 16 }, (_, half) => widened(half));
  const wide = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) wide[i] = table[bits[i] ?? 0] ?? 0;
  return new Float32Array(wide.buffer);
}

/** The bits of the binary16 number next to a value, of two the even one; what is too large becomes an infinity. */
export function float16Bits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? SIGN : 0;
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return EXPONENT | 0x200;
  // Steps of the numbers below 2^-14 are 2^-24, above they double with the exponent.
  const exponent = Math.min(Math.max(Math.floor(Math.log2(magnitude)), -14), 16);
  const steps = magnitude / 2 ** (exponent - 10);
  const whole = Math.floor(steps);
  const rest = steps - whole;
  const rounded = rest > 0.5 || (rest === 0.5 && whole % 2 === 1) ? whole + 1 : whole;
  const bits = (exponent + 14) * 2 ** 10 + rounded;
  return sign | Math.min(bits, EXPONENT);
}
