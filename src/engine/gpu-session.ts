import { type FloodlightError, isAbort } from '../core/errors';
import type { KeptValues } from '../disk/kept-values';
import type { BrickSlot } from '../gpu/brick-pool';
import { type AdapterInfo, type GpuContext, requestGpu } from '../gpu/device';
import { GpuMemory, type Refusal } from '../gpu/memory';
import { FloodFill } from '../segment/flood-fill/fill';
import { gpuWithoutF16 } from './choose-backend';
import { gpuNetworks } from './ffn/gpu-networks';
import type { NetworkBackend } from './ffn/networks';
import type { FillBackend } from './fill-backend';
import { GpuFill } from './gpu-fill';
import type { SliceSurroundings } from './slice-loop';
import { SliceViews } from './slice-views';
import { WebGpuSlices } from './slices';

/** All that lives and dies with one GPU device. */
export class GpuSession {
  readonly memory: GpuMemory;
  readonly views: SliceViews<BrickSlot>;
  readonly fill: FillBackend;
  readonly networks: NetworkBackend;

  private constructor(
    private readonly gpu: GpuContext,
    around: SliceSurroundings,
    keptValues: KeptValues,
    budgetBytes: number,
    onRefused: (error: FloodlightError, refusal: Refusal) => void,
  ) {
    this.memory = new GpuMemory(
      gpu.device,
      budgetBytes,
      (error, refusal) => {
        queueMicrotask(() => this.views.fit());
        onRefused(error, refusal);
      },
      // Not at once: who draws may be at it.
      () => queueMicrotask(() => this.views.fit()),
    );
    const slices = new WebGpuSlices(gpu, this.memory);
    this.views = new SliceViews(slices, around);
    this.fill = new GpuFill(
      new FloodFill(gpu, this.memory),
      slices,
      this.views,
      gpu.adapter,
      around.scheduler,
    );
    this.networks = {
      id: 'webgpu',
      surfaceShare: this.fill.surfaceShare,
      withoutF16: gpuWithoutF16(gpu.adapter),
      createNetwork: gpuNetworks(gpu, this.memory, keptValues),
    };
  }

  /**
   * WEBGPU_UNAVAILABLE where there is no adapter. `onLost` is told once, `onRefused` each time the device had no memory for a
   * buffer: what computed with it has to end.
   */
  static async create(
    gpu: GPU | undefined,
    around: SliceSurroundings,
    keptValues: KeptValues,
    budgetBytes: number,
    onLost: (reason: string) => void,
    onError: (message: string) => void,
    onRefused: (error: FloodlightError, refusal: Refusal) => void,
  ): Promise<GpuSession> {
    const context = await requestGpu(gpu);
    const session = new GpuSession(context, around, keptValues, budgetBytes, onRefused);
    const { device } = session.gpu;
    device.addEventListener('uncapturederror', (event) => {
      if (!session.memory.isAfterRefusal) onError(event.error.message);
    });
    device.lost.then(({ message, reason }) => onLost(message || reason));
    return session;
  }

  get adapter(): AdapterInfo {
    return this.gpu.adapter;
  }

  /**
   * Whether the device is gone; then `onLost` has been told. Commands fail at once where a browser tells of the loss only when the
   * GPU has time to: a buffer of our own whose mapping is broken off cannot mean anything else.
   */
  async isGone(): Promise<boolean> {
    const { device } = this.gpu;
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const buffer = this.memory.provide('whether the device is there', 4, usage);
    try {
      await buffer.mapAsync(GPUMapMode.READ);
      return false;
    } catch (error) {
      if (isAbort(error)) await device.lost;
      return isAbort(error);
    } finally {
      this.memory.release(buffer);
    }
  }

  /** Ends the device, and with it all that is on it. */
  dispose(): void {
    this.gpu.device.destroy();
  }
}
