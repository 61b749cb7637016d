import type { DecodeStep } from '../codecs/job';
import { BRICK_EDGE } from '../core/brick';
import type { Zyx } from '../core/vec';

/** A step more takes as much memory again as the chunk, beside it. */
const MOST_CHUNK_BYTES = 2 ** 26;

/** Whether a chunk is whole bricks, whose voxels do not lie together in it. */
const consistsOfBricks = ([z, y, x]: Zyx): boolean =>
  [z, y, x].every((size) => size > 0 && size % BRICK_EDGE === 0) &&
  (y > BRICK_EDGE || x > BRICK_EDGE);

/**
 * The step that has the voxels of each brick of a chunk, z, y and x its last axes, lie together; undefined where they do, where it
 * is not whole bricks, or too large. A brick is then copied out of it in one go: row by row out of 128³ it is 4,096 pieces, each
 * on a cache line of its own, which takes twelve times as long.
 */
export function brickOrder(
  chunkShape: readonly number[],
  elementBytes: number,
): DecodeStep | undefined {
  const further = chunkShape.slice(0, -3);
  const [z = 0, y = 0, x = 0] = chunkShape.slice(-3);
  const bytes = chunkShape.reduce((product, size) => product * size, elementBytes);
  if (!consistsOfBricks([z, y, x]) || bytes > MOST_CHUNK_BYTES) return undefined;
  const bricks = [z, y, x].flatMap((size) => [size / BRICK_EDGE, BRICK_EDGE]);
  const first = further.length;
  return {
    codec: 'transpose',
    elementBytes,
    shape: [...further, ...bricks],
    axes: [...further.keys(), ...[0, 2, 4, 1, 3, 5].map((axis) => first + axis)],
  };
}
