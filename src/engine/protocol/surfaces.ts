import type { SurfaceMesh } from '../../core/surface';
import type { Zyx } from '../../core/vec';

/** What is shown of a segment's surface. */
export interface SurfaceState {
  /** How many pieces are of each level, from the finest on. */
  readonly piecesOfLevels: readonly number[];
  readonly triangles: number;
  readonly bytes: number;
  /** Whether it is as fine as the camera and the budget would have it. */
  readonly isSettled: boolean;
}

/** A segment's whole surface, and the level and the size of the voxels that it was made of; level 0 is full resolution. */
export interface SegmentMesh extends SurfaceMesh {
  readonly level: number;
  readonly voxelSizeNm: Zyx;
}

/** A segment's surface as a file, and what it was made of. */
export interface SavedMesh {
  readonly file: Blob;
  readonly level: number;
  readonly voxelSizeNm: Zyx;
}

export interface MeshProgress {
  /** Bricks (of the level that the mesh has) whose surface is there, and all there are; it is joined after that. */
  readonly bricks: number;
  readonly bricksTotal: number;
  readonly milliseconds: number;
}
