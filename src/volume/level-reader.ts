import { type Box, intersect, isEmpty } from '../core/box';
import { BRICK_EDGE, brickBox } from '../core/brick';
import { copyBox } from '../core/copy-box';
import { arrayDtypeOf, bitsDtypeOf, bytesOf, type Dtype, type VoxelArray } from '../core/dtype';
import { abortError, FloodlightError } from '../core/errors';
import { ranked, rankOf } from '../core/rank';
import { equal, multiply, volumeOf, type Zyx } from '../core/vec';
import { voxelsOfBits } from '../core/voxels';
import { chunksOfBox, filled } from './chunk-boxes';
import type { ChunkCache, LoadChunk } from './chunk-cache';
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

/**
 * Reads one level out of its array's chunks, at one place along each of the further axes; keeps whole chunks in the cache, under
 * the array's address, for all places.
 */
export function createLevelReader<D extends Dtype>(
  info: LevelInfo,
  source: ChunkSource<D>,
  cache: ChunkCache,
  moreAt: readonly number[],
): LevelReader<D> {
  const { dtype, shapeZyx, chunkZyx, moreChunk } = source;
  const bitsDtype = bitsDtypeOf(dtype);
  const whole: Box = { originZyx: [0, 0, 0], shapeZyx };
  const more = moreAt.map((at, axis) => Math.floor(at / (moreChunk[axis] ?? 1)));
  const chunkVoxels = volumeOf(chunkZyx);
  /** Where in a chunk the voxels of this place begin. */
  const offset = moreAt.reduce(
    (index, at, axis) => index * (moreChunk[axis] ?? 1) + (at % (moreChunk[axis] ?? 1)),
    0,
  );
  /** Whether a chunk is a brick, and all of it this place's: then nothing has to be copied. */
  const chunksAreBricks =
    chunkZyx.every((size) => size === BRICK_EDGE) && moreChunk.every((size) => size === 1);
  const keyOf = (zyx: Zyx) => `${source.url} ${[...more, ...zyx].join('/')}`;
  const loadOf =
    (zyx: Zyx): LoadChunk =>
    (shared, fetched) =>
      source.readChunk({ more, zyx }, shared, fetched);
  const partOf = (chunk: VoxelArray) =>
    chunk.subarray(offset * chunkVoxels, (offset + 1) * chunkVoxels);

  async function readBox(
    box: Box,
    signal?: AbortSignal,
    onFetched = () => {},
  ): Promise<VoxelArray> {
    checkBox(box, bytesOf[arrayDtypeOf(dtype)]);
    if (signal?.aborted) throw abortError();
    const inside = intersect(box, whole);
    // Where chunks cover the whole box nothing of the padding stays.
    const padding = volumeOf(inside.shapeZyx) === volumeOf(box.shapeZyx) ? 0 : source.fillBits;
    const target = { data: filled(bitsDtype, volumeOf(box.shapeZyx), padding), box };
    if (isEmpty(inside)) return voxelsOfBits(dtype, target.data);
    const failed = new AbortController();
    const either = signal
      ? ranked(AbortSignal.any([signal, failed.signal]), () => rankOf(signal))
      : failed.signal;
    const chunks = [...chunksOfBox(inside, chunkZyx)];
    let unfetched = chunks.length;
    const countFetched = () => {
      if (--unfetched === 0) onFetched();
    };
    const copies = chunks.map(async (zyx) => {
      const chunkBox = { originZyx: multiply(zyx, chunkZyx), shapeZyx: chunkZyx };
      const part = intersect(inside, chunkBox);
      await cache.read(
        keyOf(zyx),
        loadOf(zyx),
        (chunk) => copyBox({ data: partOf(chunk), box: chunkBox }, target, part, bytesOf[dtype]),
        either,
        countFetched,
      );
    });
    try {
      await Promise.all(copies);
    } catch (error) {
      failed.abort();
      throw error;
    }
    return voxelsOfBits(dtype, target.data);
  }

  async function prefetch(box: Box, signal?: AbortSignal): Promise<void> {
    const chunks = [...chunksOfBox(intersect(box, whole), chunkZyx)];
    await Promise.all(chunks.map((zyx) => cache.read(keyOf(zyx), loadOf(zyx), () => {}, signal)));
  }

  return {
    info,
    dtype,
    readBox,
    prefetch,
    async readBrick(brickZyx, signal, onFetched) {
      const box = brickBox(brickZyx);
      // What a chunk holds past the shape is not what lies there.
      if (!chunksAreBricks || !equal(intersect(box, whole).shapeZyx, box.shapeZyx))
        return { dtype, data: await readBox(box, signal, onFetched) };
      const chunk = await cache.share(keyOf(brickZyx), loadOf(brickZyx), signal, onFetched);
      return { dtype, data: voxelsOfBits(dtype, chunk) };
    },
  };
}
