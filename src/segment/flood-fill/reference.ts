import type { Box } from '../../core/box';
import type { ImageArray } from '../../core/dtype';
import type { Zyx } from '../../core/vec';
import type { Connectivity } from './plan';

/** The steps to a voxel's neighbours, as (z, y, x). */
export function neighborSteps(connectivity: Connectivity): Zyx[] {
  const mostAxes = { 6: 1, 18: 2, 26: 3 }[connectivity];
  const steps: Zyx[] = [];
  for (let z = -1; z <= 1; z++)
    for (let y = -1; y <= 1; y++)
      for (let x = -1; x <= 1; x++) {
        const axes = Math.abs(z) + Math.abs(y) + Math.abs(x);
        if (axes > 0 && axes <= mostAxes) steps.push([z, y, x]);
      }
  return steps;
}

export interface ReferenceFill {
  /** 1 where filled, C-ordered like the image. */
  readonly mask: Uint8Array;
  readonly voxels: number;
}

/**
 * The plain twin of the WGSL flood fill: a stack of voxels over a whole volume in memory. All voxels connected to the
 * seed whose value lies in [low, high] and, where given, in the box.
 */
export function floodFillReference(
  values: ImageArray,
  shapeZyx: Zyx,
  seedZyx: Zyx,
  { low, high }: { low: number; high: number },
  connectivity: Connectivity,
  box: Box = { originZyx: [0, 0, 0], shapeZyx },
): ReferenceFill {
  const [, sizeY, sizeX] = shapeZyx;
  const first = box.originZyx.map((at) => Math.max(0, at));
  const end = box.originZyx.map((at, axis) =>
    Math.min(shapeZyx[axis] ?? 0, at + (box.shapeZyx[axis] ?? 0)),
  );
  const mask = new Uint8Array(values.length);
  const steps = neighborSteps(connectivity);
  const stack: number[] = [];
  let voxels = 0;
  const visit = (z: number, y: number, x: number) => {
    if (z < (first[0] ?? 0) || y < (first[1] ?? 0) || x < (first[2] ?? 0)) return;
    if (z >= (end[0] ?? 0) || y >= (end[1] ?? 0) || x >= (end[2] ?? 0)) return;
    const index = (z * sizeY + y) * sizeX + x;
    const value = values[index] ?? Number.NaN;
    if (mask[index] || !(value >= low && value <= high)) return;
    mask[index] = 1;
    voxels++;
    stack.push(index);
  };
  visit(...seedZyx);
  for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
    const x = index % sizeX;
    const y = Math.floor(index / sizeX) % sizeY;
    const z = Math.floor(index / (sizeX * sizeY));
    for (const [dz, dy, dx] of steps) visit(z + dz, y + dy, x + dx);
  }
  return { mask, voxels };
}
