import { FloodlightError } from '../../../core/errors';
import type { Zyx } from '../../../core/vec';
import type { GpuContext } from '../../../gpu/device';
import type { GpuMemory } from '../../../gpu/memory';
import type { PassTimer } from '../../../gpu/pass-timer';
import { Pipelines } from '../../../gpu/pipelines';
import { checkFfn } from '../check';
import type { FfnLayers, Network, Precision } from '../network';
import { NetworkBuffers } from './buffers';
import { fitNetwork } from './fit-batch';
import { GpuNetwork } from './gpu-network';
import { makeStages } from './stages';
import type { Tiling } from './tiling';
import { tunedTiling } from './tune';

export interface GpuNetworkOptions {
  readonly fieldOfViewZyx: Zyx;
  /** As many fields of view as a call may have; fewer where there is no room for them. */
  readonly maxBatch: number;
  readonly precision: Precision;
  /** What an earlier call told of by `onTuned` (`tilingOf` checks what was stored); nothing is timed then. */
  readonly tiling?: Tiling;
  /** Told of the tiling that was chosen where none was given: worth keeping for this adapter, field of view, features and precision. */
  readonly onTuned?: (tiling: Tiling) => void;
  /** Those of the device, where several networks share what was compiled. */
  readonly pipelines?: Pipelines;
  /** Times what the GPU does, for benchmarks. */
  readonly timer?: PassTimer;
}

/** Of the free GPU memory; the rest is for bricks that come later. */
const FREE_SHARE = 0.5;

/**
 * Puts a network on the GPU. BAD_PARAMETERS for layers, field of view or batch that make no network, or f16 where the adapter
 * lacks it; BUDGET_EXCEEDED where not even one field of view fits.
 */
export async function createGpuNetwork(
  gpu: GpuContext,
  memory: GpuMemory,
  layers: FfnLayers,
  options: GpuNetworkOptions,
): Promise<Network> {
  checkFfn(layers);
  checkOptions(gpu, options);
  const { fieldOfViewZyx, precision } = options;
  const { features } = layers;
  const pipelines = options.pipelines ?? new Pipelines(gpu.device);
  const shared = { fieldOfViewZyx, features, precision };
  const tune = async () => {
    const tuned = await tunedTiling(gpu, memory, pipelines, shared);
    options.onTuned?.(tuned);
    return tuned;
  };
  const tiling = options.tiling ?? (await tune());
  const { setup, maxBatch } = fitNetwork({ ...shared, tiling }, options.maxBatch, {
    freeBytes: FREE_SHARE * (memory.budgetBytes - memory.usedBytes),
    bindingBytes: Math.min(
      gpu.device.limits.maxStorageBufferBindingSize,
      gpu.device.limits.maxBufferSize,
    ),
  });
  const buffers = new NetworkBuffers(memory, setup, maxBatch);
  const weights: GPUBuffer[] = [];
  try {
    const stages = await makeStages(memory, pipelines, layers, setup, buffers, weights);
    const what = { fieldOfViewZyx, precision, maxBatch };
    return new GpuNetwork(gpu, memory, stages, buffers, weights, what, options.timer);
  } catch (error) {
    buffers.release();
    for (const buffer of weights) memory.release(buffer);
    throw error;
  }
}

function checkOptions(gpu: GpuContext, { fieldOfViewZyx, maxBatch, precision }: GpuNetworkOptions) {
  const bad = (reason: string) =>
    new FloodlightError('BAD_PARAMETERS', { what: 'Network', reason });
  if (!fieldOfViewZyx.every((size) => Number.isSafeInteger(size) && size >= 1 && size <= 1024))
    throw bad(`a field of view cannot be of ${fieldOfViewZyx.join(' × ')} voxels`);
  if (!Number.isSafeInteger(maxBatch) || maxBatch < 1)
    throw bad(`a batch cannot have ${maxBatch} fields of view`);
  if (precision === 'f16' && !gpu.device.features.has('shader-f16'))
    throw bad('this adapter has no f16');
}
