import type { Zyx } from './vec';

/** A whole surface: vertices shared across bricks; x, y, z in nanometres; counter-clockwise seen from outside. */
export interface SurfaceMesh {
  readonly positions: Float32Array<ArrayBuffer>;
  /** Unit vectors, outward. */
  readonly normals: Float32Array<ArrayBuffer>;
  readonly indices: Uint32Array<ArrayBuffer>;
}

/**
 * A brick's piece of a surface. The last vertices and indices may be its skirt's: a strip from its open edges into the body,
 * which hides the crack to a piece of another resolution.
 */
export interface SurfacePiece extends SurfaceMesh {
  readonly skirtVertices: number;
  readonly skirtIndices: number;
}

/** A brick of a level: one of its voxels spans 2^level of the finest level's on each axis. */
export interface PatchPlace {
  readonly level: number;
  /** Of the level's own grid. */
  readonly brickKey: number;
}

/** One brick's piece of a surface. */
export interface SurfacePatch extends SurfacePiece, PatchPlace {}

/** What of a segment's surface is to be shown, and no longer shown, from now on: all at once. */
export interface SurfaceChange {
  readonly segmentId: number;
  /** Each takes the place of the one before of its brick. */
  readonly patches: readonly SurfacePatch[];
  readonly gone: readonly PatchPlace[];
}

/** What whoever draws surfaces tells back: how many triangles it draws fast enough for what moves or grows; Infinity for any number. */
export interface DrawingLimit {
  readonly triangles: number;
}

export const UNLIMITED_DRAWING: DrawingLimit = { triangles: Number.POSITIVE_INFINITY };

/** Where voxels lie in space: nanometres in z, y, x order; `originNm` is the centre of voxel (0, 0, 0). */
export interface GridGeometry {
  readonly voxelSizeNm: Zyx;
  readonly originNm: Zyx;
}
