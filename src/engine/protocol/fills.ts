import type { Box } from '../../core/box';
import type { Zyx } from '../../core/vec';
import type { Block, FfnParams } from '../../segment/ffn/params';
import type { FloodFillParams } from '../../segment/flood-fill/params';
import type { Connectivity } from '../../segment/flood-fill/plan';
import type { VolumeProgress } from '../ffn/volume/types';
import type { BackendId } from './machine';

export interface FloodFillRequest {
  readonly algorithm: 'flood-fill';
  readonly seedZyx: Zyx;
  readonly params: FloodFillParams;
  /** Voxels outside the box are never filled. */
  readonly box?: Box;
  /** The result holds at most this many voxels, all connected to the seed. */
  readonly voxelLimit?: number;
}

/** An object, or several, grown from a voxel each by a flood-filling network that was imported. */
export interface FfnRequest {
  readonly algorithm: 'ffn';
  readonly seedZyx: Zyx;
  readonly params: FfnParams;
  /** The network sees nothing outside the box, and fills nothing there. */
  readonly box?: Box;
  /** Seeds of further objects, a segment each: all grow at once, and what several reach is the first one's. */
  readonly moreSeedsZyx?: readonly Zyx[];
  /**
   * Segment of an earlier such request that the object takes the place of, under the same id. Where only `seedsZyx` have become
   * more since, and its canvas is still there, it goes on from what it was; else it grows anew.
   */
  readonly regrow?: number;
}

export type FillRequest = FloodFillRequest | FfnRequest;

/** What is done to an object while it grows: another seed of its own, or a ball that it must keep out of. */
export type Steering = { readonly seedZyx: Zyx } | { readonly block: Block };

export interface FillProgress {
  readonly id: number;
  readonly voxels: number;
  /** Bricks (64³) visited so far, and bricks the frontier waits for. */
  readonly bricks: number;
  readonly frontierBricks: number;
  /** How long it has run, without the time that it was held. */
  readonly milliseconds: number;
  /** Voxels filled per second so far. */
  readonly voxelsPerSecond: number;
  /** Of networks: fields of view that were looked at, and positions that wait. */
  readonly steps?: number;
  readonly queued?: number;
  /** Of a run over a volume. */
  readonly volume?: VolumeProgress;
}

export interface FillResult {
  readonly id: number;
  readonly voxels: number;
  /** The smallest box that holds the segment. */
  readonly box: Box;
  readonly bricks: number;
  /** How long it ran, without the time that it was held. */
  readonly milliseconds: number;
  /** Bricks that the fill reached and that could not be read: the segment may go on in them. */
  readonly unreadBricks: number;
  /** False when the voxel limit stopped it, or bricks were unread. */
  readonly complete: boolean;
  readonly backend: BackendId;
  /** What it ran on, in words. */
  readonly adapter: string;
  /** Of networks: fields of view that were looked at, and the level of the volume that they were of. */
  readonly steps?: number;
  readonly level?: number;
  /** Of a request with several objects: the others that came to something, and how many came to nothing. */
  readonly more?: readonly FillResult[];
  readonly discarded?: number;
}

/** A segment as lists show it. */
export type SegmentInfo = FillResult &
  Pick<FillRequest, 'seedZyx'> &
  (Pick<FloodFillRequest, 'algorithm' | 'params'> | Pick<FfnRequest, 'algorithm' | 'params'>);

/**
 * What connected components are counted of: touching voxels of a label layer that have the same label, or touching voxels
 * of the image with values in a range, ends included, exact as bigints where they are of 64 bits; in a box of the volume's voxels, or everywhere. 26-connected unless it says
 * otherwise.
 */
export type ComponentsQuery = { readonly connectivity?: Connectivity; readonly box?: Box } & (
  | { readonly layer: string }
  | { readonly low: number | bigint; readonly high: number | bigint }
);

export interface ComponentsCount {
  readonly count: number;
  /** Of all components together, and of the largest. */
  readonly voxels: number;
  readonly largestVoxels: number;
  readonly milliseconds: number;
}
