import type { ImageArray, ImageDtype } from '../../../core/dtype';
import type { Zyx } from '../../../core/vec';
import type { SegmentThreads } from '../../cpu/threads';
import { fillableBox } from '../plan';
import type { FloodFillOutcome, FloodFillRequest } from '../types';
import { FillContext, type FillFunction } from './context';
import { outcomeOf } from './outcome';

const NO_LIMIT = 0xffffffff;

/**
 * Fills in a C-ordered volume in memory, in one go: threshold and fill without the streaming, for benchmarks. Rejects as
 * `CpuFloodFill.run`, and with BUDGET_EXCEEDED where volume and bits are more than 2 GiB.
 */
export function fillVolume(
  threads: SegmentThreads<FillFunction>,
  values: ImageArray,
  shapeZyx: Zyx,
  dtype: ImageDtype,
  request: FloodFillRequest,
): Promise<FloodFillOutcome> {
  return threads.alone(async () => {
    const clip = fillableBox(shapeZyx, request);
    const setup = { dtype, request, clip, budgetBytes: 2 ** 31, sourceVoxels: values.length };
    const context = new FillContext(threads, setup);
    await context.arriveWhole(values, shapeZyx);
    let rounds = 0;
    for (; context.pending > 0; rounds++) await context.stepTogether(NO_LIMIT);
    const end = { rounds, isAtRest: true, unreadBricks: 0 };
    return outcomeOf(context, request, context.changed(), end);
  });
}
