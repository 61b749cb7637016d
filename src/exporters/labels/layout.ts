import { FloodlightError } from '../../core/errors';
import type { Zyx } from '../../core/vec';

/** How labels are laid out in files; what is left out is as `DEFAULT_LAYOUT` has it. Edges of an axis are voxels. */
export interface LabelLayoutOptions {
  readonly codec?: LabelCodec;
  /** 1 to 22 for zstd, 1 to 9 for blosc. */
  readonly level?: number;
  /** What blosc does before zstd, which it has inside. */
  readonly shuffle?: 'none' | 'byte' | 'bit';
  /** What is encoded and read as one piece: powers of two from 16 to 256, one for all axes or one each. */
  readonly chunkZyx?: number | Zyx;
  /** What one file holds: powers of two, the chunk or a multiple of it, 4096 at most. */
  readonly shardZyx?: number | Zyx;
  readonly dtype?: LabelFileDtype;
}

export type LabelCodec = 'zstd' | 'blosc';
export type LabelFileDtype = 'uint32' | 'uint64';

/** A checked layout. */
export interface LabelLayout {
  readonly codec: LabelCodec;
  readonly level: number;
  readonly shuffle: 'none' | 'byte' | 'bit';
  readonly chunkZyx: Zyx;
  readonly shardZyx: Zyx;
  readonly dtype: LabelFileDtype;
}

export const DEFAULT_LAYOUT: LabelLayout = {
  codec: 'zstd',
  level: 3,
  shuffle: 'bit',
  chunkZyx: [64, 64, 64],
  shardZyx: [512, 512, 512],
  dtype: 'uint32',
};

const MOST_LEVEL: Readonly<Record<LabelCodec, number>> = { zstd: 22, blosc: 9 };
const LEAST_CHUNK = 16;
const MOST_CHUNK = 256;
const MOST_SHARD = 4096;
/** So that a shard's index, 16 bytes a chunk, stays small. */
const MOST_CHUNKS_A_SHARD = 2 ** 16;

const isPowerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value));

function refuse(what: string, reason: string): never {
  throw new FloodlightError('BAD_PARAMETERS', { what, reason });
}

function checkEdges(what: string, edges: number | Zyx, least: number, most: number): Zyx {
  const [z, y, x, ...more] = typeof edges === 'number' ? [edges, edges, edges] : edges;
  const isFine = (edge: number) => edge >= least && edge <= most && isPowerOfTwo(edge);
  if (more.length > 0 || ![z, y, x].every(isFine))
    refuse(what, `${edges} is not made of powers of two from ${least} to ${most} voxels`);
  return [z, y, x];
}

function checkOneOf<T extends string>(what: string, value: T, all: readonly T[]): T {
  if (!all.includes(value)) refuse(what, `${value} is not one of ${all.join(', ')}`);
  return value;
}

/**
 * A layout that can be written. Edges are powers of two, so that bricks of 64³, chunks and shards nest and a volume can be
 * written in one pass. BAD_PARAMETERS for anything else.
 */
export function checkLayout(options: LabelLayoutOptions): LabelLayout {
  const { codec, level, shuffle, chunkZyx, shardZyx, dtype } = { ...DEFAULT_LAYOUT, ...options };
  checkOneOf('Codec of labels', codec, ['zstd', 'blosc']);
  if (!Number.isInteger(level) || level < 1 || level > MOST_LEVEL[codec])
    refuse('Level of compression', `${level} is not one of 1 to ${MOST_LEVEL[codec]} of ${codec}`);
  const chunk = checkEdges('Chunks of labels', chunkZyx, LEAST_CHUNK, MOST_CHUNK);
  const shard = checkEdges('Shards of labels', shardZyx, LEAST_CHUNK, MOST_SHARD);
  const perShard = shard.map((edge, axis) => edge / (chunk[axis] ?? 1));
  if (perShard.some((count) => count < 1))
    refuse(
      'Shards of labels',
      `${shard.join(' × ')} cannot hold a chunk of ${chunk.join(' × ')} voxels`,
    );
  if (perShard.reduce((product, count) => product * count, 1) > MOST_CHUNKS_A_SHARD)
    refuse('Shards of labels', `they would hold more than ${MOST_CHUNKS_A_SHARD} chunks each`);
  return {
    codec,
    level,
    shuffle: checkOneOf('Shuffle of labels', shuffle, ['none', 'byte', 'bit']),
    chunkZyx: chunk,
    shardZyx: shard,
    dtype: checkOneOf('Type of labels', dtype, ['uint32', 'uint64']),
  };
}
