import type { BitsVault } from '../../core/bits-vault';
import type { Box } from '../../core/box';
import type { ImageArray, ImageDtype } from '../../core/dtype';
import type { SegmentBits } from '../../core/packed-bits';
import type { Zyx } from '../../core/vec';
import type { BrickSlot } from '../../gpu/brick-pool';
import type { Gate } from '../gate';
import type { Connectivity, ValueRange } from './plan';

/** A resident brick, kept on the GPU until it is released. */
export interface HeldBrick extends BrickSlot {
  release(): void;
}

/** Where a fill on the CPU gets its voxels from. */
export interface VoxelBricks {
  readonly dtype: ImageDtype;
  readonly shapeZyx: Zyx;
  /** A brick's 64³ voxels in C order; those outside of the volume hold anything, and are not filled. */
  read(brickZyx: Zyx, signal: AbortSignal): Promise<ImageArray>;
  /** Gets a brick nearer that the fill may want soon. */
  prefetch?(brickZyx: Zyx, signal: AbortSignal): void;
  /** Takes back what `read` gave, once the fill no longer looks at it. */
  recycle?(voxels: ImageArray): void;
}

/** Where a fill on the GPU gets its image bricks from. */
export interface ImageBricks {
  readonly dtype: ImageDtype;
  readonly shapeZyx: Zyx;
  /** Makes a brick resident on the GPU and keeps it there until `release`. */
  acquire(brickZyx: Zyx, signal: AbortSignal): Promise<HeldBrick>;
  /** Gets a brick nearer that the fill may want soon. */
  prefetch?(brickZyx: Zyx, signal: AbortSignal): void;
  /** The brick, if it is resident anyway. */
  hold(brickZyx: Zyx): HeldBrick | undefined;
}

export interface FloodFillRequest {
  readonly seedZyx: Zyx;
  readonly range: ValueRange;
  readonly connectivity: Connectivity;
  readonly box?: Box | undefined;
  readonly voxelLimit?: number | undefined;
  /** What the same fill had when it was broken off: it goes on from there. */
  readonly from?: SegmentBits | undefined;
}

/** How far a fill has come. `changed`: the bits of bricks that changed since the last report. */
export interface FloodFillProgress {
  readonly voxels: number;
  readonly bricks: number;
  readonly frontierBricks: number;
  readonly visits: number;
  readonly rounds: number;
  readonly changed: SegmentBits;
}

export interface FloodFillOutcome {
  readonly voxels: number;
  readonly bits: SegmentBits;
  /** Bricks whose voxels were looked at. */
  readonly bricks: number;
  /** Sub-brick visits and rounds, for benchmarks. */
  readonly visits: number;
  readonly rounds: number;
  /** Bricks that were put away to make room for others. */
  readonly evictions: number;
  /** Bricks that the fill reached and that could not be read: nothing in them is filled. */
  readonly unreadBricks: number;
  /** Whether it came to its end by itself, with every brick that it reached. */
  readonly complete: boolean;
}

/** What slices draw while a fill runs: its bits on the GPU, and where each brick's lie. */
export interface LiveFill {
  /** The buffer of the bits as it is now: a fill that grows puts them into a larger one, and destroys the one before. */
  state(): GPUBuffer;
  readonly bricks: readonly { readonly brickZyx: Zyx; readonly slot: number }[];
}

export interface FloodFillHooks {
  /** Keeps the bits of bricks that were put away, and of what comes out. */
  readonly vault: BitsVault;
  /** `live` where the bits are on the GPU while the fill runs. */
  readonly onProgress?: (progress: FloodFillProgress, live?: LiveFill) => void;
  readonly signal: AbortSignal;
  /** Holds the fill between two steps while it is closed. */
  readonly gate?: Gate | undefined;
}

/** A flood fill, on the GPU or on the CPU: the same answers from bricks of one kind or the other. */
export interface FloodFiller<Bricks extends ImageBricks | VoxelBricks> {
  /** Does ahead of the first fill what can be done ahead. */
  prepare(dtype: ImageDtype): Promise<void>;
  /**
   * Fills from a seed. Rejects with OUTSIDE_VOLUME, BAD_PARAMETERS, BUDGET_EXCEEDED, what reading a brick rejects with, or
   * an AbortError. Where a brick cannot be read (`isUnreadable`) the fill goes on without it, except the seed's own. A seed
   * outside the range gives no voxels.
   */
  run(bricks: Bricks, request: FloodFillRequest, hooks: FloodFillHooks): Promise<FloodFillOutcome>;
}
