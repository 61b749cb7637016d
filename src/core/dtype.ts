/** Voxel types of images. Values are kept as the file has them. */
export type ImageDtype = 'uint8' | 'uint16' | 'int16' | 'float32';
/** Voxel types of label layers. */
export type LabelDtype = 'uint8' | 'uint16' | 'uint32' | 'uint64';
export type Dtype = ImageDtype | LabelDtype;

export type ImageArray = Uint8Array | Uint16Array | Int16Array | Float32Array;
export type LabelArray = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;
export type VoxelArray = ImageArray | LabelArray;

/** Bytes of one voxel. */
export const bytesOf: Readonly<Record<Dtype, number>> = {
  uint8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  float32: 4,
  uint64: 8,
};

const constructors = {
  uint8: Uint8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  float32: Float32Array,
  uint64: BigUint64Array,
} as const;

interface ArrayOf {
  uint8: Uint8Array<ArrayBuffer>;
  uint16: Uint16Array<ArrayBuffer>;
  int16: Int16Array<ArrayBuffer>;
  uint32: Uint32Array<ArrayBuffer>;
  float32: Float32Array<ArrayBuffer>;
  uint64: BigUint64Array<ArrayBuffer>;
}

/** A zeroed array of `length` voxels. */
export const allocate = <D extends Dtype>(dtype: D, length: number): ArrayOf[D] =>
  new constructors[dtype](length) as ArrayOf[D];
