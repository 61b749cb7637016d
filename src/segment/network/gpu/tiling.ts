/** How a convolution is cut up: what one invocation makes, and how many stand side by side. */
export interface Tiling {
  /** Voxels of a row. */
  readonly tileX: number;
  /** Quads of outputs, that is four each. */
  readonly tileQuads: number;
  readonly threads: number;
}

/** What suits a GPU that nobody measured. */
export const DEFAULT_TILING: Tiling = { tileX: 4, tileQuads: 2, threads: 64 };
