import { boxBetween, boxEnd, intersect } from '../../core/box';
import {
  BRICK_EDGE,
  BRICK_SHAPE,
  BRICK_VOXELS,
  type BrickKey,
  brickBox,
  brickKey,
  brickOfKey,
} from '../../core/brick';
import { copyBox } from '../../core/copy-box';
import {
  divide,
  equal,
  floor,
  minimum,
  multiply,
  scale,
  subtract,
  volumeOf,
  type Zyx,
} from '../../core/vec';
import type { EncodeBytes } from './chunk-encoding';
import { halveInto } from './halve';
import type { InFlight } from './in-flight';
import type { LabelLevel } from './levels';
import { shardBytes } from './shard';

/** One file of what is saved, by its path below the group. */
export interface LabelFile {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

type Ids = Uint32Array<ArrayBuffer>;

interface OpenChunk {
  readonly atZyx: Zyx;
  readonly ids: Ids;
}

interface OpenShard {
  readonly atZyx: Zyx;
  readonly chunks: Map<number, Promise<Uint8Array<ArrayBuffer>>>;
}

/** The logarithm of the edge, in bricks of the finest level, of the cube that an aligned box of a level's voxels lies in. */
const cubeOf = (boxZyx: Zyx, { factorZyx }: LabelLevel): number =>
  Math.log2(Math.max(1, ...scale(multiply(boxZyx, factorZyx), 1 / BRICK_EDGE)));

const isAllZero = (ids: Ids): boolean => {
  // An index is five times faster here than an iterator.
  for (let at = 0; at < ids.length; at++) if (ids[at] !== 0) return false;
  return true;
};

/** Adds to a map what is not in it. */
function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** Takes all there is out of a map. */
function takeAll<K, V>(map: Map<K, V>): (readonly [K, V])[] {
  const all = [...map];
  map.clear();
  return all;
}

/**
 * One level while it is written: bricks become chunks, chunks become shards. Each of the three is held until the cube of the
 * volume that it lies in is over (`brickCube` and so on, as logarithms of an edge in bricks); what is held then is whole.
 */
export class LevelWriter {
  readonly brickCube: number;
  readonly chunkCube: number;
  readonly shardCube: number;
  private readonly bricks = new Map<BrickKey, Ids>();
  private readonly chunks = new Map<string, OpenChunk>();
  private readonly shards = new Map<string, OpenShard>();
  private readonly chunksAShardZyx: Zyx;

  constructor(
    private readonly level: LabelLevel,
    /** Of the level's array. */
    private readonly path: string,
    private readonly encodeIds: (ids: Ids) => Promise<Uint8Array<ArrayBuffer>>,
    private readonly encode: EncodeBytes,
    private readonly inFlight: InFlight,
  ) {
    this.brickCube = cubeOf(BRICK_SHAPE, level);
    this.chunkCube = Math.max(this.brickCube, cubeOf(level.chunkZyx, level));
    this.shardCube = Math.max(this.chunkCube, cubeOf(level.shardZyx, level));
    this.chunksAShardZyx = divide(level.shardZyx, level.chunkZyx);
  }

  /** A whole brick, which is taken over. */
  put(key: BrickKey, ids: Ids): void {
    this.bricks.set(key, ids);
  }

  /** What a brick of the next finer level adds, of which `insideZyx` voxels lie in the volume. */
  addFiner(finerZyx: Zyx, ids: Ids, insideZyx: Zyx): void {
    const { stepZyx } = this.level;
    const key = brickKey(floor(divide(finerZyx, stepZyx)));
    const coarse = getOrMake(this.bricks, key, () => new Uint32Array(BRICK_VOXELS));
    halveInto(coarse, ids, finerZyx, insideZyx, stepZyx);
  }

  /** Cuts the bricks that are whole now into chunks, and hands each to the next coarser level. */
  finishBricks(coarser: LevelWriter | undefined): void {
    for (const [key, ids] of takeAll(this.bricks)) {
      const brickZyx = brickOfKey(key);
      const inside = intersect(brickBox(brickZyx), boxBetween([0, 0, 0], this.level.shapeZyx));
      coarser?.addFiner(brickZyx, ids, inside.shapeZyx);
      this.cut(brickZyx, ids);
    }
  }

  private cut(brickZyx: Zyx, ids: Ids): void {
    const { chunkZyx, shapeZyx } = this.level;
    if (equal(chunkZyx, BRICK_SHAPE)) {
      this.chunks.set(brickZyx.join('/'), { atZyx: brickZyx, ids });
      return;
    }
    const box = brickBox(brickZyx);
    const end = minimum(boxEnd(box), shapeZyx);
    const first = floor(divide(box.originZyx, chunkZyx));
    const last = floor(divide(subtract(end, [1, 1, 1]), chunkZyx));
    for (let z = first[0]; z <= last[0]; z++)
      for (let y = first[1]; y <= last[1]; y++)
        for (let x = first[2]; x <= last[2]; x++) {
          const atZyx: Zyx = [z, y, x];
          const chunkBox = { originZyx: multiply(atZyx, chunkZyx), shapeZyx: chunkZyx };
          const make = () => ({ atZyx, ids: new Uint32Array(volumeOf(chunkZyx)) });
          const chunk = getOrMake(this.chunks, atZyx.join('/'), make);
          const part = intersect(box, chunkBox);
          copyBox({ data: ids, box }, { data: chunk.ids, box: chunkBox }, part, 4);
        }
  }

  /** Has the chunks that are whole now encoded, except empty ones, a few at a time. */
  async finishChunks(): Promise<void> {
    for (const [, { atZyx, ids }] of takeAll(this.chunks)) {
      if (isAllZero(ids)) continue;
      await this.inFlight.room();
      const shardZyx = floor(divide(atZyx, this.chunksAShardZyx));
      const make = () => ({ atZyx: shardZyx, chunks: new Map() });
      const shard = getOrMake(this.shards, shardZyx.join('/'), make);
      const [z, y, x] = subtract(atZyx, multiply(shardZyx, this.chunksAShardZyx));
      const [, ny, nx] = this.chunksAShardZyx;
      shard.chunks.set((z * ny + y) * nx + x, this.inFlight.track(this.encodeIds(ids)));
    }
  }

  /** The shards that are whole now; those without a chunk do not exist. */
  async *finishShards(): AsyncGenerator<LabelFile> {
    for (const [at, { chunks }] of takeAll(this.shards)) {
      const bytes = await shardBytes(chunks, volumeOf(this.chunksAShardZyx), this.encode);
      yield { path: `${this.path}/c/${at}`, bytes };
    }
  }
}
