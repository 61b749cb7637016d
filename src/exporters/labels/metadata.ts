import type { Rgba } from '../colour';
import { codecMetadata } from './chunk-encoding';
import type { LabelLayout } from './layout';
import type { LabelLevel } from './levels';

/** What is told about one label: its colour, and any further properties as JSON. */
export interface LabelProperties {
  readonly id: number;
  readonly colour: Rgba;
  readonly [property: string]: unknown;
}

const VERSION = '0.5';
const BYTES_CODEC = { name: 'bytes', configuration: { endian: 'little' } };

/** The group of an OME-Zarr label image with these levels, their arrays at `paths`. https://ngff.openmicroscopy.org/0.5/ */
export function labelGroupMetadata(
  name: string,
  levels: readonly LabelLevel[],
  paths: readonly string[],
  properties: readonly LabelProperties[],
): object {
  const multiscale = {
    name,
    type: 'mode',
    metadata: {
      description:
        'Each level is made of the one before: of the voxels that lie in one (1 or 2 along an axis) the most frequent id, a label before 0 where these are as many.',
    },
    axes: ['z', 'y', 'x'].map((axis) => ({ name: axis, type: 'space', unit: 'nanometer' })),
    datasets: levels.map(({ voxelSizeNm, originNm }, level) => ({
      path: paths[level],
      coordinateTransformations: [
        { type: 'scale', scale: voxelSizeNm },
        { type: 'translation', translation: originNm },
      ],
    })),
  };
  return groupMetadata({
    ome: { version: VERSION, multiscales: [multiscale], 'image-label': imageLabel(properties) },
  });
}

export const groupMetadata = (attributes: object): object => ({
  zarr_format: 3,
  node_type: 'group',
  attributes,
});

/** The schema forbids empty lists: without labels there is nothing to tell. */
function imageLabel(properties: readonly LabelProperties[]): object {
  if (properties.length === 0) return {};
  return {
    colors: properties.map(({ id, colour }) => ({ 'label-value': id, rgba: colour })),
    properties: properties.map(({ id, colour: _, ...others }) => ({
      'label-value': id,
      ...others,
    })),
  };
}

/** One level's array of Zarr version 3, sharded. */
export const labelArrayMetadata = (
  { shapeZyx, chunkZyx, shardZyx }: LabelLevel,
  layout: LabelLayout,
): object => ({
  zarr_format: 3,
  node_type: 'array',
  shape: shapeZyx,
  data_type: layout.dtype,
  chunk_grid: { name: 'regular', configuration: { chunk_shape: shardZyx } },
  chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
  codecs: [
    {
      name: 'sharding_indexed',
      configuration: {
        chunk_shape: chunkZyx,
        codecs: [BYTES_CODEC, codecMetadata(layout)],
        index_codecs: [BYTES_CODEC, { name: 'crc32c' }],
        index_location: 'end',
      },
    },
  ],
  fill_value: 0,
  dimension_names: ['z', 'y', 'x'],
  attributes: {},
});
