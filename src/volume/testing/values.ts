import type { Dtype } from '../../core/dtype';
import type { Files } from './array-files';

const SCATTER = 0x9e3779b97f4a7c15n;

/** Bits as different as can be for each index. */
const bitsAt = (index: number, count: number): bigint =>
  (BigInt.asUintN(64, BigInt(index + 1) * SCATTER) ^ (BigInt(index) << 7n)) >> BigInt(64 - count);

const view = new DataView(new ArrayBuffer(8));

/** The number that 16 bits stand for, by IEEE 754, 3.4. */
export function float16Meaning(bits: number): number {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15);
}

/** Values that use every bit of a type, in no order: as `putArray` writes them (float16 as bits). */
export function scatteredValue(dtype: Dtype, index: number): number | bigint {
  const bits = Number(/\d+$/.exec(dtype)?.[0] ?? 1);
  const value = bitsAt(index, bits);
  if (dtype === 'float32') {
    view.setUint32(0, Number(value));
    return view.getFloat32(0);
  }
  if (dtype === 'float64') {
    view.setBigUint64(0, value);
    return view.getFloat64(0);
  }
  const integer = dtype.startsWith('int') ? BigInt.asIntN(bits, value) : value;
  return bits === 64 ? integer : Number(integer);
}

/** The same as they are to be read. */
export const scatteredVoxel = (dtype: Dtype, index: number): number | bigint => {
  const value = scatteredValue(dtype, index);
  return dtype === 'float16' ? float16Meaning(Number(value)) : value;
};

/** Files as a source that can be opened without a server. */
export const sourceOf = (files: Files): ReadonlyMap<string, Blob> =>
  new Map([...files].map(([path, bytes]) => [path.slice(1), new Blob([new Uint8Array(bytes)])]));
