import type { ImageDtype } from '../core/dtype';
import { FloodlightError } from '../core/errors';
import type { Zyx } from '../core/vec';
import type { BrickSlot } from '../gpu/brick-pool';
import type { AdapterInfo } from '../gpu/device';
import type { FloodFill } from '../segment/flood-fill/fill';
import type { FloodFillRequest, ImageBricks } from '../segment/flood-fill/types';
import type { FillBackend, FillHooks } from './fill-backend';
import type { SliceViews } from './slice-views';
import type { WebGpuSlices } from './slices';
import type { VolumeLayers } from './volume-layers';

/** The finest level's bricks on the GPU: those that slices show are there already. */
const imageBricks = ({ volume, image: { loader } }: VolumeLayers<BrickSlot>): ImageBricks => ({
  dtype: volume.info.dtype,
  shapeZyx: volume.info.shapeZyx,
  acquire: (brickZyx: Zyx, signal: AbortSignal) => loader.acquire({ level: 0, brickZyx }, signal),
  hold: (brickZyx: Zyx) => loader.hold({ level: 0, brickZyx }),
});

/** A software adapter fills on the processors that surfaces are made on: these get a quarter of their time meanwhile. */
const SOFTWARE_SURFACE_SHARE = 0.25;

/** Fills on the GPU, drawn from their bits there as they grow. */
export class GpuFill implements FillBackend {
  readonly id = 'webgpu';
  readonly adapter: string;
  readonly drawsGrowth = true;
  readonly surfaceShare: number;

  constructor(
    private readonly floodFill: FloodFill,
    private readonly slices: WebGpuSlices,
    private readonly views: SliceViews<BrickSlot>,
    { description, vendor, architecture, isSoftware }: AdapterInfo,
  ) {
    this.adapter = description || `${vendor} ${architecture}`;
    this.surfaceShare = isSoftware ? SOFTWARE_SURFACE_SHARE : 1;
  }

  prepare(dtype: ImageDtype): Promise<void> {
    return this.floodFill.prepare(dtype);
  }

  async fill(id: number, request: FloodFillRequest, { signal, gate, onProgress }: FillHooks) {
    const { layers } = this.views;
    if (!layers) throw new FloodlightError('NO_VOLUME', {});
    try {
      return await this.floodFill.run(imageBricks(layers), request, {
        signal,
        gate,
        onProgress: (progress, live) => {
          onProgress(progress);
          if (live) this.slices.fills = [{ id, ...live }];
          this.views.invalidate();
        },
      });
    } finally {
      this.slices.fills = [];
    }
  }
}
