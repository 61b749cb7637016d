import { GLB_MEDIA_TYPE } from './glb';
import { LABELS_ZIP_MEDIA_TYPE } from './labels-zip';

/** A format in which something can be saved; what is saved decides which function writes it. */
export interface ExporterInfo {
  readonly id: string;
  readonly label: string;
  /** Of the file's name, without the leading dot. */
  readonly extension: string;
  readonly mediaType: string;
  readonly saves: 'segmentation' | 'surface';
}

export const exporters = [
  {
    id: 'labels-zip',
    label: 'Labels as OME-Zarr 0.5 in a zip',
    extension: 'ome.zarr.zip',
    mediaType: LABELS_ZIP_MEDIA_TYPE,
    saves: 'segmentation',
  },
  {
    id: 'glb',
    label: 'Surface as glTF 2.0 (GLB)',
    extension: 'glb',
    mediaType: GLB_MEDIA_TYPE,
    saves: 'surface',
  },
] as const satisfies readonly ExporterInfo[];

export type ExporterId = (typeof exporters)[number]['id'];
