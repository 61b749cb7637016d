import { FloodlightError } from '../core/errors';

/** What the page and reports say of an adapter. */
export interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isSoftware: boolean;
  /** Invocations of a subgroup; 0 where it has no subgroups, or of several sizes. */
  readonly subgroupSize: number;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
}

/** A device with what is known of its adapter. */
export interface GpuContext {
  readonly device: GPUDevice;
  readonly adapter: AdapterInfo;
}

/** Limits for which the adapter's own maximum is asked; all others stay at WebGPU's defaults. */
const WANTED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxStorageBuffersPerShaderStage',
] as const;

const WANTED_FEATURES = ['timestamp-query', 'shader-f16', 'subgroups'] as const;

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software|warp|basic render/i;

function describe(adapter: GPUAdapter): AdapterInfo {
  const { vendor, architecture, device, description, subgroupMinSize, subgroupMaxSize } =
    adapter.info;
  const hasOneSize = adapter.features.has('subgroups') && subgroupMinSize === subgroupMaxSize;
  const limits: Record<string, number> = {};
  for (const name of WANTED_LIMITS) limits[name] = adapter.limits[name];
  return {
    vendor,
    architecture,
    device,
    description,
    isSoftware:
      adapter.info.isFallbackAdapter || SOFTWARE.test(`${vendor} ${architecture} ${description}`),
    subgroupSize: hasOneSize ? (subgroupMinSize ?? 0) : 0,
    features: [...adapter.features].sort(),
    limits,
  };
}

/**
 * The preferred adapter's device, with the adapter's own limits and the optional features we use.
 * Throws WEBGPU_UNAVAILABLE where there is no WebGPU, no adapter or no device.
 */
export async function requestGpu(gpu: GPU | undefined): Promise<GpuContext> {
  if (!gpu) throw new FloodlightError('WEBGPU_UNAVAILABLE', { reason: 'navigator.gpu is missing' });
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new FloodlightError('WEBGPU_UNAVAILABLE', { reason: 'no adapter was offered' });
  }
  const info = describe(adapter);
  try {
    const device = await adapter.requestDevice({
      requiredLimits: { ...info.limits },
      requiredFeatures: WANTED_FEATURES.filter((feature) => adapter.features.has(feature)),
    });
    return { device, adapter: info };
  } catch (cause) {
    throw new FloodlightError('WEBGPU_UNAVAILABLE', { reason: 'no device was given' }, cause);
  }
}

/**
 * Runs `work` inside validation and out-of-memory error scopes and rejects with GPU_FAILED if either caught something.
 */
export async function guarded<T>(device: GPUDevice, what: string, work: () => T): Promise<T> {
  device.pushErrorScope('out-of-memory');
  device.pushErrorScope('validation');
  const result = work();
  const validation = device.popErrorScope();
  const memory = device.popErrorScope();
  const error = (await validation) ?? (await memory);
  if (error) throw new FloodlightError('GPU_FAILED', { what, reason: error.message });
  return result;
}
