import type { BrickLru } from '../core/brick-lru';
import { bytesOf } from '../core/dtype';
import { FloodlightError } from '../core/errors';
import { imageDtypeOf, imageVoxels } from '../core/voxels';
import type { Volume } from '../volume/model';
import { LabelBricks, type LabelSource } from './label-bricks';
import { ReferenceLayer } from './reference-layer';
import type { BrickAddress } from './scheduler/address';
import { BrickLoader } from './scheduler/brick-loader';
import { addCounts, type BrickCounts, NO_BRICKS } from './scheduler/brick-state';
import type { Scheduler } from './scheduler/scheduler';
import type { SliceLayer, SliceSource } from './slice-source';
import type { SliceBackend } from './slices';

/** Shares of the backend's budget. */
const IMAGE_SHARE = 0.375;
const LABEL_SHARE = 0.21875;
const REFERENCE_SHARE = 0.21875;

export interface LayerEvents {
  onArrival(): void;
  onFailure(address: BrickAddress, error: unknown): void;
}

/** The bricks of an open volume where slices are drawn from: pools and loaders of its layers. Remade when the device was lost. */
export class VolumeLayers<Slot extends object> {
  readonly image: SliceLayer<Slot>;
  private readonly labels: LabelBricks<Slot>;
  private reference: { name: string; layer: SliceLayer<Slot>; ids: ReferenceLayer } | undefined;

  constructor(
    private readonly backend: SliceBackend<Slot>,
    readonly volume: Volume,
    labels: LabelSource,
    private readonly events: LayerEvents,
    private readonly scheduler: Scheduler,
  ) {
    const { dtype, levels } = volume.info;
    const loader = new BrickLoader(
      this.createPool('image bricks', bytesOf[imageDtypeOf[dtype]], IMAGE_SHARE),
      async ({ level, brickZyx }, signal, onFetched) => {
        const reader = volume.levels[level];
        if (!reader) throw new FloodlightError('INTERNAL', { reason: `no level ${level}` });
        const { data } = await reader.readBrick(brickZyx, signal, onFetched);
        // Bricks are assembled into memory of their own, never into a SharedArrayBuffer.
        return imageVoxels(data) as ArrayBufferView<ArrayBuffer>;
      },
      events.onArrival,
      events.onFailure,
      scheduler,
    );
    this.image = { loader, levels };
    const { shapeZyx, voxelSizeNm } = volume.info;
    const pool = this.createPool('label bricks', 4, LABEL_SHARE);
    this.labels = new LabelBricks(labels, pool, shapeZyx, voxelSizeNm);
  }

  /** How many bricks are in each state. */
  get bricks(): BrickCounts {
    return this.loaders.reduce((counts, loader) => addCounts(counts, loader.counts()), NO_BRICKS);
  }

  /** Bricks that made room for others, so far. */
  get evictions(): number {
    return this.pools.reduce((bricks, { evictions }) => bricks + evictions, 0);
  }

  /** Reads what failed again, where views still want it. */
  retryFailed(): void {
    for (const loader of this.loaders) loader.retryFailed();
  }

  /** Bytes of main memory that the bricks take. */
  get memoryBytes(): number {
    return this.pools.reduce((bytes, { memoryBytes }) => bytes + memoryBytes, 0);
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
    const loader = new BrickLoader(
      this.createPool('stored label bricks', 4, REFERENCE_SHARE),
      ({ level, brickZyx }, signal) => ids.readBrick(level, brickZyx, signal),
      this.events.onArrival,
      this.events.onFailure,
      this.scheduler,
    );
    this.reference = {
      name,
      ids,
      layer: { loader, levels: ids.layer.levels.map((level) => level.info) },
    };
  }

  /** What slices draw. */
  get source(): SliceSource<Slot> {
    const { reference } = this;
    return {
      volume: this.volume.info,
      image: this.image,
      reference: reference && {
        ...reference.layer,
        takeColours: () => reference.ids.takeColours(),
      },
      labels: this.labels,
    };
  }

  dispose(): void {
    this.hideReference();
    this.image.loader.dispose();
    this.image.loader.pool.dispose();
    this.labels.pool.dispose();
  }

  private get pools(): BrickLru<Slot>[] {
    return [this.labels.pool, ...this.loaders.map(({ pool }) => pool)];
  }

  private get loaders(): BrickLoader<Slot>[] {
    const { image, reference } = this;
    return reference ? [image.loader, reference.layer.loader] : [image.loader];
  }

  private hideReference(): void {
    this.reference?.layer.loader.dispose();
    this.reference?.layer.loader.pool.dispose();
    this.reference = undefined;
  }

  private createPool(label: string, bytesPerVoxel: number, share: number): BrickLru<Slot> {
    return this.backend.createPool(label, bytesPerVoxel, share * this.backend.budgetBytes);
  }
}
