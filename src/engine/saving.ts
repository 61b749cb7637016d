import type { Coder } from '../codecs/coder';
import { segmentColour } from '../core/colour';
import type { SurfaceMesh } from '../core/surface';
import { exportGlb } from '../exporters/glb';
import { exportLabels } from '../exporters/labels-zip';
import type { VolumeInfo } from '../volume/model';
import type { Segmentation } from './segmentation';

const opaque = (id: number) => [...segmentColour(id), 255] as const;

/** The segmentation as a zipped OME-Zarr label image on the volume's grid. */
export const labelsFile = (
  volume: VolumeInfo,
  { labels, segments }: Segmentation,
  encode: Coder['encode'],
): Promise<Blob> =>
  exportLabels({
    ...volume,
    bricks: labels.allBricks(),
    properties: segments.map(({ id, voxels }) => ({ id, voxels, colour: opaque(id) })),
    encodeZstd: (bytes, level) => encode({ codec: 'zstd', level, checksum: false, bytes }),
  });

/** A segment's surface as a binary glTF. */
export const meshFile = (id: number, mesh: SurfaceMesh): Promise<Blob> =>
  exportGlb(mesh, { name: `segment ${id}`, colour: opaque(id) });
