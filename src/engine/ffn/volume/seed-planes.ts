import { type Box, intersect } from '../../../core/box';
import { type BrickKey, brickBox, brickKey, brickOfVoxel, bricksOfBox } from '../../../core/brick';
import { copyBox } from '../../../core/copy-box';
import type { ImageArray } from '../../../core/dtype';
import { isUnreadable } from '../../../core/errors';
import { volumeOf, type Zyx } from '../../../core/vec';
import { imageVoxels } from '../../../core/voxels';
import type { LevelReader } from '../../../volume/model';
import { priorityOf } from '../../scheduler/priority';
import type { Scheduler } from '../../scheduler/scheduler';

const FRONTIER = priorityOf('frontier', 0);

/** A level's image as seeds are looked for in it: what cannot be read is flat there, and has none. */
export class SeedPlanes {
  /** Bricks that could not be read; they are not asked for again. */
  readonly unread = new Set<BrickKey>();
  /** What kept the last of them from being read; undefined once anything was. */
  failure: unknown;
  private hasRead = false;

  constructor(
    private readonly level: LevelReader,
    private readonly scheduler: Scheduler,
  ) {}

  /** A box of the level, C-ordered. Rejects with what is not about a part of the volume alone. */
  async read(box: Box, signal: AbortSignal): Promise<ImageArray> {
    if (![...bricksOfBox(box)].some((at) => this.unread.has(brickKey(at))))
      try {
        return await this.readBox(box, signal);
      } catch (error) {
        if (!isUnreadable(error)) throw error;
      }
    return this.readBricks(box, signal);
  }

  has(zyx: Zyx): boolean {
    return !this.unread.has(brickKey(brickOfVoxel(zyx)));
  }

  /** Brick by brick; those that cannot be read have the mean of the others, which makes the fewest edges. */
  private async readBricks(box: Box, signal: AbortSignal): Promise<ImageArray> {
    const target = new Float32Array(volumeOf(box.shapeZyx)).fill(Number.NaN);
    for (const brickZyx of bricksOfBox(box)) {
      if (this.unread.has(brickKey(brickZyx))) continue;
      const part = intersect(brickBox(brickZyx), box);
      try {
        const data = Float32Array.from(await this.readBox(part, signal));
        copyBox({ data, box: part }, { data: target, box }, part, data.BYTES_PER_ELEMENT);
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        this.unread.add(brickKey(brickZyx));
        if (!this.hasRead) this.failure = error;
      }
    }
    let [sum, count] = [0, 0];
    for (const value of target)
      if (!Number.isNaN(value)) {
        sum += value;
        count++;
      }
    const mean = sum / Math.max(count, 1);
    for (let at = 0; at < target.length; at++) if (Number.isNaN(target[at])) target[at] = mean;
    return target;
  }

  private async readBox(box: Box, signal: AbortSignal): Promise<ImageArray> {
    const read = (own: AbortSignal) => this.level.readBox(box, own);
    const voxels = imageVoxels(await this.scheduler.run(FRONTIER, signal, read));
    this.hasRead = true;
    this.failure = undefined;
    return voxels;
  }
}
