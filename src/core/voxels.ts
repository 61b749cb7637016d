/** Between what chunks hold (bits), what voxels are (their stored values), and what images are calculated with. */
import {
  allocate,
  arrayDtypeOf,
  type BitsArray,
  type Dtype,
  type ImageArray,
  type ImageDtype,
  type VoxelArray,
  viewAs,
} from './dtype';
import { float16ToFloat32 } from './float16';

/** What images of a stored type are calculated and drawn with: every value as it is, unless `isRounded`. */
export const imageDtypeOf: Readonly<Record<Dtype, ImageDtype>> = {
  bool: 'uint8',
  uint8: 'uint8',
  uint16: 'uint16',
  uint32: 'float32',
  uint64: 'float32',
  int8: 'int16',
  int16: 'int16',
  int32: 'float32',
  int64: 'float32',
  float16: 'float32',
  float32: 'float32',
  float64: 'float32',
};

const ROUNDED: ReadonlySet<Dtype> = new Set(['uint32', 'int32', 'uint64', 'int64', 'float64']);

/** Whether `imageVoxels` of a type may be other than what is stored: the next value of float32, or one beside it. */
export const isRounded = (dtype: Dtype): boolean => ROUNDED.has(dtype);

/** Voxels from their bits, which are theirs from now on: the same memory wherever the type has an array of its own. */
export function voxelsOfBits(dtype: Dtype, bits: BitsArray): VoxelArray {
  if (dtype === 'float16') return float16ToFloat32(viewAs('uint16', bits));
  const voxels = viewAs(arrayDtypeOf(dtype), bits);
  // As NumPy has it, anything but 0 is true.
  if (dtype === 'bool') for (let i = 0; i < voxels.length; i++) if (voxels[i]) voxels[i] = 1;
  return voxels;
}

/** Integers of 64 bits, rounded. */
function rounded64(voxels: BigUint64Array | BigInt64Array): Float32Array<ArrayBuffer> {
  const low = viewAs('uint32', voxels);
  const high = voxels instanceof BigInt64Array ? viewAs('int32', voxels) : low;
  const result = allocate('float32', voxels.length);
  for (let i = 0; i < result.length; i++)
    result[i] = (high[2 * i + 1] ?? 0) * 2 ** 32 + (low[2 * i] ?? 0);
  return result;
}

/** Stored values as images are calculated with, in an array of `imageDtypeOf` their type: themselves where that is it. */
export function imageVoxels(voxels: VoxelArray): ImageArray {
  if (voxels instanceof BigUint64Array || voxels instanceof BigInt64Array) return rounded64(voxels);
  if (voxels instanceof Int8Array) return new Int16Array(voxels);
  if (
    voxels instanceof Uint32Array ||
    voxels instanceof Int32Array ||
    voxels instanceof Float64Array
  )
    return new Float32Array(voxels);
  return voxels;
}
