import { type Box, boxBetween, boxEnd } from '../../core/box';
import { FloodlightError } from '../../core/errors';
import { add, type Zyx } from '../../core/vec';
import { hasContext } from '../../segment/ffn/fov';
import { finestVoxel, levelVoxel, type MaskGrid } from '../../segment/ffn/mask';
import type { LevelBall } from '../../segment/ffn/object';
import type { Block } from '../../segment/ffn/params';
import type { VolumeInfo } from '../../volume/model';
import type { LabelStore } from '../label-store';

/** Between voxels of the finest level, which users and labels speak of, and those of the level that a network sees. */
export class Placing {
  readonly grid: MaskGrid;
  /** Where fields of view have to lie, in the level's voxels. */
  readonly canvas: Box;

  constructor(
    info: Pick<VolumeInfo, 'shapeZyx' | 'levels'>,
    readonly level: number,
    private readonly fieldOfViewZyx: Zyx,
    box: Box | undefined,
    private readonly labels: LabelStore,
  ) {
    const shapeZyx = info.levels[level]?.shapeZyx ?? info.shapeZyx;
    const { scaleZyx = [1, 1, 1], offsetZyx = [0, 0, 0] } = info.levels[level] ?? {};
    const bounds = box ?? { originZyx: [0, 0, 0], shapeZyx: info.shapeZyx };
    this.grid = { scaleZyx, offsetZyx, bounds };
    const last = levelVoxel(add(boxEnd(bounds), [-1, -1, -1]), this.grid);
    this.canvas = box
      ? boxBetween(levelVoxel(box.originZyx, this.grid), add(last, [1, 1, 1]))
      : { originZyx: [0, 0, 0], shapeZyx };
  }

  /**
   * A seed in the level's voxels. SEED_AT_EDGE, or SEED_TAKEN where a finished segment other than its own is within `distance`
   * voxels.
   */
  seed(zyx: Zyx, distance: number, ownId = 0): Zyx {
    const { fieldOfViewZyx } = this;
    const placed = levelVoxel(zyx, this.grid);
    if (!hasContext(placed, fieldOfViewZyx, this.canvas))
      throw new FloodlightError('SEED_AT_EDGE', { zyx, fieldOfViewZyx });
    const size = 2 * distance + 1;
    const around = {
      originZyx: add(zyx, [-distance, -distance, -distance]),
      shapeZyx: [size, size, size] as const,
    };
    const id = this.takenBy(around, ownId);
    if (id !== 0) throw new FloodlightError('SEED_TAKEN', { zyx, id });
    return placed;
  }

  /** A block about a voxel of the level. */
  block({ zyx, radius }: Block): LevelBall {
    return { zyx: levelVoxel(zyx, this.grid), radius, scaleZyx: this.grid.scaleZyx };
  }

  /** Whether a finished segment other than its own has a voxel of the level. */
  isTaken(levelZyx: Zyx, ownId: number): boolean {
    const id = this.labels.labelAt(finestVoxel(levelZyx, this.grid));
    return id !== 0 && id !== ownId;
  }

  private takenBy(box: Box, ownId: number): number {
    const { originZyx, shapeZyx } = box;
    const first: Zyx = [
      Math.max(originZyx[0], 0),
      Math.max(originZyx[1], 0),
      Math.max(originZyx[2], 0),
    ];
    const inside = boxBetween(first, add(originZyx, shapeZyx));
    return this.labels.readBox(inside).find((id) => id !== 0 && id !== ownId) ?? 0;
  }
}
