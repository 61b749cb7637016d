import { BRICK_VOXELS, type BrickKey, brickGrid, brickKey } from '../core/brick';
import { type Bits, BRICK_WORDS, paintBits } from '../core/brick-bits';
import type { BrickLru } from '../core/brick-lru';
import { pickLevel, type SliceView, type ViewId } from '../core/slice-geometry';
import type { Zyx } from '../core/vec';
import { visibleBricks } from '../core/visible-bricks';
import type { LevelInfo } from '../volume/model';
import type { LabelPools } from './label-pools';
import type { LabelPyramid } from './label-pyramid/label-pyramid';
import type { TreeNode } from './label-pyramid/segment-tree';
import type { SegmentBrick } from './slices';

/** A segment that has a brick to itself. */
export interface LoneSegment {
  readonly id: number;
  bits(): Bits;
}

/** The segmentation, brick by brick: what is drawn of it are copies. */
export interface LabelSource {
  has(key: BrickKey): boolean;
  /** Grows with each change of a brick. */
  version(key: BrickKey): number;
  /** The only segment in a brick; undefined where there are none or several. */
  lone(brickZyx: Zyx): LoneSegment | undefined;
  /** A brick's segment ids, 64³, C-ordered; 0 where there is none. */
  brick(brickZyx: Zyx): Uint32Array<ArrayBuffer>;
  /** The same segments at coarser levels, and the one that grows, all of it: who draws it from elsewhere draws over it. */
  readonly pyramid: LabelPyramid;
}

/** Bricks brought up to date in one frame at most, 1 MiB each. */
const UPDATES_A_FRAME = 24;
/** What bits are of such an update: they are unpacked, and 32 KiB. */
const BITS_UPDATE = 1 / 8;
/** What a frame may give to making coarser levels. */
const COARSE_MILLISECONDS = 8;

/** The levels at which the segmentation of a volume is drawn: each of voxels twice as large, down to one brick. */
export function labelLevels(shapeZyx: Zyx): LevelInfo[] {
  const levels: LevelInfo[] = [];
  for (let level = 0; ; level++) {
    const size = 2 ** level;
    const [z, y, x] = shapeZyx;
    const shape: Zyx = [Math.ceil(z / size), Math.ceil(y / size), Math.ceil(x / size)];
    levels.push({
      path: '',
      shapeZyx: shape,
      chunkZyx: [64, 64, 64],
      scaleZyx: [size, size, size],
      offsetZyx: [0, 0, 0],
    });
    if (brickGrid(shape).every((bricks) => bricks === 1)) return levels;
  }
}

/** A brick as a view wants it: how to tell whether its copy is up to date, and how to make one; undefined where that takes longer. */
interface WantedBrick {
  readonly key: string;
  readonly version: number;
  /** Whose bits `make` gives; undefined: it gives ids. */
  readonly segment: number | undefined;
  make(): Uint32Array<ArrayBuffer> | undefined;
}

/** A copy that a pool holds, or held. */
type Copy = Pick<WantedBrick, 'version' | 'segment'>;

/** The segmentation's bricks as slices draw them, at the level that suits the zoom: copies in pools, made when a view cuts them. */
export class LabelBricks<Slot> {
  private readonly levels: readonly LevelInfo[];
  /** The latest copy of each. */
  private readonly copies = new Map<string, Copy>();
  private readonly drawnNow = new Map<BrickLru<Slot>, Set<string>>();
  /** The level that each view showed last. */
  private readonly shownLevels = new Map<ViewId, number>();
  private updatesLeft = 0;
  private coarseUntil = 0;
  /** Whether a brick that was to be drawn since `beginFrame` is not up to date yet. */
  isBehind = false;

  constructor(
    private readonly source: LabelSource,
    readonly pools: LabelPools<Slot>,
    shapeZyx: Zyx,
    private readonly voxelSizeNm: Zyx,
  ) {
    this.levels = labelLevels(shapeZyx);
  }

  beginFrame(): void {
    this.drawnNow.clear();
    this.updatesLeft = UPDATES_A_FRAME;
    this.coarseUntil = performance.now() + COARSE_MILLISECONDS;
    this.isBehind = false;
  }

  /**
   * The bricks with labels that a view cuts, all of one level, brought up to date as far as the frame allows. The level that
   * the view showed before stays until all of another one is there.
   */
  drawn(view: ViewId, state: SliceView): SegmentBrick<Slot>[] {
    const wanted = pickLevel(view, state, this.levels, this.voxelSizeNm);
    const { bricks, isComplete } = this.atLevel(view, state, wanted, true);
    const before = this.shownLevels.get(view) ?? wanted;
    if (!isComplete && before !== wanted) {
      const old = this.atLevel(view, state, before, false).bricks;
      if (old.length > 0) return old;
    }
    this.shownLevels.set(view, wanted);
    return bricks;
  }

  private atLevel(view: ViewId, state: SliceView, index: number, isWanted: boolean) {
    const bricks: SegmentBrick<Slot>[] = [];
    let isComplete = true;
    const level = this.levels[index];
    for (const brickZyx of level ? visibleBricks(view, state, level, this.voxelSizeNm) : []) {
      const brick = index === 0 ? this.finest(brickZyx) : this.coarse(index, brickZyx);
      if (!brick || !level) continue;
      const pool = this.pools.of(brick.segment);
      const drawn = this.drawnOf(pool);
      // More would push each other out of the pool within one frame.
      if (!drawn.has(brick.key) && drawn.size >= pool.mostBricks) continue;
      const copy = isWanted ? this.upToDate(brick) : this.resident(brick.key);
      if (copy) {
        this.drawnOf(this.pools.of(copy.segment)).add(brick.key);
        bricks.push({ ...copy, brickZyx, level });
      } else isComplete = false;
    }
    return { bricks, isComplete };
  }

  /** What this frame draws of a pool. */
  private drawnOf(pool: BrickLru<Slot>): Set<string> {
    const drawn = this.drawnNow.get(pool) ?? new Set();
    this.drawnNow.set(pool, drawn);
    return drawn;
  }

  private finest(brickZyx: Zyx): WantedBrick | undefined {
    const { source } = this;
    const key = brickKey(brickZyx);
    if (!source.has(key)) return undefined;
    const lone = source.lone(brickZyx);
    return {
      key: `0/${key}`,
      version: source.version(key),
      segment: lone?.id,
      make: () => lone?.bits() ?? source.brick(brickZyx),
    };
  }

  /** Where several segments meet in a voxel, the newest shows. */
  private coarse(level: number, brickZyx: Zyx): WantedBrick | undefined {
    const { pyramid } = this.source;
    const nodes: [number, TreeNode][] = [];
    let changedAt = 0;
    for (const [id, node] of pyramid.at(level, brickZyx)) {
      if (node.isEmpty) continue;
      nodes.push([id, node]);
      changedAt = Math.max(changedAt, node.changedAt);
    }
    if (nodes.length === 0) return undefined;
    const [lone, ...others] = nodes;
    const segment = others.length === 0 ? lone?.[0] : undefined;
    return {
      key: `${level}/${brickKey(brickZyx)}`,
      // Segments come with a change, and go without one.
      version: changedAt * 2 ** 20 + nodes.length,
      segment,
      make: () => {
        const isOver = () => performance.now() > this.coarseUntil;
        if (!nodes.every(([id, node]) => pyramid.refresh(id, node, isOver))) return undefined;
        if (lone && segment !== undefined)
          return pyramid.bits(segment, lone[1]) ?? new Uint32Array(BRICK_WORDS);
        const ids = new Uint32Array(BRICK_VOXELS);
        for (const [id, node] of nodes.sort(([a], [b]) => a - b)) {
          const bits = pyramid.bits(id, node);
          if (bits) paintBits(ids, bits, id);
        }
        return ids;
      },
    };
  }

  /** A brick's copy as it was made last; undefined where no pool holds it. */
  private resident(key: string): Pick<SegmentBrick<Slot>, 'slot' | 'segment'> | undefined {
    const copy = this.copies.get(key);
    const slot = copy && this.pools.of(copy.segment).get(key);
    return slot && { slot, segment: copy.segment };
  }

  /** The brick's copy, made anew if need be; an older one, or none, when the frame's updates are used up. */
  private upToDate({ key, version, segment, make }: WantedBrick) {
    const resident = this.resident(key);
    if (resident && this.copies.get(key)?.version === version) return resident;
    const voxels = this.updatesLeft > 0 ? make() : undefined;
    if (!voxels) {
      this.isBehind = true;
      return resident;
    }
    this.updatesLeft -= segment === undefined ? 1 : BITS_UPDATE;
    this.copies.set(key, { version, segment });
    return { slot: this.pools.of(segment).put(key, voxels), segment };
  }
}
