import { type GpuContext, requestGpu } from '../gpu/device';
import { GpuMemory } from '../gpu/memory';
import { FloodFill } from '../segment/flood-fill/fill';
import { SliceRenderer } from './slices';

/** Bytes of GPU memory that Floodlight takes at most. */
const GPU_BUDGET_BYTES = 2 ** 30;

/** All that lives and dies with one GPU device. */
export class GpuSession {
  readonly memory: GpuMemory;
  readonly floodFill: FloodFill;
  readonly renderer: SliceRenderer;

  private constructor(readonly gpu: GpuContext) {
    this.memory = new GpuMemory(gpu.device, GPU_BUDGET_BYTES);
    this.floodFill = new FloodFill(gpu, this.memory);
    this.renderer = new SliceRenderer(gpu);
  }

  /** WEBGPU_UNAVAILABLE where there is no adapter. `onLost` is told once. */
  static async create(
    gpu: GPU | undefined,
    onLost: (reason: string) => void,
    onError: (message: string) => void,
  ): Promise<GpuSession> {
    const session = new GpuSession(await requestGpu(gpu));
    const { device } = session.gpu;
    device.addEventListener('uncapturederror', (event) => onError(event.error.message));
    device.lost.then(({ message, reason }) => onLost(message || reason));
    return session;
  }
}
