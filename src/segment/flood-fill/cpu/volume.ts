import type { BrickKey } from '../../../core/brick';
import type { Bits, BrickBits } from '../../../core/brick-bits';
import type { ImageArray, ImageDtype } from '../../../core/dtype';
import type { Zyx } from '../../../core/vec';
import type { SegmentThreads } from '../../cpu/threads';
import { fillableBox } from '../plan';
import type { FloodFillRequest } from '../types';
import { FillContext, type FillFunction } from './context';

const NO_LIMIT = 0xffffffff;

/** What a fill of a whole volume came to. */
export interface VolumeFill {
  readonly voxels: number;
  readonly bits: BrickBits;
  readonly visits: number;
  readonly rounds: number;
}

/**
 * Fills in a C-ordered volume in memory, in one go: threshold and fill without the streaming, for benchmarks; without a
 * voxel limit. Rejects as `CpuFloodFill.run`, and with BUDGET_EXCEEDED where volume and bits are more than 2 GiB.
 */
export function fillVolume(
  threads: SegmentThreads<FillFunction>,
  values: ImageArray,
  shapeZyx: Zyx,
  dtype: ImageDtype,
  request: FloodFillRequest,
): Promise<VolumeFill> {
  return threads.alone(async () => {
    const clip = fillableBox(shapeZyx, request);
    const setup = { dtype, request, clip, budgetBytes: 2 ** 31, sourceVoxels: values.length };
    const context = new FillContext(threads, setup);
    await context.arriveWhole(values, shapeZyx);
    let rounds = 0;
    for (; context.pending > 0; rounds++) await context.stepTogether(NO_LIMIT);
    const { voxels, visits } = context;
    const bits = new Map<BrickKey, Bits>();
    for (const [key, words] of context.changed()) bits.set(key, words.slice());
    return { voxels, bits, visits, rounds };
  });
}
