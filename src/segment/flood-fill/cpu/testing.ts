import type { ImageArray, ImageDtype } from '../../../core/dtype';
import type { Zyx } from '../../../core/vec';
import { cutBrick } from '../test-volumes';
import type { VoxelBricks } from '../types';

/** A volume in memory whose bricks arrive a little later, and not in order, like those of a network. */
export const lateBricksOf = (
  values: ImageArray,
  shapeZyx: Zyx,
  dtype: ImageDtype,
): VoxelBricks => ({
  dtype,
  shapeZyx,
  async read(brickZyx) {
    await new Promise((resolve) => setTimeout(resolve, (brickZyx[0] + brickZyx[2]) % 3));
    return cutBrick(values, shapeZyx, dtype, brickZyx);
  },
});
