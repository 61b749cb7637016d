import type { Box } from '../core/box';
import { FloodlightError } from '../core/errors';
import type { LevelReader } from '../volume/model';
import type { ImageRead } from './protocol';
import { checkBox } from './request';

/** The voxels of a box of one of these levels, as they are stored; BAD_PARAMETERS for a level or a box that is not there. */
export async function readLevel(
  levels: readonly LevelReader[],
  level: number,
  box: Box,
): Promise<ImageRead> {
  const reader = levels[level];
  if (!reader) {
    throw new FloodlightError('BAD_PARAMETERS', {
      what: 'Level',
      reason: `${level} is not one of the ${levels.length} that there are`,
    });
  }
  checkBox(box, reader.info.shapeZyx);
  const data = await reader.readBox(box);
  return { data, shapeZyx: box.shapeZyx, dtype: reader.dtype };
}
