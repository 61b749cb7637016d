/** Voxel types of arrays as they are stored. */
export type Dtype =
  | 'bool'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'float16'
  | 'float32'
  | 'float64';

/** Voxel types that images are calculated and drawn with: what their bricks hold (`imageDtypeOf` says of which). */
export type ImageDtype = 'uint8' | 'uint16' | 'int16' | 'float32';
/** Voxel types that label layers may be stored in. */
export type LabelDtype = Exclude<Dtype, 'float16' | 'float32' | 'float64'>;
/** What voxels of any type are as bits. */
export type BitsDtype = 'uint8' | 'uint16' | 'uint32' | 'uint64';

export type ImageArray = Uint8Array | Uint16Array | Int16Array | Float32Array;
export type BitsArray = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

const constructors = {
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** Types that JavaScript has arrays of. */
export type NativeDtype = keyof typeof constructors;
export const isNativeDtype = (name: string): name is NativeDtype =>
  Object.hasOwn(constructors, name);

interface ArrayOf {
  uint8: Uint8Array<ArrayBuffer>;
  uint16: Uint16Array<ArrayBuffer>;
  uint32: Uint32Array<ArrayBuffer>;
  uint64: BigUint64Array<ArrayBuffer>;
  int8: Int8Array<ArrayBuffer>;
  int16: Int16Array<ArrayBuffer>;
  int32: Int32Array<ArrayBuffer>;
  int64: BigInt64Array<ArrayBuffer>;
  float32: Float32Array<ArrayBuffer>;
  float64: Float64Array<ArrayBuffer>;
}

/** Voxels with exactly their stored values: of bool as 0 and 1 in a Uint8Array, of float16 in a Float32Array. */
export type VoxelArray =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

/** The array that `readBox` and the like give of a type. */
export const arrayDtypeOf = (dtype: Dtype): NativeDtype =>
  dtype === 'bool' ? 'uint8' : dtype === 'float16' ? 'float32' : dtype;

/** Bytes of one voxel as it is stored. */
export const bytesOf: Readonly<Record<Dtype, number>> = {
  bool: 1,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  float16: 2,
  float32: 4,
  float64: 8,
};

export const isFloat = (dtype: Dtype): boolean => dtype.startsWith('float');

/** The unsigned type as wide as this one. */
export const bitsDtypeOf = (dtype: Dtype): BitsDtype => {
  const bytes = bytesOf[dtype];
  return bytes === 1 ? 'uint8' : bytes === 2 ? 'uint16' : bytes === 4 ? 'uint32' : 'uint64';
};

/** A zeroed array of `length` voxels. */
export const allocate = <D extends NativeDtype>(dtype: D, length: number): ArrayOf[D] =>
  new constructors[dtype](length) as ArrayOf[D];

/** The memory of an array as one of another type, not copied. */
export const viewAs = <D extends NativeDtype>(
  dtype: D,
  { buffer, byteOffset, byteLength }: ArrayBufferView,
): ArrayOf[D] => {
  const length = byteLength / bytesOf[dtype];
  return new constructors[dtype](buffer as ArrayBuffer, byteOffset, length) as ArrayOf[D];
};
