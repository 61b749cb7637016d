import type { BrickBits } from '../../../core/brick-bits';
import { trimToLimit } from '../limit';
import type { FloodFillOutcome, FloodFillRequest } from '../types';
import type { FillContext } from './context';

/** How a fill ended: at rest where there was nothing more to do. */
interface End {
  readonly rounds: number;
  readonly isAtRest: boolean;
  readonly unreadBricks: number;
}

/** What a fill came to: trimmed to the request's limit where it went past. Consumes `bits` then. */
export function outcomeOf(
  context: FillContext,
  { seedZyx, connectivity, voxelLimit = Number.POSITIVE_INFINITY }: FloodFillRequest,
  bits: BrickBits,
  { rounds, isAtRest, unreadBricks }: End,
): FloodFillOutcome {
  const { voxels, visits, bricks } = context;
  const isOver = voxels > voxelLimit;
  return {
    voxels: isOver ? voxelLimit : voxels,
    bits: isOver ? trimToLimit(bits, seedZyx, voxelLimit, connectivity) : bits,
    bricks,
    visits,
    rounds,
    unreadBricks,
    complete: isAtRest && !isOver && unreadBricks === 0,
  };
}
