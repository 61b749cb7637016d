/** What may be taken of a machine, in bytes. */
export interface Budgets {
  /** Of GPU memory: brick pools, fills, networks, and what slices are drawn with, except the canvases themselves. */
  readonly gpuBytes: number;
  /** Of main memory: decoded chunks, the bits of segments and fills, and, without an adapter, brick pools. Surfaces come on top. */
  readonly memoryBytes: number;
  /** Of the disk: spilled labels, and with what these leave a cache of chunks; 0 for no cache. */
  readonly diskBytes: number;
}

/** Below these not even what a screen shows would fit. */
export const LEAST_BUDGETS: Budgets = { gpuBytes: 256e6, memoryBytes: 2 ** 27, diskBytes: 0 };
export const MOST_BUDGETS: Budgets = {
  gpuBytes: 2 ** 35,
  memoryBytes: 2 ** 35,
  diskBytes: 2 ** 38,
};

/** What a browser says of its machine; what it does not say is undefined. */
export interface Machine {
  /** In GiB, as `navigator.deviceMemory`: rounded, and no more than 8 or 32 whatever there is. */
  readonly deviceMemory: number | undefined;
  /** What this origin may take of the disk. */
  readonly quotaBytes: number | undefined;
}

const MOST_DEFAULT_BYTES = 2 ** 30;
const MOST_DEFAULT_DISK_BYTES = 2 ** 33;
const MEMORY_SHARE = 1 / 8;
const QUOTA_SHARE = 1 / 4;

/**
 * Budgets before a user sets any: an eighth of the machine's memory for each of GPU and memory, since many GPUs have no other,
 * and a quarter of what the origin may take of the disk; 1 GiB, 1 GiB and 8 GiB at most.
 */
export function defaultBudgets({ deviceMemory = 8, quotaBytes = 0 }: Machine): Budgets {
  const memoryBytes = Math.min(deviceMemory * 2 ** 30 * MEMORY_SHARE, MOST_DEFAULT_BYTES);
  return {
    gpuBytes: Math.max(memoryBytes, LEAST_BUDGETS.gpuBytes),
    memoryBytes: Math.max(memoryBytes, LEAST_BUDGETS.memoryBytes),
    diskBytes: Math.min(Math.floor(quotaBytes * QUOTA_SHARE), MOST_DEFAULT_DISK_BYTES),
  };
}

const SHARES = { chunks: 0.25, bricks: 0.375, fill: 0.25, labels: 0.125 } as const;

/** What decoded chunks may take of the memory. */
export const chunkBytes = ({ memoryBytes }: Budgets): number => memoryBytes * SHARES.chunks;

/** What bricks may take of it where slices are drawn by the processor. */
export const brickBytes = ({ memoryBytes }: Budgets): number => memoryBytes * SHARES.bricks;

/** What the bricks of a fill on the processor may take of it. */
export const fillBytes = ({ memoryBytes }: Budgets): number => memoryBytes * SHARES.fill;

/** What the segmentation's bits may take of it before they go to the disk. */
export const labelBytes = ({ memoryBytes }: Budgets): number => memoryBytes * SHARES.labels;

const SURFACE_SHARE = 0.375;

/** What surfaces may take beside it, on the page and as much again in the engine. */
export const surfaceBytes = ({ memoryBytes }: Budgets): number => memoryBytes * SURFACE_SHARE;

const EVALUATION_SHARE = 0.125;

/** What the tables of an evaluation may take beside it. */
export const evaluationBytes = ({ memoryBytes }: Budgets): number => memoryBytes * EVALUATION_SHARE;
