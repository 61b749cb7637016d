import type { Zyx } from '../core/vec';
import { VOXEL_NM, type VoxelGrid } from './grid';
import type { Packing } from './neurites';
import type { Partition } from './partition';
import type { Random } from './random';
import type { Warp } from './warp';

/** Where organelles lie; all arrays C-ordered z, y, x, one value a voxel. */
export interface Organelles {
  /** To the surface of a mitochondrion in nm, negative inside, 127 far away. */
  readonly toMitochondrion: Int8Array;
  /** To the surface of a vesicle or of the reticulum in nm, negative inside, 127 far away. */
  readonly toVesicle: Int8Array;
  /** How much darker stained densities, microtubules and dense cores make a voxel, in grey values. */
  readonly stain: Uint8Array;
}

/** What is known of the tissue while organelles are placed. */
export interface Tissue {
  readonly random: Random;
  readonly grid: VoxelGrid;
  readonly warp: Warp;
  readonly packing: Packing;
  readonly partition: Partition;
  readonly organelles: Organelles;
}

const FAR = 127;
/** Distances are written this far outside a ball, for soft edges. */
const OUTSIDE_NM = 12;

export function emptyOrganelles(voxels: number): Organelles {
  return {
    toMitochondrion: new Int8Array(voxels).fill(FAR),
    toVesicle: new Int8Array(voxels).fill(FAR),
    stain: new Uint8Array(voxels),
  };
}

/** The number of the voxel that holds a point (nm); −1 outside the volume. */
export function voxelAt({ shapeZyx: [nz, ny, nx] }: VoxelGrid, [z, y, x]: Zyx): number {
  const iz = Math.round(z / VOXEL_NM[0]);
  const iy = Math.round(y / VOXEL_NM[1]);
  const ix = Math.round(x / VOXEL_NM[2]);
  const isInside = iz >= 0 && iz < nz && iy >= 0 && iy < ny && ix >= 0 && ix < nx;
  return isInside ? (iz * ny + iy) * nx + ix : -1;
}

/** Calls `visit(voxel, z, y, x)` with the offsets from the centre in nm for each voxel of the cube around a ball. */
export function forVoxelsNear(
  grid: VoxelGrid,
  [cz, cy, cx]: Zyx,
  reachNm: number,
  visit: (voxel: number, z: number, y: number, x: number) => void,
): void {
  const [nz, ny, nx] = grid.shapeZyx;
  const [vz, vy, vx] = VOXEL_NM;
  const lastZ = Math.min(nz - 1, Math.floor((cz + reachNm) / vz));
  for (let iz = Math.max(0, Math.ceil((cz - reachNm) / vz)); iz <= lastZ; iz++) {
    const y0 = cy - (grid.shiftYNm[iz] as number);
    const x0 = cx - (grid.shiftXNm[iz] as number);
    const lastY = Math.min(ny - 1, Math.floor((y0 + reachNm) / vy));
    const lastX = Math.min(nx - 1, Math.floor((x0 + reachNm) / vx));
    for (let iy = Math.max(0, Math.ceil((y0 - reachNm) / vy)); iy <= lastY; iy++)
      for (let ix = Math.max(0, Math.ceil((x0 - reachNm) / vx)); ix <= lastX; ix++)
        visit((iz * ny + iy) * nx + ix, iz * vz - cz, iy * vy - y0, ix * vx - x0);
  }
}

/** Adds a ball (volume nm) to a field of signed distances, in the voxels of one neurite only. */
export function stampBall(
  { grid, partition: { labels } }: Tissue,
  field: Int8Array,
  owner: number,
  centreNm: Zyx,
  radiusNm: number,
): void {
  forVoxelsNear(grid, centreNm, radiusNm + OUTSIDE_NM, (voxel, z, y, x) => {
    if (labels[voxel] !== owner) return;
    const distance = Math.sqrt(z * z + y * y + x * x) - radiusNm;
    if (distance < (field[voxel] as number)) field[voxel] = Math.max(-FAR, distance);
  });
}

/** Darkens a ball (volume nm) with a soft edge, in the voxels of one neurite only. */
export function stampStain(
  { grid, partition: { labels }, organelles: { stain } }: Tissue,
  owner: number,
  centreNm: Zyx,
  radiusNm: number,
  amount: number,
): void {
  forVoxelsNear(grid, centreNm, radiusNm + 6, (voxel, z, y, x) => {
    if (labels[voxel] !== owner) return;
    const inside = radiusNm + 6 - Math.sqrt(z * z + y * y + x * x);
    const dark = amount * Math.max(0, Math.min(1, inside / 10));
    if (dark > (stain[voxel] as number)) stain[voxel] = dark;
  });
}
