import { BRICK_VOXELS, type BrickKey, brickKey } from '../core/brick';
import type { Dtype } from '../core/dtype';
import { FloodlightError } from '../core/errors';
import type { Zyx } from '../core/vec';
import type { BrickSlot } from '../gpu/brick-pool';
import type { AdapterInfo } from '../gpu/device';
import type { FloodFill } from '../segment/flood-fill/fill';
import type { ImageBricks } from '../segment/flood-fill/types';
import type { Volume, VolumeInfo } from '../volume/model';
import { type Comparison, comparedDtypeOf, comparisonOf } from './comparison';
import type { FillBackend, FillHooks, StoredFillRequest } from './fill-backend';
import { BrickLoader } from './scheduler/brick-loader';
import { priorityOf } from './scheduler/priority';
import type { Scheduler } from './scheduler/scheduler';
import type { SliceViews } from './slice-views';
import type { WebGpuSlices } from './slices';

/** The finest level's bricks as a loader brings them to the GPU. */
const imageBricks = (
  { shapeZyx }: VolumeInfo,
  { dtype }: Comparison,
  loader: BrickLoader<BrickSlot>,
): ImageBricks => ({
  dtype,
  shapeZyx,
  acquire: (brickZyx: Zyx, signal: AbortSignal) => loader.acquire({ level: 0, brickZyx }, signal),
  prefetch: (brickZyx: Zyx, signal: AbortSignal) => {
    // Where it fails the fill will meet that itself.
    loader.acquire({ level: 0, brickZyx }, signal, AHEAD).then(
      (brick) => brick.release(),
      () => {},
    );
  },
  hold: (brickZyx: Zyx) => loader.hold({ level: 0, brickZyx }),
});

const AHEAD = priorityOf('prefetch', 0);

/** Judged bricks that lie on the GPU at once: more than a fill loads at a time. */
const JUDGED_BYTES = 128 * BRICK_VOXELS;

/** A software adapter fills on the processors that surfaces are made on: these get a quarter of their time meanwhile. */
const SOFTWARE_SURFACE_SHARE = 0.25;

/** Fills on the GPU, drawn from their bits there as they grow. */
export class GpuFill implements FillBackend {
  readonly id = 'webgpu';
  readonly adapter: string;
  readonly surfaceShare: number;
  /** The bricks whose bits are on the GPU. */
  private live: ReadonlySet<BrickKey> = new Set();

  constructor(
    private readonly floodFill: FloodFill,
    private readonly slices: WebGpuSlices,
    private readonly views: SliceViews<BrickSlot>,
    { description, vendor, architecture, isSoftware }: AdapterInfo,
    private readonly scheduler: Scheduler,
  ) {
    this.adapter = description || `${vendor} ${architecture}`;
    this.surfaceShare = isSoftware ? SOFTWARE_SURFACE_SHARE : 1;
  }

  draws(key: BrickKey): boolean {
    return this.live.has(key);
  }

  prepare(dtype: Dtype): Promise<void> {
    return this.floodFill.prepare(comparedDtypeOf(dtype));
  }

  async fill(id: number, request: StoredFillRequest, hooks: FillHooks) {
    const { layers } = this.views;
    if (!layers) throw new FloodlightError('NO_VOLUME', {});
    const comparison = comparisonOf(layers.volume.info.dtype, request.range);
    // Those that slices show are there already.
    const judged = comparison.isJudged ? this.judgedBricks(layers.volume, comparison) : undefined;
    const bricks = imageBricks(layers.volume.info, comparison, judged ?? layers.image.loader);
    const { range } = comparison;
    try {
      return await this.floodFill.run(
        bricks,
        { ...request, range },
        {
          ...hooks,
          onProgress: (progress, live) => {
            if (live) {
              this.slices.fills = [{ id, ...live }];
              this.live = new Set(live.bricks.map(({ brickZyx }) => brickKey(brickZyx)));
            }
            hooks.onProgress(progress);
            this.views.labelsChanged();
          },
        },
      );
    } finally {
      this.slices.fills = [];
      this.live = new Set();
      judged?.dispose();
      judged?.pool.dispose();
    }
  }

  /** Bricks that are judged for one fill: they lie on the GPU only until their bits are made. */
  private judgedBricks(
    { levels: [finest] }: Volume,
    { prepare }: Comparison,
  ): BrickLoader<BrickSlot> {
    if (!finest) throw new FloodlightError('NO_VOLUME', {});
    return new BrickLoader(
      this.slices.createPool('bricks of a fill', 1, JUDGED_BYTES),
      async ({ brickZyx }, signal, onFetched) => {
        const { data } = await finest.readBrick(brickZyx, signal, onFetched);
        // Judging makes arrays of its own.
        return prepare(data) as ArrayBufferView<ArrayBuffer>;
      },
      () => {},
      this.scheduler,
    );
  }
}
