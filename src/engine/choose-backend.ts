import type { AdapterInfo } from '../gpu/device';
import type { BackendChoice, BackendInfo } from './protocol';

/** What segmentations run on: the GPU where there is one, else the processor, unless the user chose and it can be had. */
export function chooseBackend(
  choice: BackendChoice,
  adapter: AdapterInfo | null,
  threads: number,
): BackendInfo {
  const cpu = (reason: string): BackendInfo => ({ id: 'cpu', choice, reason, threads });
  const webgpu = (reason: string): BackendInfo => ({ id: 'webgpu', choice, reason, threads });
  if (choice === 'cpu') return cpu('You chose the processor.');
  if (!adapter) {
    return choice === 'webgpu'
      ? cpu('You chose WebGPU, but this browser offers no adapter.')
      : cpu('This browser offers no WebGPU adapter.');
  }
  if (choice === 'webgpu') return webgpu('You chose WebGPU.');
  return adapter.isSoftware
    ? cpu('The only adapter is software, and the processor by itself is several times faster.')
    : webgpu('There is a GPU.');
}
