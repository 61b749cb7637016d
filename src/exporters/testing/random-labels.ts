import { type Box, contains, intersect } from '../../core/box';
import { BRICK_VOXELS, brickBox, brickKey, bricksOfBox } from '../../core/brick';
import { copyBox } from '../../core/copy-box';
import { volumeOf, type Zyx } from '../../core/vec';
import type { LabelSource } from '../labels/label-files';

/** A volume of labels, C-ordered. */
export interface TestLabels {
  readonly shapeZyx: Zyx;
  readonly ids: Uint32Array<ArrayBuffer>;
}

/** Boxes of ids, each painted over those before it; a speckled box has every third voxel or so. */
export interface TestBox extends Box {
  readonly id: number;
  readonly isSpeckled: boolean;
}

export function paintBoxes(shapeZyx: Zyx, boxes: readonly TestBox[]): TestLabels {
  const ids = new Uint32Array(volumeOf(shapeZyx));
  const whole = { originZyx: [0, 0, 0] as const, shapeZyx };
  for (const { originZyx, shapeZyx: size, id, isSpeckled } of boxes)
    for (let z = originZyx[0]; z < originZyx[0] + size[0]; z++)
      for (let y = originZyx[1]; y < originZyx[1] + size[1]; y++)
        for (let x = originZyx[2]; x < originZyx[2] + size[2]; x++) {
          if (!contains(whole, [z, y, x]) || (isSpeckled && (z * 7 + y * 5 + x * 11) % 3)) continue;
          ids[(z * shapeZyx[1] + y) * shapeZyx[2] + x] = id;
        }
  return { shapeZyx, ids };
}

/** The volume as the bricks that hold any label, and how often a brick was asked for. */
export function sourceOf({ shapeZyx, ids }: TestLabels): LabelSource & { readonly asked: Zyx[] } {
  const asked: Zyx[] = [];
  const whole: Box = { originZyx: [0, 0, 0], shapeZyx };
  const brick = (brickZyx: Zyx) => {
    const data = new Uint32Array(BRICK_VOXELS);
    const box = brickBox(brickZyx);
    copyBox({ data: ids, box: whole }, { data, box }, intersect(box, whole), 4);
    return data;
  };
  const all = [...bricksOfBox(whole)];
  const labelled = all.filter((brickZyx) => brick(brickZyx).some((id) => id !== 0));
  return {
    asked,
    keys: () => labelled.map(brickKey),
    brick(brickZyx) {
      asked.push(brickZyx);
      return brick(brickZyx);
    },
  };
}
