import { brickOfVoxel } from '../core/brick';
import { floor, type Zyx } from '../core/vec';
import type { LevelReader } from '../volume/model';
import type { Layer } from './layer';
import type { OpenLayer } from './open-layer';
import type { LayerProbe } from './protocol';
import type { BrickAddress } from './scheduler/address';

/**
 * What a layer has, as it is stored, at a voxel of the volume's finest level, in the finest level of its own that is loaded there; undefined
 * where none is.
 */
export async function valueAt(
  zyx: Zyx,
  levels: readonly LevelReader[],
  bricks: { has(address: BrickAddress): boolean } | undefined,
): Promise<number | bigint | undefined> {
  for (const [level, reader] of levels.entries()) {
    const { scaleZyx, offsetZyx, shapeZyx } = reader.info;
    const at = floor([
      (zyx[0] + 0.5 - offsetZyx[0]) / scaleZyx[0],
      (zyx[1] + 0.5 - offsetZyx[1]) / scaleZyx[1],
      (zyx[2] + 0.5 - offsetZyx[2]) / scaleZyx[2],
    ]);
    const inside = at.every((value, axis) => value >= 0 && value < (shapeZyx[axis] ?? 0));
    if (!inside || !bricks?.has({ level, brickZyx: brickOfVoxel(at) })) continue;
    return (await reader.readBox({ originZyx: at, shapeZyx: [1, 1, 1] }))[0];
  }
  return undefined;
}

/** What can say which bricks are loaded. */
type Bricks = { has(address: BrickAddress): boolean };

/** What the layers beside the volume have at a voxel of it: those that are visible, the highest first. */
export function layersAt(
  zyx: Zyx,
  listed: readonly Pick<Layer, 'id' | 'visible'>[],
  open: readonly OpenLayer[],
  shown: { layer(id: string): { readonly loader: Bricks } | undefined } | undefined,
): Promise<LayerProbe[]> {
  const visible = listed.toReversed().flatMap((state) => {
    const layer = state.visible ? open.find(({ id }) => id === state.id) : undefined;
    return layer ? [layer] : [];
  });
  return Promise.all(
    visible.map(async ({ id, kind, levels }) => {
      const value = (await valueAt(zyx, levels, shown?.layer(id)?.loader)) ?? null;
      return { id, value: value !== null && kind === 'labels' ? String(value) : value };
    }),
  );
}
