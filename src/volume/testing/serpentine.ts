import type { Box } from '../../core/box';
import type { Zyx } from '../../core/vec';
import { computedVolume } from './computed-volume';

export interface SerpentineOptions {
  readonly shapeZyx: Zyx;
  /** From wall to wall along z and y; the corridor is one voxel narrower. */
  readonly periodVoxels?: number;
  /** The corridor is closed after so many lanes: what lies beyond has its value, and is not connected. Default: it is not. */
  readonly lanes?: number;
}

/** One corridor through a whole volume, lane by lane along x, then along y, then along z. */
export interface Serpentine {
  readonly shapeZyx: Zyx;
  readonly periodVoxels: number;
  /** Of all lanes; walls are 0. */
  readonly value: number;
  readonly lanes: number;
  /** In the first lane, at its closed end. */
  readonly seedZyx: Zyx;
  /** Connected to the seed, over faces or over corners alike. */
  readonly voxels: number;
  /** Which x are no wall in the row at z and y: from the first on, up to the second. */
  openX(z: number, y: number): readonly [from: number, to: number];
  voxelAt(zyx: Zyx): number;
  /** The voxels of a box in C order; 0 outside of the volume. */
  fillChunk(box: Box): Uint8Array<ArrayBuffer>;
}

/**
 * Walls one voxel thick lie across z and y at the end of each period. A lane is what they leave between them; its number counts
 * along the corridor, which turns from even lanes to the next at the far end of x, from odd ones at the near end.
 */
export function serpentine(options: SerpentineOptions): Serpentine {
  const { shapeZyx, periodVoxels: period = 64 } = options;
  const [sizeZ, sizeY, sizeX] = shapeZyx;
  const value = 200;
  const gap = period - 1;
  if (period < 2 || sizeX < 2 * gap) throw new Error('The corridor is wider than its turns allow.');
  const slabs = Math.ceil(sizeZ / period);
  const perSlab = Math.ceil(sizeY / period);
  const lanes = Math.min(options.lanes ?? slabs * perSlab, slabs * perSlab);
  const laneAt = (slab: number, column: number): number =>
    slab * perSlab + (slab % 2 === 0 ? column : perSlab - 1 - column);
  const isWall = (at: number): boolean => at % period === period - 1;

  const everything = [0, sizeX] as const;
  const nothing = [0, 0] as const;
  /** The passage from a lane to the next. */
  const turn = (lane: number): readonly [number, number] => {
    if (lane === lanes - 1) return nothing;
    return lane % 2 === 0 ? [sizeX - gap, sizeX] : [0, gap];
  };
  const openX = (z: number, y: number): readonly [number, number] => {
    const slab = Math.floor(z / period);
    const column = Math.floor(y / period);
    const lane = laneAt(slab, column);
    if (!isWall(z) && !isWall(y)) return everything;
    if (isWall(z) && isWall(y)) return nothing;
    if (isWall(z)) {
      const isLast = (lane + 1) % perSlab === 0;
      return isLast && z + 1 < sizeZ ? turn(lane) : nothing;
    }
    return y + 1 < sizeY ? turn(Math.min(lane, laneAt(slab, column + 1))) : nothing;
  };

  /** How thick the lanes at this place are along an axis. */
  const thickness = (index: number, size: number): number => Math.min(gap, size - index * period);
  const voxelsOfLane = (lane: number): number => {
    const slab = Math.floor(lane / perSlab);
    const turned = lane % perSlab;
    const column = slab % 2 === 0 ? turned : perSlab - 1 - turned;
    const [thickZ, thickY] = [thickness(slab, sizeZ), thickness(column, sizeY)];
    const [from, to] = turn(lane);
    return thickZ * thickY * sizeX + (turned === perSlab - 1 ? thickY : thickZ) * (to - from);
  };
  const voxels = Array.from({ length: lanes }, (_, lane) => voxelsOfLane(lane));

  return {
    shapeZyx,
    periodVoxels: period,
    value,
    lanes,
    seedZyx: [thickness(0, sizeZ) >> 1, thickness(0, sizeY) >> 1, 0],
    voxels: voxels.reduce((sum, each) => sum + each, 0),
    openX,
    voxelAt([z, y, x]) {
      const [from, to] = openX(z, y);
      return x >= from && x < to ? value : 0;
    },
    fillChunk({ originZyx: [z0, y0, x0], shapeZyx: [depth, height, width] }) {
      const bytes = new Uint8Array(depth * height * width);
      for (let z = 0; z < Math.min(depth, sizeZ - z0); z++)
        for (let y = 0; y < Math.min(height, sizeY - y0); y++) {
          const row = (z * height + y) * width;
          const [from, to] = openX(z0 + z, y0 + y);
          const [first, end] = [Math.max(0, from - x0), Math.min(width, to - x0)];
          if (first < end) bytes.fill(value, row + first, row + end);
        }
      return bytes;
    },
  };
}

/** A serpentine as a volume whose chunks (64³) are computed when they are asked for. */
export const serpentineVolume = (source: Serpentine): ReadonlyMap<string, Blob> =>
  computedVolume(source.shapeZyx, ([z, y, x]) =>
    source.fillChunk({ originZyx: [z * 64, y * 64, x * 64], shapeZyx: [64, 64, 64] }),
  );
