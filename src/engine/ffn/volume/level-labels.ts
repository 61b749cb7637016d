import { type Box, boxBetween } from '../../../core/box';
import { add, volumeOf, type Zyx } from '../../../core/vec';
import { finestVoxel, type MaskGrid } from '../../../segment/ffn/mask';
import type { LabelStore } from '../../label-store';

/** Planes of a level that are read at once. */
const PLANES = 16;

/** What a box of a level's voxels has of the segmentation, each as the finest voxel in its middle, and as `keep` makes of its id. */
export function levelLabels(
  labels: Pick<LabelStore, 'readBox'>,
  { originZyx: [z0, y0, x0], shapeZyx: [sizeZ, sizeY, sizeX] }: Box,
  grid: Pick<MaskGrid, 'scaleZyx' | 'offsetZyx'>,
  keep: (id: number) => number,
): Uint32Array<ArrayBuffer> {
  const found = new Uint32Array(volumeOf([sizeZ, sizeY, sizeX]));
  for (let first = 0; first < sizeZ; first += PLANES) {
    const end = Math.min(first + PLANES, sizeZ);
    const origin = finestVoxel([z0 + first, y0, x0], grid);
    const last = finestVoxel([z0 + end - 1, y0 + sizeY - 1, x0 + sizeX - 1], grid);
    const box = boxBetween(origin, add(last, [1, 1, 1]));
    const ids = labels.readBox(box);
    const along = (axis: 0 | 1 | 2, from: number, length: number) =>
      Array.from({ length }, (_, i) => {
        const at: [number, number, number] = [z0 + first, y0, x0];
        at[axis] = from + i;
        return finestVoxel(at as Zyx, grid)[axis] - origin[axis];
      });
    const zs = along(0, z0 + first, end - first);
    const ys = along(1, y0, sizeY);
    const xs = along(2, x0, sizeX);
    const [, boxY, boxX] = box.shapeZyx;
    for (const [z, inZ] of zs.entries())
      for (const [y, inY] of ys.entries()) {
        const row = (inZ * boxY + inY) * boxX;
        const to = ((first + z) * sizeY + y) * sizeX;
        let lastId = 0;
        let kept = 0;
        for (let x = 0; x < sizeX; x++) {
          const id = ids[row + (xs[x] ?? 0)] ?? 0;
          if (id !== lastId) {
            lastId = id;
            kept = id === 0 ? 0 : keep(id);
          }
          found[to + x] = kept;
        }
      }
  }
  return found;
}
