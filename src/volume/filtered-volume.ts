import type { Coder } from '../codecs/coder';
import { type Box, boxEnd, intersect, isEmpty } from '../core/box';
import { brickBox, bricksOfBox } from '../core/brick';
import { copyBox } from '../core/copy-box';
import { allocate, bytesOf, type VoxelArray, viewAs } from '../core/dtype';
import { abortError, FloodlightError } from '../core/errors';
import { equal, multiply, volumeOf, type Zyx } from '../core/vec';
import { imageDtypeOf, imageVoxels } from '../core/voxels';
import { type FilterStep, filterStep, type ImageFilter, sourceOf } from '../normalize/filter';
import type { LevelReader, Volume } from './model';

/** Bricks that are filtered at once for a box. */
const MOST_BRICKS = 8;

/** Filters the bricks of a level as they are read. */
function filteredLevel(level: LevelReader, step: FilterStep, filter: Coder['filter']): LevelReader {
  const { info } = level;
  const dtype = imageDtypeOf[level.dtype];
  const whole: Box = { originZyx: [0, 0, 0], shapeZyx: info.shapeZyx };

  /** The part of a brick that lies within the level. */
  async function readPart(
    part: Box,
    signal: AbortSignal | undefined,
    onFetched?: () => void,
  ): Promise<VoxelArray> {
    const source = intersect(sourceOf(step, part), whole);
    const voxels = imageVoxels(await level.readBox(source, signal, onFetched));
    const bytes = viewAs('uint8', voxels);
    const filtered = await filter({ step, dtype, source, part, bytes }, signal);
    const result = allocate(dtype, volumeOf(part.shapeZyx));
    new Uint8Array(result.buffer).set(filtered);
    return result;
  }

  async function readBox(box: Box, signal?: AbortSignal): Promise<VoxelArray> {
    // Of what lies outside nothing is filtered, and what is inside is written over.
    const isInside = equal(intersect(box, whole).shapeZyx, box.shapeZyx);
    const data = isInside
      ? allocate(dtype, volumeOf(box.shapeZyx))
      : imageVoxels(await level.readBox(box, signal));
    const bricks = bricksOfBox(intersect(box, whole));
    const work = async () => {
      for (const brickZyx of bricks) {
        if (signal?.aborted) throw abortError();
        const brick = intersect(brickBox(brickZyx), whole);
        const part = { data: await readPart(brick, signal), box: brick };
        copyBox(part, { data, box }, intersect(brick, box), bytesOf[dtype]);
      }
    };
    if (!isEmpty(intersect(box, whole)))
      await Promise.all(Array.from({ length: MOST_BRICKS }, work));
    return data;
  }

  return {
    info,
    dtype,
    readBox,
    takeDoubtful: () =>
      (level.takeDoubtful?.() ?? []).map((box) => intersect(sourceOf(step, box), whole)),
    prefetch: (box, signal) => level.prefetch(sourceOf(step, intersect(box, whole)), signal),
    async readBrick(brickZyx, signal, onFetched) {
      const box = brickBox(brickZyx);
      const isWhole = equal(boxEnd(intersect(box, whole)), boxEnd(box));
      return {
        dtype,
        data: await (isWhole ? readPart(box, signal, onFetched) : readBox(box, signal)),
      };
    },
  };
}

/**
 * A volume whose image is seen through a filter, which `filter` calculates, brick by brick as it is read, in the type that
 * images are calculated with; stored labels stay as they are. BAD_PARAMETERS for CLAHE of what is calculated as float32, which
 * has no steps to equalize.
 */
export function filteredVolume(
  volume: Volume,
  filter: ImageFilter,
  calculate: Coder['filter'],
): Volume {
  if (filter.kind === 'none') return volume;
  const { voxelSizeNm, contrast } = volume.info;
  const dtype = imageDtypeOf[volume.info.dtype];
  if (filter.kind === 'clahe' && dtype === 'float32')
    throw new FloodlightError('BAD_PARAMETERS', {
      what: 'CLAHE',
      reason: `it needs integers of 16 bits at most, and this image has ${volume.info.dtype} voxels`,
    });
  const sizeNm = ({ scaleZyx }: { scaleZyx: Zyx }) => multiply(voxelSizeNm, scaleZyx);
  return {
    ...volume,
    info: { ...volume.info, dtype },
    levels: volume.levels.map((level) => {
      const step = filterStep(filter, dtype, sizeNm(level.info), contrast);
      return filteredLevel(level, step, calculate);
    }),
    select: async (...selection) =>
      filteredVolume(await volume.select(...selection), filter, calculate),
  };
}
