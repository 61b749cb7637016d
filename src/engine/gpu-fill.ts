import { BRICK_VOXELS, brickKey } from '../core/brick';
import type { BrickLru } from '../core/brick-lru';
import type { Dtype } from '../core/dtype';
import { FloodlightError } from '../core/errors';
import type { Zyx } from '../core/vec';
import type { BrickSlot } from '../gpu/brick-pool';
import type { AdapterInfo } from '../gpu/device';
import type { FloodFill } from '../segment/flood-fill/fill';
import type { HeldBrick, ImageBricks } from '../segment/flood-fill/types';
import type { Volume } from '../volume/model';
import { type Comparison, comparedDtypeOf, comparisonOf } from './comparison';
import type { FillBackend, FillHooks, StoredFillRequest } from './fill-backend';
import type { SliceViews } from './slice-views';
import type { WebGpuSlices } from './slices';
import type { VolumeLayers } from './volume-layers';

/** The finest level's bricks on the GPU: those that slices show are there already. */
const imageBricks = (
  { volume, image: { loader } }: VolumeLayers<BrickSlot>,
  { dtype }: Comparison,
): ImageBricks => ({
  dtype,
  shapeZyx: volume.info.shapeZyx,
  acquire: (brickZyx: Zyx, signal: AbortSignal) => loader.acquire({ level: 0, brickZyx }, signal),
  hold: (brickZyx: Zyx) => loader.hold({ level: 0, brickZyx }),
});

/** Bricks that are judged for one fill: they lie on the GPU only until their bits are made. */
function judgedBricks(
  { info, levels: [finest] }: Volume,
  { dtype, prepare }: Comparison,
  pool: BrickLru<BrickSlot>,
): ImageBricks {
  if (!finest) throw new FloodlightError('NO_VOLUME', {});
  const held = (key: string, slot: BrickSlot): HeldBrick => {
    pool.pin(key);
    return { ...slot, release: () => pool.unpin(key) };
  };
  const keyOf = (brickZyx: Zyx) => String(brickKey(brickZyx));
  return {
    dtype,
    shapeZyx: info.shapeZyx,
    async acquire(brickZyx, signal) {
      const { data } = await finest.readBrick(brickZyx, signal);
      const key = keyOf(brickZyx);
      // Judging makes arrays of its own.
      return held(key, pool.put(key, prepare(data) as ArrayBufferView<ArrayBuffer>));
    },
    hold(brickZyx) {
      const slot = pool.get(keyOf(brickZyx));
      return slot && held(keyOf(brickZyx), slot);
    },
  };
}

/** Judged bricks that lie on the GPU at once: more than a fill loads at a time. */
const JUDGED_BYTES = 128 * BRICK_VOXELS;

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

  prepare(dtype: Dtype): Promise<void> {
    return this.floodFill.prepare(comparedDtypeOf(dtype));
  }

  async fill(id: number, request: StoredFillRequest, { signal, gate, onProgress }: FillHooks) {
    const { layers } = this.views;
    if (!layers) throw new FloodlightError('NO_VOLUME', {});
    const comparison = comparisonOf(layers.volume.info.dtype, request.range);
    const pool = comparison.isJudged
      ? this.slices.createPool('bricks of a fill', 1, JUDGED_BYTES)
      : undefined;
    const bricks = pool
      ? judgedBricks(layers.volume, comparison, pool)
      : imageBricks(layers, comparison);
    const { range } = comparison;
    try {
      return await this.floodFill.run(
        bricks,
        { ...request, range },
        {
          signal,
          gate,
          onProgress: (progress, live) => {
            onProgress(progress);
            if (live) this.slices.fills = [{ id, ...live }];
            this.views.invalidate();
          },
        },
      );
    } finally {
      this.slices.fills = [];
      pool?.dispose();
    }
  }
}
