import { z } from 'zod';
import { contains } from '../core/box';
import { FloodlightError } from '../core/errors';
import type { Zyx } from '../core/vec';
import { floodFillParams } from '../segment/flood-fill/params';

const voxel = z.tuple([z.int(), z.int(), z.int()]).readonly();
const size = z.int().min(1);

const request = z.object({
  algorithm: z.literal('flood-fill'),
  seedZyx: voxel,
  params: floodFillParams,
  box: z.object({ originZyx: voxel, shapeZyx: z.tuple([size, size, size]).readonly() }).optional(),
  voxelLimit: z.int().min(1).optional(),
});

export type CheckedRequest = z.output<typeof request>;

/** A segmentation request as it may be run; BAD_PARAMETERS with what is wrong, or OUTSIDE_VOLUME. */
export function checkRequest(value: unknown, shapeZyx: Zyx): CheckedRequest {
  const parsed = request.safeParse(value);
  if (!parsed.success) {
    throw new FloodlightError('BAD_PARAMETERS', {
      what: 'Segmentation request',
      reason: z.prettifyError(parsed.error),
    });
  }
  checkVoxel(parsed.data.seedZyx, shapeZyx);
  return parsed.data;
}

/** OUTSIDE_VOLUME unless the voxel is one of the volume's. */
export function checkVoxel(zyx: Zyx, shapeZyx: Zyx): void {
  if (!contains({ originZyx: [0, 0, 0], shapeZyx }, zyx)) {
    throw new FloodlightError('OUTSIDE_VOLUME', { zyx, shapeZyx });
  }
}
