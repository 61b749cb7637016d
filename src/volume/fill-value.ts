import { allocate, bitsDtypeOf, bytesOf, type Dtype, isFloat, viewAs } from '../core/dtype';
import { float16Bits } from '../core/float16';
import { badMetadata } from './parse';

const SPECIAL: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** A whole number, exactly; long ones come as digits. */
function integerOf(value: unknown): bigint | undefined {
  if (typeof value === 'boolean') return BigInt(value);
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? BigInt(value) : undefined;
}

function integerBits(dtype: Dtype, value: unknown): bigint | undefined {
  const integer = integerOf(value);
  const bits = dtype === 'bool' ? 1 : 8 * bytesOf[dtype];
  if (integer === undefined) return undefined;
  const fits = dtype.startsWith('int')
    ? BigInt.asIntN(bits, integer)
    : BigInt.asUintN(bits, integer);
  return fits === integer ? BigInt.asUintN(bits, integer) : undefined;
}

function floatOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  if (Object.hasOwn(SPECIAL, value)) return SPECIAL[value];
  const integer = integerOf(value);
  return integer === undefined ? undefined : Number(integer);
}

function floatBits(dtype: Dtype, value: unknown): bigint | undefined {
  const digits = 2 * bytesOf[dtype];
  if (typeof value === 'string' && /^0x[\da-f]+$/i.test(value))
    return value.length === 2 + digits ? BigInt(value) : undefined;
  const number = floatOf(value);
  if (number === undefined) return undefined;
  if (dtype === 'float16') return BigInt(float16Bits(number));
  const array = allocate(dtype === 'float32' ? 'float32' : 'float64', 1).fill(number);
  return BigInt(viewAs(bitsDtypeOf(dtype), array)[0] ?? 0);
}

/**
 * The `fill_value` of an array's metadata as the bits of its voxels, a bigint where they have 64. None is 0, as other readers
 * have it; floats may be given as the hexadecimal digits of their bits (Zarr 3). BAD_METADATA for what is no value of the type.
 */
export function fillBits(dtype: Dtype, value: unknown, url: string): number | bigint {
  const bits = isFloat(dtype) ? floatBits(dtype, value ?? 0) : integerBits(dtype, value ?? 0);
  if (bits === undefined)
    throw badMetadata(url, `its fill_value ${JSON.stringify(value)} is no value of ${dtype}`);
  return bytesOf[dtype] === 8 ? bits : Number(bits);
}
