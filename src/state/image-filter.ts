import type { Zyx } from '../core/vec';
import type { ImageFilter } from '../engine/protocol';

type Kind = ImageFilter['kind'];
type Filter<K extends Kind> = Extract<ImageFilter, { kind: K }>;

const smallest = (voxelSizeNm: Zyx): number => Math.min(...voxelSizeNm);

/** Each filter as it is when it is chosen, for voxels of this size. */
export const FILTER_DEFAULTS: { readonly [K in Kind]: (voxelSizeNm: Zyx) => Filter<K> } = {
  none: () => ({ kind: 'none' }),
  gaussian: (voxelSizeNm) => ({ kind: 'gaussian', sigmaNm: smallest(voxelSizeNm) }),
  // As of scikit-image.
  clahe: () => ({ kind: 'clahe', limit: 0.01 }),
};

/** The one number of a filter, as a slider shows it. */
export interface FilterRange {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly label: string;
  text(value: number): string;
}

export function filterRange(kind: Exclude<Kind, 'none'>, voxelSizeNm: Zyx): FilterRange {
  if (kind === 'clahe') {
    const text = (value: number) => value.toFixed(3);
    return { min: 0.005, max: 0.05, step: 0.001, label: 'Clip limit', text };
  }
  const voxel = smallest(voxelSizeNm);
  const text = (value: number) => `${Number(value.toPrecision(3))} nm`;
  return { min: voxel / 2, max: 5 * voxel, step: voxel / 4, label: 'σ', text };
}

export const filterValue = (filter: Exclude<ImageFilter, { kind: 'none' }>): number =>
  filter.kind === 'clahe' ? filter.limit : filter.sigmaNm;

export const withFilterValue = (
  filter: Exclude<ImageFilter, { kind: 'none' }>,
  value: number,
): ImageFilter =>
  filter.kind === 'clahe' ? { ...filter, limit: value } : { ...filter, sigmaNm: value };
