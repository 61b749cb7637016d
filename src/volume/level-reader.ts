import { type Box, intersect, isEmpty } from '../core/box';
import { brickBox } from '../core/brick';
import { copyBox } from '../core/copy-box';
import { bytesOf, type Dtype, type VoxelArray } from '../core/dtype';
import { abortError, FloodlightError } from '../core/errors';
import { multiply, volumeOf } from '../core/vec';
import { chunksOfBox, filled } from './chunk-boxes';
import type { ChunkCache } from './chunk-cache';
import type { ChunkSource } from './chunk-source';
import type { LevelInfo, LevelReader } from './model';

/** Browsers refuse typed arrays somewhat above this; a box is one array. */
const MAXIMUM_BOX_BYTES = 2 ** 31;

function checkBox({ originZyx, shapeZyx }: Box, bytesPerVoxel: number): void {
  const isBox =
    originZyx.every(Number.isSafeInteger) &&
    shapeZyx.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!isBox)
    throw new FloodlightError('BAD_PARAMETERS', {
      what: `The box at ${originZyx.join(', ')} of ${shapeZyx.join(' × ')} voxels`,
      reason: 'origin and shape must be integers, the shape not negative',
    });
  const neededBytes = volumeOf(shapeZyx) * bytesPerVoxel;
  if (neededBytes > MAXIMUM_BOX_BYTES)
    throw new FloodlightError('BUDGET_EXCEEDED', {
      what: 'Reading the box',
      neededBytes,
      budgetBytes: MAXIMUM_BOX_BYTES,
    });
}

/** Reads one level out of its array's chunks, which it keeps in the cache under the array's address. */
export function createLevelReader<D extends Dtype>(
  info: LevelInfo,
  source: ChunkSource<D>,
  cache: ChunkCache,
): LevelReader<D> {
  const { dtype, shapeZyx, chunkZyx } = source;
  const bytesPerVoxel = bytesOf[dtype];
  const whole: Box = { originZyx: [0, 0, 0], shapeZyx };

  async function readBox(box: Box, signal?: AbortSignal): Promise<VoxelArray> {
    checkBox(box, bytesPerVoxel);
    if (signal?.aborted) throw abortError();
    const inside = intersect(box, whole);
    // Where chunks cover the whole box nothing of the padding stays.
    const padding = volumeOf(inside.shapeZyx) === volumeOf(box.shapeZyx) ? 0 : source.fillValue;
    const target = { data: filled(dtype, volumeOf(box.shapeZyx), padding), box };
    if (isEmpty(inside)) return target.data;
    const failed = new AbortController();
    const either = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
    const copies = Array.from(chunksOfBox(inside, chunkZyx), async (chunkAtZyx) => {
      const chunkBox = { originZyx: multiply(chunkAtZyx, chunkZyx), shapeZyx: chunkZyx };
      const part = intersect(inside, chunkBox);
      await cache.read(
        `${source.url} ${chunkAtZyx.join('/')}`,
        (shared) => source.readChunk(chunkAtZyx, shared),
        (data) => copyBox({ data, box: chunkBox }, target, part, bytesPerVoxel),
        either,
      );
    });
    try {
      await Promise.all(copies);
    } catch (error) {
      failed.abort();
      throw error;
    }
    return target.data;
  }

  return {
    info,
    dtype,
    readBox,
    readBrick: async (brickZyx, signal) => ({
      dtype,
      data: await readBox(brickBox(brickZyx), signal),
    }),
  };
}
