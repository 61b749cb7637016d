import type { BitsDtype, ImageDtype } from '../../core/dtype';
import type { Zyx } from '../../core/vec';
import type { Connectivity, ValueRange } from '../flood-fill/plan';

/** The functions of the segment module that find components: wasm/segment/components_*.cpp. */
export type ComponentsFunction =
  | 'components_scan_labels'
  | 'components_scan_range'
  | 'components_add'
  | 'components_join'
  | 'components_number'
  | 'components_write';

/**
 * What a component is: touching voxels of the same label, where 0 is background; or, with a range, touching voxels whose
 * value lies in it, ends included.
 */
export type ComponentsRequest = {
  readonly shapeZyx: Zyx;
  readonly connectivity: Connectivity;
} & (
  | { readonly dtype: BitsDtype; readonly range?: undefined }
  | { readonly dtype: ImageDtype; readonly range: ValueRange }
);

/** Planes of z from `first` up to, not including, `end`. */
export interface Planes {
  readonly first: number;
  readonly end: number;
}

/** A volume that comes and goes by some planes at a time, from z = 0 on; it need not fit into memory. */
export interface PlaneStream {
  /** Puts the planes' voxels, C-ordered and little-endian, into `voxels`: a view that is gone afterwards. */
  read(planes: Planes, voxels: Uint8Array<ArrayBuffer>): void | Promise<void>;
  /** Takes the planes' ids, u32 and C-ordered, out of `ids`: a view that is gone afterwards. */
  write(planes: Planes, ids: Uint8Array<ArrayBuffer>): void | Promise<void>;
}

export interface Components {
  /** Of each voxel, C-ordered; 0 is background. */
  readonly ids: Uint32Array<ArrayBuffer>;
  readonly count: number;
}
