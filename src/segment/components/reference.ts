import type { VoxelArray } from '../../core/dtype';
import { volumeOf } from '../../core/vec';
import { neighborSteps } from '../flood-fill/reference';
import type { Components, ComponentsRequest } from './types';

/** The plain twin of `connectedComponents`: from each voxel that has no id yet, a walk over all that it is connected to. */
export function componentsReference(
  { shapeZyx, connectivity, range }: ComponentsRequest,
  voxels: VoxelArray,
): Components {
  const [sizeZ, sizeY, sizeX] = shapeZyx;
  const steps = neighborSteps(connectivity);
  const isForeground = (index: number) => {
    const value = Number(voxels[index]);
    return range ? value >= range.low && value <= range.high : value !== 0;
  };
  // With a range all foreground is one label.
  const isSame = (a: number, b: number) => range !== undefined || voxels[a] === voxels[b];
  const ids = new Uint32Array(volumeOf(shapeZyx));
  let count = 0;
  for (let first = 0; first < ids.length; first++) {
    if (ids[first] !== 0 || !isForeground(first)) continue;
    ids[first] = ++count;
    const queue = [first];
    for (const index of queue) {
      const x = index % sizeX;
      const y = Math.floor(index / sizeX) % sizeY;
      const z = Math.floor(index / (sizeX * sizeY));
      for (const [stepZ, stepY, stepX] of steps) {
        const [toZ, toY, toX] = [z + stepZ, y + stepY, x + stepX];
        if (toZ < 0 || toY < 0 || toX < 0 || toZ >= sizeZ || toY >= sizeY || toX >= sizeX) continue;
        const neighbor = (toZ * sizeY + toY) * sizeX + toX;
        if (ids[neighbor] !== 0 || !isForeground(neighbor) || !isSame(first, neighbor)) continue;
        ids[neighbor] = count;
        queue.push(neighbor);
      }
    }
  }
  return { ids, count };
}
