import { SpareBuffers } from '../codecs/spare-buffers';
import { type Box, intersect, isEmpty } from '../core/box';
import { BRICK_EDGE, brickBox } from '../core/brick';
import { copyBox, type Placed } from '../core/copy-box';
import {
  allocate,
  arrayDtypeOf,
  type BitsArray,
  bitsDtypeOf,
  bytesOf,
  type Dtype,
  viewAs,
} from '../core/dtype';
import { abortError, FloodlightError } from '../core/errors';
import { ranked, rankOf } from '../core/rank';
import { add, divide, equal, multiply, subtract, volumeOf, type Zyx } from '../core/vec';
import { voxelsOfBits } from '../core/voxels';
import { chunksOfBox, fillWith } from './chunk-boxes';
import type { ChunkCache, LoadChunk } from './chunk-cache';
import { type ChunkSource, chunkKey } from './chunk-source';
import type { LevelInfo, LevelReader } from './model';

/** Of bricks that were taken back: 16 of u8. */
const MOST_SPARE_BYTES = 2 ** 22;
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
  const { dtype, shapeZyx, chunkZyx, blockZyx, moreChunk } = source;
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
  const spare = new SpareBuffers(MOST_SPARE_BYTES);
  /** Of bricks that were given away and may be taken back. */
  const lent = new WeakSet<ArrayBufferLike>();
  const keyOf = (zyx: Zyx) => chunkKey(source.url, { more, zyx });
  const loadOf =
    (zyx: Zyx): LoadChunk =>
    (shared, fetched) =>
      source.readChunk({ more, zyx }, shared, fetched);
  const blockVoxels = volumeOf(blockZyx);
  const blocksZyx = divide(chunkZyx, blockZyx);

  /** Copies a box out of a chunk. */
  function copyPart(chunk: BitsArray, chunkOriginZyx: Zyx, part: Box, target: Placed): void {
    const inChunk = { ...part, originZyx: subtract(part.originZyx, chunkOriginZyx) };
    for (const atZyx of chunksOfBox(inChunk, blockZyx)) {
      const [z, y, x] = atZyx;
      const index = (z * blocksZyx[1] + y) * blocksZyx[2] + x;
      const first = offset * chunkVoxels + index * blockVoxels;
      const data = chunk.subarray(first, first + blockVoxels);
      const originZyx = add(chunkOriginZyx, multiply(atZyx, blockZyx));
      const box = { originZyx, shapeZyx: blockZyx };
      copyBox({ data, box }, target, intersect(part, box), bytesOf[dtype]);
    }
  }

  async function readBox(box: Box, signal?: AbortSignal, onFetched?: () => void) {
    checkBox(box, bytesOf[arrayDtypeOf(dtype)]);
    return voxelsOfBits(dtype, await readBits(box, signal, onFetched));
  }

  async function readBits(
    box: Box,
    signal?: AbortSignal,
    onFetched = () => {},
    given?: BitsArray,
  ): Promise<BitsArray> {
    if (signal?.aborted) throw abortError();
    const inside = intersect(box, whole);
    const target = { data: given ?? allocate(bitsDtype, volumeOf(box.shapeZyx)), box };
    // Where chunks cover the whole box nothing of the padding would stay.
    if (!equal(inside.shapeZyx, box.shapeZyx)) fillWith(target.data, source.fillBits);
    if (isEmpty(inside)) return target.data;
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
      const originZyx = multiply(zyx, chunkZyx);
      const part = intersect(inside, { originZyx, shapeZyx: chunkZyx });
      await cache.read(
        keyOf(zyx),
        loadOf(zyx),
        (chunk) => copyPart(chunk, originZyx, part, target),
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
    return target.data;
  }

  async function lend(box: Box, signal?: AbortSignal, onFetched?: () => void) {
    const buffer = spare.take(volumeOf(box.shapeZyx) * bytesOf[dtype]);
    const given = buffer && (viewAs(bitsDtype, new Uint8Array(buffer)) as BitsArray);
    const bits = await readBits(box, signal, onFetched, given);
    lent.add(bits.buffer);
    return voxelsOfBits(dtype, bits);
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
        return { dtype, data: await lend(box, signal, onFetched) };
      const chunk = await cache.share(keyOf(brickZyx), loadOf(brickZyx), signal, onFetched);
      return { dtype, data: voxelsOfBits(dtype, chunk) };
    },
    takeDoubtful: () =>
      source
        .takeDoubtful()
        .map(({ zyx }) =>
          intersect({ originZyx: multiply(zyx, chunkZyx), shapeZyx: chunkZyx }, whole),
        ),
    recycle({ buffer }) {
      if (buffer instanceof ArrayBuffer && lent.delete(buffer)) spare.give(buffer);
    },
  };
}
