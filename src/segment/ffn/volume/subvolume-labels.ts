import { type Box, contains, intersect, isEmpty } from '../../../core/box';
import { type BrickKey, brickBox, brickKey, brickOfKey, brickOfVoxel } from '../../../core/brick';
import { subtract, volumeOf, type Zyx } from '../../../core/vec';
import type { Canvas } from '../canvas';

/** The label of voxels that segments have which are not of this run. */
export const FOREIGN = 2 ** 32 - 1;

/** An object's voxels in a subvolume: where runs along x begin, C-ordered within its box, each with its length. */
export type VoxelRuns = Uint32Array<ArrayBuffer>;

/** Which object of a run has which voxel of a subvolume; the first who takes a voxel keeps it. 0 is nobody. */
export class SubvolumeLabels {
  /** `taken`: labels of segments that were there before, C-ordered. */
  constructor(
    readonly box: Box,
    readonly data: Uint32Array = new Uint32Array(volumeOf(box.shapeZyx)),
  ) {}

  /** Whether an object has a voxel. */
  isTaken(zyx: Zyx): boolean {
    return this.data[this.indexOf(zyx)] !== 0;
  }

  /** Whether an object has a voxel within a cube of `distance` to all sides. */
  isTakenNear(zyx: Zyx, distance: number): boolean {
    for (let z = zyx[0] - distance; z <= zyx[0] + distance; z++)
      for (let y = zyx[1] - distance; y <= zyx[1] + distance; y++)
        for (let x = zyx[2] - distance; x <= zyx[2] + distance; x++)
          if (contains(this.box, [z, y, x]) && this.isTaken([z, y, x])) return true;
    return false;
  }

  /** The voxels that reach a logit and that nobody has. */
  free(canvas: Pick<Canvas, 'keys' | 'read'>, logit: number): { runs: VoxelRuns; voxels: number } {
    const runs: number[] = [];
    let voxels = 0;
    for (const key of canvas.keys()) {
      const part = intersect(brickBox(brickOfKey(key)), this.box);
      if (isEmpty(part)) continue;
      const logits = canvas.read(part);
      const [sizeZ, sizeY, sizeX] = part.shapeZyx;
      const [z0, y0, x0] = part.originZyx;
      for (let z = 0; z < sizeZ; z++)
        for (let y = 0; y < sizeY; y++) {
          const from = (z * sizeY + y) * sizeX;
          const at = this.indexOf([z0 + z, y0 + y, x0]);
          const isFree = (x: number) =>
            (logits[from + x] ?? Number.NaN) >= logit && this.data[at + x] === 0;
          for (let x = 0; x < sizeX; x++) {
            if (!isFree(x)) continue;
            const start = x;
            while (x < sizeX && isFree(x)) x++;
            runs.push(at + start, x - start);
            voxels += x - start;
          }
        }
    }
    return { runs: Uint32Array.from(runs), voxels };
  }

  /** Gives voxels to an object. What lies outside of the box is left out. */
  take(id: number, runs: VoxelRuns): void {
    for (let at = 0; at + 1 < runs.length; at += 2) {
      const start = runs[at] ?? 0;
      this.data.fill(id, start, start + (runs[at + 1] ?? 0));
    }
  }

  /** The labels of a box inside the subvolume, C-ordered. */
  read({ originZyx: [z0, y0, x0], shapeZyx }: Box): Uint32Array<ArrayBuffer> {
    const [sizeZ, sizeY, sizeX] = shapeZyx;
    const labels = new Uint32Array(volumeOf(shapeZyx));
    for (let z = 0; z < sizeZ; z++)
      for (let y = 0; y < sizeY; y++) {
        const at = this.indexOf([z0 + z, y0 + y, x0]);
        labels.set(this.data.subarray(at, at + sizeX), (z * sizeY + y) * sizeX);
      }
    return labels;
  }

  /** What one object has of a box, 1 where it has a voxel; nothing of what lies outside of the subvolume. */
  maskOf(id: number): Pick<Canvas, 'read'> {
    return {
      read: (box) => {
        const mask = new Float32Array(volumeOf(box.shapeZyx));
        const part = intersect(box, this.box);
        if (isEmpty(part)) return mask;
        const labels = this.read(part);
        const [fromZ, fromY, fromX] = subtract(part.originZyx, box.originZyx);
        const [sizeZ, sizeY, sizeX] = part.shapeZyx;
        for (let z = 0; z < sizeZ; z++)
          for (let y = 0; y < sizeY; y++) {
            const row = (z * sizeY + y) * sizeX;
            const to = ((fromZ + z) * box.shapeZyx[1] + fromY + y) * box.shapeZyx[2] + fromX;
            for (let x = 0; x < sizeX; x++) mask[to + x] = labels[row + x] === id ? 1 : 0;
          }
        return mask;
      },
    };
  }

  /** The bricks of the level's own grid that runs lie in. */
  bricksOf(runs: VoxelRuns): ReadonlySet<BrickKey> {
    const keys = new Set<BrickKey>();
    const [, sizeY, sizeX] = this.box.shapeZyx;
    const [z0, y0, x0] = this.box.originZyx;
    for (let at = 0; at + 1 < runs.length; at += 2) {
      const start = runs[at] ?? 0;
      const row = Math.floor(start / sizeX);
      const [z, y, x] = [z0 + Math.floor(row / sizeY), y0 + (row % sizeY), x0 + (start % sizeX)];
      // A run never leaves its brick.
      keys.add(brickKey(brickOfVoxel([z, y, x])));
    }
    return keys;
  }

  private indexOf(zyx: Zyx): number {
    const [z, y, x] = subtract(zyx, this.box.originZyx);
    const [, sizeY, sizeX] = this.box.shapeZyx;
    return (z * sizeY + y) * sizeX + x;
  }
}
