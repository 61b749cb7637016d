import { type BrickKey, brickKey } from '../core/brick';
import type { BrickLru } from '../core/brick-lru';
import type { Zyx } from '../core/vec';
import type { LevelInfo } from '../volume/model';
import type { DrawnBrick } from './slices';

/** The segmentation, brick by brick: what is drawn of it are copies. */
export interface LabelSource {
  has(key: BrickKey): boolean;
  /** Grows with each change of a brick. */
  version(key: BrickKey): number;
  /** A brick's segment ids, 64³, C-ordered; 0 where there is none. */
  brick(brickZyx: Zyx): Uint32Array<ArrayBuffer>;
}

/** Bricks brought up to date in one frame at most, 1 MiB each. */
const UPDATES_A_FRAME = 24;

/** The segmentation's bricks as slices draw them: copies in a pool, made when a view cuts them. */
export class LabelBricks<Slot> {
  /** The versions that the pool holds or held. */
  private readonly versions = new Map<BrickKey, number>();
  private readonly drawnNow = new Set<BrickKey>();
  private updatesLeft = 0;
  /** Whether a brick that was to be drawn since `beginFrame` is not up to date yet. */
  isBehind = false;

  constructor(
    private readonly source: LabelSource,
    readonly pool: BrickLru<Slot>,
  ) {}

  beginFrame(): void {
    this.drawnNow.clear();
    this.updatesLeft = UPDATES_A_FRAME;
    this.isBehind = false;
  }

  /** Those of the bricks of the finest level that hold labels, brought up to date as far as the frame allows. */
  drawn(bricks: Iterable<Zyx>, level: LevelInfo): DrawnBrick<Slot>[] {
    const drawn: DrawnBrick<Slot>[] = [];
    for (const brickZyx of bricks) {
      const key = brickKey(brickZyx);
      if (!this.source.has(key)) continue;
      // More would push each other out of the pool within one frame.
      if (!this.drawnNow.has(key) && this.drawnNow.size >= this.pool.mostBricks) continue;
      const slot = this.upToDate(key, brickZyx);
      if (!slot) continue;
      this.drawnNow.add(key);
      drawn.push({ slot, brickZyx, level });
    }
    return drawn;
  }

  /** The brick's copy, made anew if need be; an older one, or none, when the frame's updates are used up. */
  private upToDate(key: BrickKey, brickZyx: Zyx): Slot | undefined {
    const version = this.source.version(key);
    const resident = this.pool.get(String(key));
    if (resident && this.versions.get(key) === version) return resident;
    if (this.updatesLeft === 0) {
      this.isBehind = true;
      return resident;
    }
    this.updatesLeft--;
    this.versions.set(key, version);
    return this.pool.put(String(key), this.source.brick(brickZyx));
  }
}
