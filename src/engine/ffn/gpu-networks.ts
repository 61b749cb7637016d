import { isFloodlightError } from '../../core/errors';
import type { KeptValues } from '../../disk/kept-values';
import type { GpuContext } from '../../gpu/device';
import type { GpuMemory } from '../../gpu/memory';
import { Pipelines } from '../../gpu/pipelines';
import { createGpuNetwork, type GpuNetworkOptions } from '../../segment/network/gpu/network';
import type { Tiling } from '../../segment/network/gpu/tiling';
import { KeptTilings } from './kept-tilings';
import type { NetworkBackend } from './networks';

/** Makes networks on a device: with the tiling that an earlier visit found fastest, else with the one that is found now, which is kept. */
export function gpuNetworks(
  gpu: GpuContext,
  memory: GpuMemory,
  values: KeptValues,
): NetworkBackend['createNetwork'] {
  const pipelines = new Pipelines(gpu.device);
  const tilings = new KeptTilings(values, gpu.adapter);
  return async (model, maxBatch, precision) => {
    const { fieldOfViewZyx, features } = model;
    const timedFor = { fieldOfViewZyx, features, precision };
    const create = (how: Pick<GpuNetworkOptions, 'tiling' | 'onTuned'>) =>
      createGpuNetwork(gpu, memory, model, {
        ...{ fieldOfViewZyx, maxBatch, precision, pipelines },
        ...how,
      });
    const onTuned = (tiling: Tiling) => void tilings.keep(timedFor, tiling);
    const tiling = await tilings.find(timedFor);
    if (!tiling) return create({ onTuned });
    try {
      return await create({ tiling });
    } catch (error) {
      // A driver, or a budget, that took it then need not do so now.
      const isRefused = ['GPU_FAILED', 'BUDGET_EXCEEDED'] as const;
      if (!isRefused.some((code) => isFloodlightError(error, code))) throw error;
      return create({ onTuned });
    }
  };
}
