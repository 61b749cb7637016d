import { create, globals } from 'webgpu';
import { type GpuContext, requestGpu } from './device';

/** Dawn's instance; collected before its device it ends in a segmentation fault, so it lives as long as the module. */
let instance: GPU | undefined;
let context: Promise<GpuContext> | undefined;

async function open(): Promise<GpuContext> {
  Object.assign(globalThis, globals);
  instance ??= create([]);
  const gpu = await requestGpu(instance);
  gpu.device.addEventListener('uncapturederror', ({ error }) => {
    queueMicrotask(() => {
      throw new Error(`Uncaptured GPU error: ${error.message}`);
    });
  });
  return gpu;
}

/**
 * The GPU of a test file under Node (Dawn, npm `webgpu`): one device, WebGPU's globals set. Rejects with WEBGPU_UNAVAILABLE
 * where there is no adapter (name the driver in VK_ICD_FILENAMES); an error that no scope catches fails the test run.
 */
export function testGpu(): Promise<GpuContext> {
  context ??= open();
  return context;
}
