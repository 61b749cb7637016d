import type { Box } from '../../core/box';
import type { BrickBits } from '../../core/brick-bits';
import type { ImageDtype } from '../../core/dtype';
import type { Zyx } from '../../core/vec';
import type { BrickSlot } from '../../gpu/brick-pool';
import type { Connectivity, ValueRange } from './plan';

/** A resident brick, kept on the GPU until it is released. */
export interface HeldBrick extends BrickSlot {
  release(): void;
}

/** Where a fill gets its image bricks from. */
export interface ImageBricks {
  readonly dtype: ImageDtype;
  readonly shapeZyx: Zyx;
  /** Makes a brick resident on the GPU and keeps it there until `release`. */
  acquire(brickZyx: Zyx, signal: AbortSignal): Promise<HeldBrick>;
  /** The brick, if it is resident anyway. */
  hold(brickZyx: Zyx): HeldBrick | undefined;
}

export interface FloodFillRequest {
  readonly seedZyx: Zyx;
  readonly range: ValueRange;
  readonly connectivity: Connectivity;
  readonly box?: Box | undefined;
  readonly voxelLimit?: number | undefined;
}

/** How far a fill has come. `changed`: the bits of bricks that changed since the last report. */
export interface FloodFillProgress {
  readonly voxels: number;
  readonly bricks: number;
  readonly frontierBricks: number;
  readonly visits: number;
  readonly rounds: number;
  readonly changed: BrickBits;
}

export interface FloodFillOutcome {
  readonly voxels: number;
  readonly bits: BrickBits;
  /** Bricks whose voxels were looked at. */
  readonly bricks: number;
  /** Sub-brick visits and rounds, for benchmarks. */
  readonly visits: number;
  readonly rounds: number;
  readonly complete: boolean;
}

/** What slices draw while a fill runs: its bits on the GPU, and where each brick's lie. */
export interface LiveFill {
  readonly state: GPUBuffer;
  readonly bricks: readonly { readonly brickZyx: Zyx; readonly slot: number }[];
}

export interface FloodFillHooks {
  readonly onProgress?: (progress: FloodFillProgress, live: LiveFill) => void;
  readonly signal: AbortSignal;
}
