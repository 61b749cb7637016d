import { bytesOf } from '../core/dtype';
import { FloodlightError } from '../core/errors';
import type { Zyx } from '../core/vec';
import { BrickPool } from '../gpu/brick-pool';
import type { GpuMemory } from '../gpu/memory';
import type { ImageBricks } from '../segment/flood-fill/types';
import type { Volume } from '../volume/model';
import { type BrickAddress, BrickLoader } from './brick-loader';
import { ReferenceLayer } from './reference-layer';
import type { Segmentation } from './segmentation';
import type { SliceLayer, SliceSource } from './slice-loop';
import type { FillBits } from './slices';

/** Shares of the GPU budget, in bytes. */
const IMAGE_POOL_BYTES = 384 * 2 ** 20;
const LABEL_POOL_BYTES = 224 * 2 ** 20;
const REFERENCE_POOL_BYTES = 224 * 2 ** 20;

export interface LayerEvents {
  onArrival(): void;
  onFailure(address: BrickAddress, error: unknown): void;
}

/** The GPU side of an open volume: pools and loaders of its layers. Remade when the device was lost. */
export class VolumeLayers {
  readonly image: SliceLayer;
  readonly labelPool: BrickPool;
  private reference:
    | { name: string; layer: SliceLayer; ids: ReferenceLayer; pool: BrickPool }
    | undefined;
  fills: FillBits[] = [];

  constructor(
    private readonly memory: GpuMemory,
    readonly volume: Volume,
    readonly segmentation: Segmentation,
    private readonly events: LayerEvents,
  ) {
    const { dtype, levels } = volume.info;
    const pool = new BrickPool(memory, 'image bricks', bytesOf[dtype], IMAGE_POOL_BYTES);
    const loader = new BrickLoader(
      pool,
      async ({ level, brickZyx }, signal) => {
        const reader = volume.levels[level];
        if (!reader) throw new FloodlightError('INTERNAL', { reason: `no level ${level}` });
        // Bricks are assembled into memory of their own, never into a SharedArrayBuffer.
        return (await reader.readBrick(brickZyx, signal)).data as ArrayBufferView<ArrayBuffer>;
      },
      events.onArrival,
      events.onFailure,
    );
    this.image = { loader, levels };
    this.labelPool = new BrickPool(memory, 'label bricks', 4, LABEL_POOL_BYTES);
  }

  /** The finest level, as flood fill takes it. */
  get imageBricks(): ImageBricks {
    const { dtype, shapeZyx } = this.volume.info;
    const { loader } = this.image;
    return {
      dtype,
      shapeZyx,
      acquire: (brickZyx: Zyx, signal: AbortSignal) =>
        loader.acquire({ level: 0, brickZyx }, signal),
      hold: (brickZyx: Zyx) => loader.hold({ level: 0, brickZyx }),
    };
  }

  get inFlight(): number {
    return this.image.loader.inFlight + (this.reference?.layer.loader.inFlight ?? 0);
  }

  get referenceLayer(): ReferenceLayer | undefined {
    return this.reference?.ids;
  }

  /** Shows a stored label layer, or none; UNKNOWN_LABEL_LAYER when the volume has none of this name. */
  async showReference(name: string | null): Promise<void> {
    if (this.reference?.name === name) return;
    this.hideReference();
    if (name === null) return;
    const ids = new ReferenceLayer(await this.volume.openLabels(name));
    this.hideReference();
    const pool = new BrickPool(this.memory, 'stored label bricks', 4, REFERENCE_POOL_BYTES);
    const loader = new BrickLoader(
      pool,
      ({ level, brickZyx }, signal) => ids.readBrick(level, brickZyx, signal),
      this.events.onArrival,
      this.events.onFailure,
    );
    this.reference = {
      name,
      ids,
      pool,
      layer: { loader, levels: ids.layer.levels.map((level) => level.info) },
    };
  }

  /** What slices draw. */
  get source(): SliceSource {
    const { reference } = this;
    return {
      volume: this.volume.info,
      image: this.image,
      reference: reference && {
        ...reference.layer,
        takeColours: () => reference.ids.takeColours(),
      },
      labels: this.segmentation.labels,
      labelPool: this.labelPool,
      fills: this.fills,
    };
  }

  dispose(): void {
    this.hideReference();
    this.image.loader.dispose();
    this.image.loader.pool.dispose();
    this.labelPool.dispose();
  }

  private hideReference(): void {
    this.reference?.layer.loader.dispose();
    this.reference?.pool.dispose();
    this.reference = undefined;
  }
}
