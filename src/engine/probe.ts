import { brickOfVoxel } from '../core/brick';
import { floor, type Zyx } from '../core/vec';
import type { LabelLayer, Volume } from '../volume/model';
import type { BrickAddress } from './scheduler/address';

/** The image's value, as it is stored, at a voxel of the finest level, from the finest level whose brick is loaded; null where none is. */
export async function imageValue(
  zyx: Zyx,
  volume: Volume,
  bricks: { has(address: BrickAddress): boolean } | undefined,
): Promise<number | bigint | null> {
  for (const [level, reader] of volume.levels.entries()) {
    const { scaleZyx, offsetZyx, shapeZyx } = reader.info;
    const at = floor([
      (zyx[0] + 0.5 - offsetZyx[0]) / scaleZyx[0],
      (zyx[1] + 0.5 - offsetZyx[1]) / scaleZyx[1],
      (zyx[2] + 0.5 - offsetZyx[2]) / scaleZyx[2],
    ]);
    const inside = at.every((value, axis) => value >= 0 && value < (shapeZyx[axis] ?? 0));
    if (!inside || !bricks?.has({ level, brickZyx: brickOfVoxel(at) })) continue;
    const values = await reader.readBox({ originZyx: at, shapeZyx: [1, 1, 1] });
    return values[0] ?? null;
  }
  return null;
}

/** The id of a stored label layer at a voxel, as decimal digits; null where no layer is shown. */
export async function storedId(zyx: Zyx, layer: LabelLayer | undefined): Promise<string | null> {
  const values = await layer?.levels[0]?.readBox({ originZyx: zyx, shapeZyx: [1, 1, 1] });
  return values ? String(values[0] ?? 0) : null;
}
