/** What the page and the 3-D view's worker tell each other; the surfaces come from the engine, over a port of their own. */
import type { Box } from '../core/box';
import type { Quaternion } from '../core/quaternion';
import type { Eye, VolumeExtent } from '../core/scene-geometry';
import type { Zyx } from '../core/vec';

/** CSS colours of the guides. */
export interface GuideColours {
  readonly box: string;
  /** Of the box that fills are limited to. */
  readonly limits: string;
  /** Of the planes across z, y and x, as they are called while nothing is turned. */
  readonly planesZyx: readonly [z: string, y: string, x: string];
}

/** What decides how surfaces look. */
export interface SegmentsState {
  readonly listedIds: readonly number[];
  readonly selectedIds: readonly number[];
  readonly hiddenIds: readonly number[];
  /** The run under way, which makes surfaces of segments that are not listed yet; null while none is. */
  readonly job: number | null;
}

/** Where the slice views cut the volume, which meet at a continuous voxel, and the box that fills are limited to. */
export interface GuidesState {
  readonly crossingZyx: Zyx;
  readonly orientation: Quaternion;
  readonly limits: Box | null;
}

/** In CSS pixels, and the device pixels that one of these is drawn with. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
}

/** What lies under a point of the scene. */
export interface Pick {
  readonly segmentId: number;
  /** The voxel just below the surface. */
  readonly voxelZyx: Zyx;
}

/** What the page tells. */
export type StageMessage =
  | {
      readonly type: 'start';
      readonly canvas: OffscreenCanvas;
      /** `SurfaceChange`s come over it. */
      readonly surfaces: MessagePort;
      readonly colours: GuideColours;
    }
  /** Another volume, without any surface. */
  | { readonly type: 'volume'; readonly volume: VolumeExtent | null }
  | { readonly type: 'segments'; readonly segments: SegmentsState }
  | { readonly type: 'guides'; readonly guides: GuidesState }
  | { readonly type: 'size'; readonly size: PictureSize }
  | { readonly type: 'eye'; readonly eye: Eye }
  /** What is at a point of the picture, both from 0 (left, top) to 1; answered by `picked`, in order. */
  | { readonly type: 'pick'; readonly x: number; readonly y: number };

/** What the worker tells. */
export type StageReport =
  /** A frame, as it is seen from now on: triangles and segments of the surfaces in it. */
  | {
      readonly type: 'drawn';
      readonly eye: Eye;
      readonly triangles: number;
      readonly segments: number;
    }
  | { readonly type: 'picked'; readonly pick: Pick | null }
  /** The graphics card is lost, and back with all there was; or there is no WebGL 2 at all. */
  | { readonly type: 'lost' }
  | { readonly type: 'restored' }
  | { readonly type: 'unavailable' };
