import { BRICK_VOXELS, type BrickKey, brickGrid, brickKey } from '../../core/brick';
import { FloodlightError } from '../../core/errors';
import { volumeOf, type Zyx } from '../../core/vec';
import { chunkEncoding, type EncodeBytes, ID_BYTES, idBytes } from './chunk-encoding';
import { InFlight } from './in-flight';
import type { LabelLayout } from './layout';
import { type LabelFile, LevelWriter } from './level-writer';
import { type LabelGrid, labelLevels } from './levels';
import {
  groupMetadata,
  type LabelProperties,
  labelArrayMetadata,
  labelGroupMetadata,
} from './metadata';
import { brickOfMorton, type MortonCode, mortonOrder, sharedCube } from './morton';

/** The labels that are saved: which bricks have any, and each brick's ids, 64³, C-ordered, in an array of its own. */
export interface LabelSource {
  keys(): Iterable<BrickKey>;
  brick(brickZyx: Zyx): Uint32Array<ArrayBuffer> | Promise<Uint32Array<ArrayBuffer>>;
}

export interface LabelsToWrite extends LabelGrid {
  readonly name: string;
  readonly source: LabelSource;
  readonly properties: readonly LabelProperties[];
}

export interface WriteSurroundings {
  readonly encode: EncodeBytes;
  readonly signal?: AbortSignal | undefined;
  /** Told after each brick how many there are and how many are read; the next waits for it. */
  onBrick?(done: number, total: number): void | Promise<void>;
}

/** Raw chunks that wait for their encoding: what keeps eight workers busy, unless chunks are large. */
const MOST_IN_FLIGHT = 16;
const MOST_BYTES_IN_FLIGHT = 64 * 2 ** 20;

function chunksInFlight({ chunkZyx, dtype }: LabelLayout): number {
  const most = Math.floor(MOST_BYTES_IN_FLIGHT / (volumeOf(chunkZyx) * ID_BYTES[dtype]));
  return Math.min(MOST_IN_FLIGHT, Math.max(1, most));
}

const json = (metadata: object) => new TextEncoder().encode(JSON.stringify(metadata, null, 2));

/** The levels' writers, and which of what they hold is whole. */
class Pyramid {
  constructor(private readonly writers: readonly LevelWriter[]) {}

  put(brickZyx: Zyx, ids: Uint32Array<ArrayBuffer>): void {
    this.writers[0]?.put(brickKey(brickZyx), ids);
  }

  /** Finishes all that lies in smaller cubes than this, which are over. */
  async *finish(cube: number): AsyncGenerator<LabelFile> {
    for (const [at, writer] of this.writers.entries()) {
      if (writer.brickCube >= cube) return;
      writer.finishBricks(this.writers[at + 1]);
      if (writer.chunkCube < cube) await writer.finishChunks();
      if (writer.shardCube < cube) yield* writer.finishShards();
    }
  }
}

function checkBrick(brickZyx: Zyx, ids: Uint32Array, grid: Zyx): void {
  const what = `Label brick ${brickZyx.join(', ')}`;
  if (ids.length !== BRICK_VOXELS)
    throw new FloodlightError('BAD_PARAMETERS', {
      what,
      reason: `it has ${ids.length} voxels in place of ${BRICK_VOXELS}`,
    });
  if (brickZyx.some((at, axis) => at >= (grid[axis] ?? 0)))
    throw new FloodlightError('BAD_PARAMETERS', {
      what,
      reason: `it lies outside the grid of ${grid.join(' × ')} bricks`,
    });
}

/**
 * The files of an OME-Zarr 0.5 label image with all its levels, as sharded arrays of Zarr version 3, metadata first. One pass
 * over the bricks in Morton order: of each level what lies in one shard's cube is held, encoded, and a few raw bricks. Levels
 * lie below `prefix`. Rejects with what `source` and `encode` throw, BAD_PARAMETERS for a brick of the wrong size or
 * place, AbortError once the signal fires.
 */
export async function* labelFiles(
  labels: LabelsToWrite,
  layout: LabelLayout,
  prefix: string,
  around: WriteSurroundings,
): AsyncGenerator<LabelFile> {
  const levels = labelLevels(labels, layout);
  const paths = levels.map((_, level) => (prefix ? `${prefix}/${level}` : `${level}`));
  const group = labelGroupMetadata(labels.name, levels, paths, labels.properties);
  yield { path: 'zarr.json', bytes: json(group) };
  if (prefix) yield { path: `${prefix}/zarr.json`, bytes: json(groupMetadata({})) };
  for (const [at, level] of levels.entries())
    yield { path: `${paths[at]}/zarr.json`, bytes: json(labelArrayMetadata(level, layout)) };

  const end = new AbortController();
  const signal = AbortSignal.any([end.signal, ...(around.signal ? [around.signal] : [])]);
  const encoding = chunkEncoding(layout);
  const encode: EncodeBytes = (job) => around.encode(job, signal);
  const encodeIds = (ids: Uint32Array<ArrayBuffer>) =>
    encode({ ...encoding, bytes: idBytes(ids, layout.dtype) });
  const inFlight = new InFlight(chunksInFlight(layout));
  const pyramid = new Pyramid(
    levels.map((level, at) => new LevelWriter(level, paths[at] ?? '', encodeIds, encode, inFlight)),
  );
  const grid = brickGrid(labels.shapeZyx);
  const order = mortonOrder(labels.source.keys());
  let before: MortonCode | undefined;
  try {
    for (const [done, code] of order.entries()) {
      if (before !== undefined) yield* pyramid.finish(sharedCube(before, code));
      signal.throwIfAborted();
      const brickZyx = brickOfMorton(code);
      const ids = await labels.source.brick(brickZyx);
      checkBrick(brickZyx, ids, grid);
      pyramid.put(brickZyx, ids);
      before = code;
      await around.onBrick?.(done + 1, order.length);
    }
    yield* pyramid.finish(Number.POSITIVE_INFINITY);
  } finally {
    // Chunks that still wait for a worker need none if nobody takes the files.
    end.abort();
  }
}
