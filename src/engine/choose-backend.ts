import type { AdapterInfo } from '../gpu/device';
import type { BackendChoice, BackendInfo } from './protocol';

/** Why networks on the processor cannot be run in f16. */
export const CPU_WITHOUT_F16 = 'the processor calculates in f32 alone';

/** Why networks on an adapter cannot be run in f16; null where they can. */
export const gpuWithoutF16 = ({ features }: AdapterInfo): string | null =>
  features.includes('shader-f16') ? null : 'this graphics adapter has no shader-f16';

/** What segmentations run on: the GPU where there is one, else the processor, unless the user chose and it can be had. */
export function chooseBackend(
  choice: BackendChoice,
  adapter: AdapterInfo | null,
  threads: number,
): BackendInfo {
  const cpu = (reason: string): BackendInfo => ({
    ...{ id: 'cpu', choice, reason, threads },
    withoutF16: CPU_WITHOUT_F16,
  });
  const webgpu = (reason: string, on: AdapterInfo): BackendInfo => ({
    ...{ id: 'webgpu', choice, reason, threads },
    withoutF16: gpuWithoutF16(on),
  });
  if (choice === 'cpu') return cpu('You chose the processor.');
  if (!adapter) {
    return choice === 'webgpu'
      ? cpu('You chose WebGPU, but this browser offers no adapter.')
      : cpu('This browser offers no WebGPU adapter.');
  }
  if (choice === 'webgpu') return webgpu('You chose WebGPU.', adapter);
  return adapter.isSoftware
    ? cpu('The only adapter is software, and the processor by itself is several times faster.')
    : webgpu('There is a GPU.', adapter);
}
