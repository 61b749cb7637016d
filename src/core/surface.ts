import type { Zyx } from './vec';

/** A whole surface: vertices shared across bricks; x, y, z in nanometres; counter-clockwise seen from outside. */
export interface SurfaceMesh {
  readonly positions: Float32Array<ArrayBuffer>;
  /** Unit vectors, outward. */
  readonly normals: Float32Array<ArrayBuffer>;
  readonly indices: Uint32Array<ArrayBuffer>;
}

/** Where voxels lie in space: nanometres in z, y, x order; `originNm` is the centre of voxel (0, 0, 0). */
export interface GridGeometry {
  readonly voxelSizeNm: Zyx;
  readonly originNm: Zyx;
}
