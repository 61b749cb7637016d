import type { BusyHost } from '../../volume/host';
import type { BrickCounts } from '../scheduler/brick-state';
import type { UnreadBricks } from '../unread';

/** What segmentations can run on: WGSL on the adapter, or WebAssembly on the processor. Both give the same voxels. */
export type BackendId = 'webgpu' | 'cpu';

/** `auto`: WebGPU where there is a GPU, else the processor. */
export type BackendChoice = BackendId | 'auto';

/** What segmentations run on now, and why. */
export interface BackendInfo {
  readonly id: BackendId;
  readonly choice: BackendChoice;
  /** A sentence for the user. */
  readonly reason: string;
  /** Threads of the processor that `cpu` uses. */
  readonly threads: number;
  /** Why networks cannot be run in f16 there, a clause; null where they can. */
  readonly withoutF16: string | null;
}

export interface EngineStatistics {
  readonly gpuBytes: number;
  readonly gpuBudgetBytes: number;
  readonly memoryBytes: number;
  readonly memoryBudgetBytes: number;
  /** What surfaces and the segments' coarser levels take of main memory, beside the above. */
  readonly surfaceBytes: number;
  /** Spilled labels of all tabs and the cache of chunks they share; so is what they may take. */
  readonly diskBytes: number;
  readonly diskBudgetBytes: number;
  /** Bricks of images and stored labels by state; absent ones are not counted. */
  readonly bricks: BrickCounts;
  /** Bricks that are being read, for views and for computations. */
  readonly bricksInFlight: number;
  /** Bricks that could not be read and are hatched in the views; `retryFailed` reads them again. */
  readonly bricksFailed: number;
  /** Those of them that views show or computations waited for, and why, by cause. */
  readonly unread: readonly UnreadBricks[];
  readonly fetchedBytes: number;
  readonly decodedBytes: number;
  readonly missingChunks: number;
  /** Chunks that were in memory when they were asked for; chunks and bricks that made room for others. */
  readonly cacheHits: number;
  readonly evictions: number;
  /** Chunks that were in the cache on disk when they were asked for. */
  readonly diskHits: number;
  /** Requests that were made again after one that had failed. */
  readonly retries: number;
  /** One that said that it is busy, while requests wait for it. */
  readonly busyHost: BusyHost | null;
}
