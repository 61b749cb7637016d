import type { VolumeInfo } from '../model';

/** What an image of u8 tells of itself, with changes. */
export const volumeInfo = (changes: Partial<VolumeInfo> = {}): VolumeInfo => ({
  url: 'https://data.example/em.zarr',
  name: 'em',
  shapeZyx: [100, 200, 300],
  voxelSizeNm: [8, 8, 8],
  originNm: [0, 0, 0],
  dtype: 'uint8',
  levels: [],
  labels: [],
  times: 1,
  channels: [],
  selection: { t: 0, c: 0 },
  contrast: [0, 255],
  ...changes,
});
