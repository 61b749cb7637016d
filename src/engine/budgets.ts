/** What may be taken of a machine, in bytes. */
export interface Budgets {
  /** Of GPU memory: brick pools and fills. */
  readonly gpuBytes: number;
  /** Of main memory: decoded chunks, and, without an adapter, brick pools. Segments come on top. */
  readonly memoryBytes: number;
}

export const DEFAULT_BUDGETS: Budgets = { gpuBytes: 2 ** 30, memoryBytes: 2 ** 30 };

/** Below these not even what a screen shows would fit. */
export const LEAST_BUDGETS: Budgets = { gpuBytes: 2 ** 28, memoryBytes: 2 ** 27 };
export const MOST_BUDGETS: Budgets = { gpuBytes: 2 ** 35, memoryBytes: 2 ** 35 };

const CHUNK_SHARE = 0.25;

/** What decoded chunks may take of the memory. */
export const chunkBytes = ({ memoryBytes }: Budgets): number => memoryBytes * CHUNK_SHARE;

/** What bricks may take of it where slices are drawn by the processor. */
export const brickBytes = ({ memoryBytes }: Budgets): number => memoryBytes * (1 - CHUNK_SHARE);
