import { intersect } from '../../core/box';
import { brickBox, brickGrid } from '../../core/brick';
import type { ImageArray } from '../../core/dtype';
import { isUnreadable } from '../../core/errors';
import { floor, type Zyx } from '../../core/vec';
import { imageVoxels } from '../../core/voxels';
import type { FfnModel } from '../../segment/ffn/model';
import type { LevelReader } from '../../volume/model';

/** Bricks on each axis that are looked at: enough for two moments. */
const PER_AXIS = 2;

/** Mean and deviation of a level's finite values, from those bricks of some spread over it that can be read. Rejects as reading does where none can. */
export async function levelNormalization(
  level: LevelReader,
  signal: AbortSignal,
): Promise<FfnModel['normalization']> {
  const { shapeZyx } = level.info;
  let [count, sum, squares] = [0, 0, 0];
  let failure: unknown;
  for (const brickZyx of spreadBricks(brickGrid(shapeZyx))) {
    const box = intersect(brickBox(brickZyx), { originZyx: [0, 0, 0], shapeZyx });
    let voxels: ImageArray;
    try {
      voxels = imageVoxels(await level.readBox(box, signal));
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      failure = error;
      continue;
    }
    for (const value of voxels) {
      if (!Number.isFinite(value)) continue;
      count++;
      sum += value;
      squares += value * value;
    }
  }
  if (count === 0 && failure) throw failure;
  const mean = sum / Math.max(count, 1);
  const deviation = Math.sqrt(Math.max(squares / Math.max(count, 1) - mean * mean, 0));
  // Where all values are the same they become 0.
  return { mean, deviation: deviation || 1 };
}

function spreadBricks(grid: Zyx): Zyx[] {
  const found = new Map<string, Zyx>();
  for (let index = 0; index < PER_AXIS ** 3; index++) {
    const place = (digit: number) =>
      ((Math.floor(index / PER_AXIS ** digit) % PER_AXIS) + 0.5) / PER_AXIS;
    const brickZyx = floor([grid[0] * place(2), grid[1] * place(1), grid[2] * place(0)]);
    found.set(brickZyx.join(), brickZyx);
  }
  return [...found.values()];
}
