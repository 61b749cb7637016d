import type { Dtype, VoxelArray } from '../../core/dtype';
import type { Zyx } from '../../core/vec';

export interface VoxelProbe {
  readonly zyx: Zyx;
  /** Value of the image, as it is stored, at the finest level that is loaded; null while none is. */
  readonly value: number | bigint | null;
  /** Segment at the voxel, 0 for none. */
  readonly segmentId: number;
  /** What is there in each visible layer beside the image and the segmentation, the highest first. */
  readonly layers: readonly LayerProbe[];
}

export interface LayerProbe {
  readonly id: string;
  /** An image's value as it is stored, or a label as decimal digits, of the finest level that is loaded; null where none is. */
  readonly value: number | bigint | string | null;
}

export interface ReadArray<A> {
  readonly data: A;
  readonly shapeZyx: Zyx;
}

/** Values exactly as they are stored: bool as 0 and 1 in a Uint8Array, float16 in a Float32Array, 64-bit integers as bigints. */
export type ImageRead = ReadArray<VoxelArray> & { readonly dtype: Dtype };
