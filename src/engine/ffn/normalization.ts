import { intersect } from '../../core/box';
import { brickBox, brickGrid } from '../../core/brick';
import { floor, type Zyx } from '../../core/vec';
import { imageVoxels } from '../../core/voxels';
import type { FfnModel } from '../../segment/ffn/model';
import type { LevelReader } from '../../volume/model';

/** Bricks on each axis that are looked at: enough for two moments. */
const PER_AXIS = 2;

/** Mean and deviation of a level's finite values, from bricks spread over it. Rejects as reading does. */
export async function levelNormalization(
  level: LevelReader,
  signal: AbortSignal,
): Promise<FfnModel['normalization']> {
  const { shapeZyx } = level.info;
  let [count, sum, squares] = [0, 0, 0];
  for (const brickZyx of spreadBricks(brickGrid(shapeZyx))) {
    const box = intersect(brickBox(brickZyx), { originZyx: [0, 0, 0], shapeZyx });
    for (const value of imageVoxels(await level.readBox(box, signal))) {
      if (!Number.isFinite(value)) continue;
      count++;
      sum += value;
      squares += value * value;
    }
  }
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
