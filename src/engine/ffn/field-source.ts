import { BRICK_VOXELS, type BrickKey, brickKey, bricksOfBox } from '../../core/brick';
import { bytesOf, type ImageArray } from '../../core/dtype';
import { isUnreadable } from '../../core/errors';
import { volumeOf, type Zyx } from '../../core/vec';
import { imageVoxels } from '../../core/voxels';
import { eachRow } from '../../segment/ffn/canvas';
import { fieldOfView } from '../../segment/ffn/fov';
import type { FieldSource } from '../../segment/ffn/grow';
import type { FfnModel } from '../../segment/ffn/model';
import type { LevelReader } from '../../volume/model';
import { priorityOf } from '../scheduler/priority';
import type { Scheduler } from '../scheduler/scheduler';

const FRONTIER = priorityOf('frontier', 0);
const AHEAD = priorityOf('prefetch', 0);
/** What bricks may take here: those around a few fields of view. */
const BRICK_BYTES = 2 ** 25;
const LEAST_BRICKS = 27;

type Brick = Promise<ImageArray | undefined>;

/** Fields of view of one level of a volume, read brick by brick in the scheduler's order, and normalised. */
export class LevelFields implements FieldSource {
  /** Bricks that could not be read: fields of view that need them are left out. */
  readonly unread = new Set<BrickKey>();
  /** What kept the last of them from being read. */
  failure: unknown;
  /** Insertion order is order of use. */
  private readonly bricks = new Map<BrickKey, Brick>();
  private readonly mostBricks: number;

  constructor(
    private readonly level: LevelReader,
    private readonly scheduler: Scheduler,
    private readonly fieldOfViewZyx: Zyx,
    private readonly normalization: FfnModel['normalization'],
  ) {
    const brickBytes = BRICK_VOXELS * bytesOf[level.dtype];
    this.mostBricks = Math.max(LEAST_BRICKS, Math.floor(BRICK_BYTES / brickBytes));
  }

  async read(centreZyx: Zyx, signal: AbortSignal): Promise<Float32Array | undefined> {
    const box = fieldOfView(centreZyx, this.fieldOfViewZyx);
    const places = [...bricksOfBox(box)];
    const bricks = await Promise.all(places.map((at) => this.brick(at, FRONTIER, signal)));
    const field = new Float32Array(volumeOf(this.fieldOfViewZyx));
    const { mean, deviation } = this.normalization;
    for (const [index, brickZyx] of places.entries()) {
      const brick = bricks[index];
      if (!brick) return undefined;
      eachRow(box, brickZyx, (inBox, inBrick, length) => {
        for (let x = 0; x < length; x++)
          field[inBox + x] = ((brick[inBrick + x] ?? 0) - mean) / deviation;
      });
    }
    return field;
  }

  prefetch(centres: readonly Zyx[], signal: AbortSignal): void {
    for (const centreZyx of centres)
      for (const brickZyx of bricksOfBox(fieldOfView(centreZyx, this.fieldOfViewZyx)))
        if (!this.bricks.has(brickKey(brickZyx)))
          // Where it fails, who needs it will meet that.
          this.brick(brickZyx, AHEAD, signal).catch(() => {});
  }

  private brick(brickZyx: Zyx, priority: number, signal: AbortSignal): Brick {
    const key = brickKey(brickZyx);
    const known = this.bricks.get(key);
    const brick = known ?? this.load(brickZyx, key, priority, signal);
    this.bricks.delete(key);
    this.bricks.set(key, brick);
    for (const oldest of this.bricks.keys()) {
      if (this.bricks.size <= this.mostBricks) break;
      this.bricks.delete(oldest);
    }
    return brick;
  }

  private async load(
    brickZyx: Zyx,
    key: BrickKey,
    priority: number,
    signal: AbortSignal,
  ): Promise<ImageArray | undefined> {
    try {
      const { data } = await this.scheduler.run(priority, signal, (own) =>
        this.level.readBrick(brickZyx, own),
      );
      this.unread.delete(key);
      return imageVoxels(data);
    } catch (error) {
      this.bricks.delete(key);
      if (!isUnreadable(error)) throw error;
      this.unread.add(key);
      this.failure = error;
      return undefined;
    }
  }
}
