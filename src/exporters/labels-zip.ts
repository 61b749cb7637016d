import { downloadZip } from 'client-zip';
import { BRICK_EDGE, BRICK_VOXELS, brickGrid } from '../core/brick';
import { FloodlightError } from '../core/errors';
import type { Zyx } from '../core/vec';
import type { Rgba } from './colour';

export const LABELS_ZIP_MEDIA_TYPE = 'application/zip';

/** One brick of labels: 64³ in z, y, x order, C-ordered; what lies past the volume's edge is ignored by readers. */
export interface LabelBrick {
  readonly brickZyx: Zyx;
  readonly data: Uint32Array<ArrayBuffer>;
}

/** What is told about one label: its colour, and any further properties as JSON. */
export interface LabelProperties {
  readonly id: number;
  readonly colour: Rgba;
  readonly [property: string]: unknown;
}

export interface LabelsToExport {
  readonly name: string;
  readonly shapeZyx: Zyx;
  readonly voxelSizeNm: Zyx;
  /** Centre of voxel (0, 0, 0). */
  readonly originNm: Zyx;
  /** Each brick at most once; those left out are 0. Their arrays are taken over. */
  readonly bricks: Iterable<LabelBrick> | AsyncIterable<LabelBrick>;
  readonly properties: readonly LabelProperties[];
  /** A chunk's bytes, which it takes over, as zstd of this level without a checksum. */
  encodeZstd(bytes: Uint8Array<ArrayBuffer>, level: number): Promise<Uint8Array>;
}

const ZSTD_LEVEL = 3;

/**
 * A zip whose root is an OME-Zarr 0.5 label image of one level (Zarr v3, u32, chunks of 64³, zstd), its metadata first and
 * nothing compressed twice (OME-NGFF RFC-9). One brick at a time is in memory beside the zip itself, which the
 * browser may keep on disk. Rejects with BAD_PARAMETERS for a brick of the wrong size or outside the volume, and with
 * what `bricks` throws.
 */
export async function exportLabels(labels: LabelsToExport): Promise<Blob> {
  return downloadZip(zipEntries(labels)).blob();
}

interface ZipEntry {
  readonly name: string;
  readonly input: string | Uint8Array;
}

async function* zipEntries(labels: LabelsToExport): AsyncGenerator<ZipEntry> {
  yield { name: 'zarr.json', input: toJson(groupMetadata(labels)) };
  yield { name: '0/zarr.json', input: toJson(arrayMetadata(labels)) };
  const grid = brickGrid(labels.shapeZyx);
  for await (const { brickZyx, data } of labels.bricks) {
    checkBrick(brickZyx, data, grid);
    if (data.every((label) => label === 0)) continue;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const name = `0/c/${brickZyx.join('/')}`;
    yield { name, input: await labels.encodeZstd(bytes, ZSTD_LEVEL) };
  }
}

function checkBrick(brickZyx: Zyx, data: Uint32Array, grid: Zyx): void {
  const what = `Label brick ${brickZyx.join(', ')}`;
  if (data.length !== BRICK_VOXELS)
    throw new FloodlightError('BAD_PARAMETERS', {
      what,
      reason: `it has ${data.length} voxels in place of ${BRICK_VOXELS}`,
    });
  if (brickZyx.some((at, axis) => at < 0 || at >= (grid[axis] ?? 0)))
    throw new FloodlightError('BAD_PARAMETERS', {
      what,
      reason: `it lies outside the grid of ${grid.join(' × ')} bricks`,
    });
}

const toJson = (metadata: object): string => JSON.stringify(metadata, null, 2);

function groupMetadata({ name, voxelSizeNm, originNm, properties }: LabelsToExport): object {
  const multiscale = {
    name,
    axes: ['z', 'y', 'x'].map((axis) => ({ name: axis, type: 'space', unit: 'nanometer' })),
    datasets: [
      {
        path: '0',
        coordinateTransformations: [
          { type: 'scale', scale: voxelSizeNm },
          { type: 'translation', translation: originNm },
        ],
      },
    ],
  };
  return {
    zarr_format: 3,
    node_type: 'group',
    attributes: {
      ome: { version: '0.5', multiscales: [multiscale], 'image-label': imageLabel(properties) },
    },
  };
}

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

const arrayMetadata = ({ shapeZyx }: LabelsToExport): object => ({
  zarr_format: 3,
  node_type: 'array',
  shape: shapeZyx,
  data_type: 'uint32',
  chunk_grid: {
    name: 'regular',
    configuration: { chunk_shape: [BRICK_EDGE, BRICK_EDGE, BRICK_EDGE] },
  },
  chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
  codecs: [
    { name: 'bytes', configuration: { endian: 'little' } },
    { name: 'zstd', configuration: { level: ZSTD_LEVEL, checksum: false } },
  ],
  fill_value: 0,
  dimension_names: ['z', 'y', 'x'],
  attributes: {},
});
