import type { ColourMap } from '../core/colour-map';
import type { Zyx } from '../core/vec';
import type { AxisSelection, ChannelInfo, VolumeInfo } from '../volume/model';
import type { VolumeSource } from '../volume/open-store';

export const BLENDINGS = ['normal', 'additive', 'multiply'] as const;
/**
 * How a layer is mixed with what lies below it: over it, added to it (channels), or darkening it. The lowest layer that is
 * visible is always drawn over the background.
 */
export type Blending = (typeof BLENDINGS)[number];

/** The size of a layer's voxels and the centre of the first one, where they are not what its metadata say. */
export interface LayerPlacement {
  readonly voxelSizeNm?: Zyx;
  readonly originNm?: Zyx;
}

/** Which time and channel a layer has for itself; null where it is seen at the volume's, or at its last one where it has fewer. */
export type AxisChoice = { readonly [axis in keyof AxisSelection]: number | null };

/** How a layer is seen that has several times or channels. */
export interface LayerAxes {
  readonly times: number;
  readonly channels: readonly ChannelInfo[];
  readonly chosen: AxisChoice;
  /** What comes of that choice. */
  readonly selection: AxisSelection;
}

/** How a layer is seen now, with the contrast that suits its channel. */
export interface LayerSeen {
  readonly id: string;
  readonly axes: LayerAxes;
  readonly contrast: VolumeInfo['contrast'];
}

/** Where a layer's voxels come from. */
export type LayerOrigin =
  /** The image of the open volume, which defines grid, coordinates, and what is filled. */
  | { readonly from: 'volume' }
  /** The segmentation that is being made. */
  | { readonly from: 'segments' }
  /** A label layer stored with the open volume. */
  | { readonly from: 'stored'; readonly stored: string }
  /** A source of its own, placed as it was said; nobody else can open an address that begins with `local:`. */
  | (LayerPlacement & { readonly from: 'source'; readonly url: string });

interface AnyLayer {
  /** The same for as long as the layer is there; `volume` and `segments` for those that every volume has. */
  readonly id: string;
  readonly name: string;
  readonly origin: LayerOrigin;
  readonly visible: boolean;
  /** 0 to 1. */
  readonly opacity: number;
  readonly blending: Blending;
  /** Of a source of its own that has several times or channels; labels stored with the volume are seen at its own. */
  readonly axes?: LayerAxes;
}

/** A layer of values. */
export interface ImageLayer extends AnyLayer {
  readonly kind: 'image';
  readonly dtype: VolumeInfo['dtype'];
  /** Values drawn in the first and the last colour of the map. */
  readonly contrast: readonly [low: number, high: number];
  readonly colourMap: ColourMap;
}

/** A layer of ids; each has its colour. */
export interface LabelsLayer extends AnyLayer {
  readonly kind: 'labels';
}

export type Layer = ImageLayer | LabelsLayer;
export type LayerKind = Layer['kind'];

/** What a layer is opened from: a label layer stored with the open volume, by its name, or a source of its own. */
export type LayerSource = { readonly stored: string } | VolumeSource;

/** `voxelSizeNm` and `originNm` go before its metadata; a bare array is taken to have the open volume's. */
export interface LayerOptions extends LayerPlacement {
  /** What the voxels are; when it is left out, integers of 32 and 64 bits are ids and all others values. */
  readonly kind?: LayerKind;
  readonly name?: string;
  /** Sent with each request of an address, such as Authorization; held in memory only. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Which time and channel of it are seen; what is left out follows the volume's (`AxisChoice`). */
  readonly select?: Partial<AxisSelection>;
}

/** What else is said when a layer is opened. */
export interface OpenLayerCall {
  /** Names it for `cancel`. */
  readonly job?: number;
  /** The layer whose place it takes. */
  readonly replacedId?: string;
}

export const VOLUME_LAYER = 'volume';
export const SEGMENTS_LAYER = 'segments';

/** The open volume's own image, as it is shown at first. */
export const volumeLayer = ({ name, dtype, contrast }: VolumeInfo): ImageLayer => ({
  id: VOLUME_LAYER,
  kind: 'image',
  name,
  origin: { from: 'volume' },
  dtype,
  visible: true,
  opacity: 1,
  blending: 'normal',
  contrast,
  colourMap: 'grey',
});

/** The segmentation, as it is shown at first. */
export const segmentsLayer: LabelsLayer = {
  id: SEGMENTS_LAYER,
  kind: 'labels',
  name: 'Segments',
  origin: { from: 'segments' },
  visible: true,
  opacity: 0.45,
  blending: 'normal',
};
