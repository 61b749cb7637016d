import advanceCode from '../../../shaders/flood_fill/advance.wgsl?raw';
import common from '../../../shaders/flood_fill/common.wgsl?raw';
import lines from '../../../shaders/flood_fill/lines.wgsl?raw';
import spread from '../../../shaders/flood_fill/spread.wgsl?raw';
import subBrick from '../../../shaders/flood_fill/sub_brick.wgsl?raw';
import sweepCode from '../../../shaders/flood_fill/sweep.wgsl?raw';
import thresholdCode from '../../../shaders/flood_fill/threshold.wgsl?raw';
import type { ImageDtype } from '../../core/dtype';
import type { GpuContext } from '../../gpu/device';
import type { Pipelines } from '../../gpu/pipelines';
import { type Connectivity, dtypeCode } from './plan';

export interface FloodFillKernels {
  readonly threshold: GPUComputePipeline;
  readonly advance: GPUComputePipeline;
  readonly sweep: GPUComputePipeline;
}

/**
 * Threads of a sweep's workgroup. 32 lines are swept side by side, so more would idle; on a software adapter a barrier
 * costs in proportion to the threads, and few win (measured: ARCHITECTURE.md).
 */
export const sweepThreads = (gpu: GpuContext): number => (gpu.adapter.isSoftware ? 4 : 32);

/** The specialised pipelines for a dtype and a connectivity, compiled once each. */
export async function floodFillKernels(
  gpu: GpuContext,
  pipelines: Pipelines,
  dtype: ImageDtype,
  connectivity: Connectivity,
): Promise<FloodFillKernels> {
  const threads = sweepThreads(gpu);
  const [threshold, advance, sweep] = await Promise.all([
    pipelines.compute('flood fill threshold', [common, thresholdCode], 'threshold', {
      dtype: dtypeCode(dtype),
      threads: gpu.adapter.isSoftware ? 4 : 64,
    }),
    pipelines.compute('flood fill advance', [common, advanceCode], 'advance', {}),
    pipelines.compute('flood fill sweep', [common, subBrick, lines, spread, sweepCode], 'sweep', {
      threads,
      reach: { 6: 1, 18: 2, 26: 3 }[connectivity],
    }),
  ]);
  return { threshold, advance, sweep };
}
