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

/** Where voxels lie in space: nanometres in z, y, x order; `originNm` is the centre of voxel (0, 0, 0). */
export interface GridGeometry {
  readonly voxelSizeNm: Zyx;
  readonly originNm: Zyx;
}
