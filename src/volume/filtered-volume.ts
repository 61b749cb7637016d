import type { Coder } from '../codecs/coder';
import { type Box, boxEnd, intersect, isEmpty } from '../core/box';
import { brickBox, bricksOfBox } from '../core/brick';
import { copyBox } from '../core/copy-box';
import { allocate, bytesOf, type ImageDtype, type VoxelArray } from '../core/dtype';
import { abortError, FloodlightError } from '../core/errors';
import { equal, multiply, volumeOf, type Zyx } from '../core/vec';
import { type FilterStep, filterStep, type ImageFilter, sourceOf } from '../normalize/filter';
import type { LevelReader, Volume } from './model';

/** Bricks that are filtered at once for a box. */
const MOST_BRICKS = 8;

/** Filters the bricks of a level as they are read. */
function filteredLevel(
  level: LevelReader<ImageDtype>,
  step: FilterStep,
  filter: Coder['filter'],
): LevelReader<ImageDtype> {
  const { dtype, info } = level;
  const whole: Box = { originZyx: [0, 0, 0], shapeZyx: info.shapeZyx };

  /** The part of a brick that lies within the level. */
  async function readPart(part: Box, signal: AbortSignal | undefined): Promise<VoxelArray> {
    const source = intersect(sourceOf(step, part), whole);
    const voxels = await level.readBox(source, signal);
    const bytes = new Uint8Array(voxels.buffer, voxels.byteOffset, voxels.byteLength);
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
      : await level.readBox(box, signal);
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
    async readBrick(brickZyx, signal) {
      const box = brickBox(brickZyx);
      const isWhole = equal(boxEnd(intersect(box, whole)), boxEnd(box));
      return { dtype, data: await (isWhole ? readPart : readBox)(box, signal) };
    },
  };
}

/**
 * A volume whose image is seen through a filter, which `filter` calculates, brick by brick as it is read; stored labels stay
 * as they are. BAD_PARAMETERS for CLAHE of float32, which has no steps to equalize.
 */
export function filteredVolume(
  volume: Volume,
  filter: ImageFilter,
  calculate: Coder['filter'],
): Volume {
  if (filter.kind === 'none') return volume;
  const { dtype, voxelSizeNm, contrast } = volume.info;
  if (filter.kind === 'clahe' && dtype === 'float32')
    throw new FloodlightError('BAD_PARAMETERS', {
      what: 'CLAHE',
      reason: 'it needs integers, and this image has float32 voxels',
    });
  const sizeNm = ({ scaleZyx }: { scaleZyx: Zyx }) => multiply(voxelSizeNm, scaleZyx);
  return {
    ...volume,
    levels: volume.levels.map((level) => {
      const step = filterStep(filter, dtype, sizeNm(level.info), contrast);
      return filteredLevel(level, step, calculate);
    }),
  };
}
