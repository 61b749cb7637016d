import { bricksOfBox } from '../core/brick';
import type { BrickLru } from '../core/brick-lru';
import { bytesOf } from '../core/dtype';
import { FloodlightError } from '../core/errors';
import { boundsOfShape } from '../core/slice-geometry';
import { imageDtypeOf, imageVoxels } from '../core/voxels';
import type { LevelReader, Volume } from '../volume/model';
import { IndexedLabels } from './indexed-labels';
import { LabelBricks, type LabelSource } from './label-bricks';
import { LabelPools } from './label-pools';
import { type LayerKind, VOLUME_LAYER } from './layer';
import { layerShares } from './layer-shares';
import type { OpenLayer } from './open-layer';
import type { BrickAddress } from './scheduler/address';
import { BrickLoader, type ReadBrick } from './scheduler/brick-loader';
import { addCounts, type BrickCounts, NO_BRICKS } from './scheduler/brick-state';
import type { Scheduler } from './scheduler/scheduler';
import type { SliceLayer, SliceSource } from './slice-source';
import type { SliceBackend } from './slices';
import { byCause, type UnreadBricks } from './unread';

/** A layer whose pool holds fewer bricks could not show what a screen does. */
const LEAST_BRICKS = 8;

type Read = Pick<OpenLayer, 'id' | 'kind' | 'levels' | 'bounds'>;

/**
 * The bricks of an open volume and of the layers beside it, where slices are drawn from: pools and loaders, which share the
 * backend's budget. Remade when the device was lost.
 */
export class VolumeLayers<Slot extends object> {
  readonly image: SliceLayer<Slot>;
  private readonly segments: LabelBricks<Slot>;
  /** The layers beside the volume by their ids, with what they are read by. */
  private readonly beside = new Map<
    string,
    { readonly open: OpenLayer; readonly shown: SliceLayer<Slot> }
  >();

  constructor(
    private readonly backend: SliceBackend<Slot>,
    readonly volume: Volume,
    labels: LabelSource,
    private readonly onArrival: () => void,
    private readonly scheduler: Scheduler,
  ) {
    const { levels, info } = volume;
    const bounds = boundsOfShape(info.shapeZyx);
    this.image = this.layerOf({ id: VOLUME_LAYER, kind: 'image', levels, bounds }, []);
    const pools = new LabelPools(backend, this.shares([]).labels);
    this.segments = new LabelBricks(labels, pools, info.shapeZyx, info.voxelSizeNm);
  }

  /** How many bricks are in each state. */
  get bricks(): BrickCounts {
    return this.loaders.reduce((counts, loader) => addCounts(counts, loader.counts()), NO_BRICKS);
  }

  /** Bricks that made room for others, so far. */
  get evictions(): number {
    return this.pools.reduce((bricks, { evictions }) => bricks + evictions, 0);
  }

  /** What views show and computations waited for, and could not be read. */
  get unread(): readonly UnreadBricks[] {
    return byCause(this.loaders.flatMap((loader) => loader.missed()));
  }

  /** Reads what failed again, where views still want it. */
  retryFailed(): void {
    for (const loader of this.loaders) loader.retryFailed();
  }

  /** Bytes of main memory that the bricks take. */
  get memoryBytes(): number {
    return this.pools.reduce((bytes, { memoryBytes }) => bytes + memoryBytes, 0);
  }

  /** What reads a layer; undefined for the segmentation, and for what is not open. */
  layer(id: string): SliceLayer<Slot> | undefined {
    return id === VOLUME_LAYER ? this.image : this.beside.get(id)?.shown;
  }

  /**
   * Has these layers beside the volume, and no others; those that were there, and are read as they were, keep their bricks as far
   * as there is room. BUDGET_EXCEEDED where there is no room for all: then those that were there stay.
   */
  showBeside(layers: readonly OpenLayer[]): void {
    const kinds = layers.map(({ kind }) => kind);
    const before = this.kinds;
    this.limit(kinds);
    if (layers.some(({ id }) => !this.beside.has(id)) && !this.hasRoom(kinds)) {
      this.limit(before);
      throw this.noRoom(kinds);
    }
    for (const [id, { open, shown }] of this.beside) {
      if (layers.includes(open)) continue;
      disposeOf(shown);
      this.beside.delete(id);
    }
    for (const open of layers)
      if (!this.beside.has(open.id))
        this.beside.set(open.id, { open, shown: this.layerOf(open, kinds) });
  }

  /** Holds what is there to what the backend has for it now. */
  fit(): void {
    this.limit(this.kinds);
  }

  /** What slices may show. */
  get source(): SliceSource<Slot> {
    return { volume: this.volume.info, layers: this.layers, segments: this.segments };
  }

  dispose(): void {
    for (const layer of this.layers) disposeOf(layer);
    this.segments.pools.dispose();
  }

  private get layers(): SliceLayer<Slot>[] {
    return [this.image, ...[...this.beside.values()].map(({ shown }) => shown)];
  }

  /** What the layers beside the volume are. */
  private get kinds(): LayerKind[] {
    return [...this.beside.values()].map(({ open }) => open.kind);
  }

  private get pools(): BrickLru<Slot>[] {
    return [...this.segments.pools.all, ...this.loaders.map(({ pool }) => pool)];
  }

  private get loaders(): BrickLoader<Slot>[] {
    return this.layers.map(({ loader }) => loader);
  }

  /** What each layer may take where layers of these kinds are beside the volume and the segmentation. */
  private shares(beside: readonly LayerKind[]): Readonly<Record<LayerKind, number>> {
    return layerShares(['image', 'labels', ...beside], this.backend.budgetBytes);
  }

  /** Holds what is there to its shares beside layers of these kinds. */
  private limit(beside: readonly LayerKind[]): void {
    const shares = this.shares(beside);
    this.segments.pools.setLimit(shares.labels);
    for (const { loader, voxels } of this.layers) loader.pool.setLimit(shares[voxels.kind]);
  }

  private hasRoom(beside: readonly LayerKind[]): boolean {
    const pool = this.backend.createPool('room', 4, this.shares(beside).labels);
    const { mostBricks } = pool;
    pool.dispose();
    return mostBricks >= LEAST_BRICKS;
  }

  private noRoom(beside: readonly LayerKind[]): FloodlightError {
    const { budgetBytes } = this.backend;
    const { bytesPerBrick } = this.segments.pools.ids;
    const share = this.shares(beside).labels / budgetBytes;
    return new FloodlightError('BUDGET_EXCEEDED', {
      what: `Showing ${beside.length} layers beside the image`,
      neededBytes: Math.ceil((LEAST_BRICKS * bytesPerBrick) / share),
      budgetBytes,
      advice: 'Remove one, or raise the budget',
    });
  }

  private layerOf(
    { id, kind, levels, bounds }: Read,
    beside: readonly LayerKind[],
  ): SliceLayer<Slot> {
    const limit = this.shares(beside)[kind];
    const infos = levels.map(({ info }) => info);
    if (kind === 'labels') {
      const colours = new IndexedLabels(levels);
      const read: ReadBrick = ({ level, brickZyx }, signal, onFetched) =>
        colours.readBrick(level, brickZyx, signal, onFetched);
      const pool = this.backend.createPool(`labels ${id}`, 4, limit);
      const loader = this.loaderOf(pool, read, levels);
      return { id, loader, levels: infos, bounds, voxels: { kind, colours } };
    }
    const dtype = imageDtypeOf[levels[0]?.dtype ?? 'uint8'];
    const pool = this.backend.createPool(`image ${id}`, bytesOf[dtype], limit);
    const loader = this.loaderOf(pool, readImage(levels), levels);
    return { id, loader, levels: infos, bounds, voxels: { kind, dtype } };
  }

  private loaderOf(
    pool: BrickLru<Slot>,
    read: ReadBrick,
    levels: readonly LevelReader[],
  ): BrickLoader<Slot> {
    return new BrickLoader(pool, read, this.onArrival, this.scheduler, () => doubtfulOf(levels));
  }
}

function disposeOf<Slot extends object>({ loader }: SliceLayer<Slot>): void {
  loader.dispose();
  loader.pool.dispose();
}

/** Bricks of levels that were read of what may have vanished. */
function* doubtfulOf(levels: readonly LevelReader[]): Generator<BrickAddress> {
  for (const [level, reader] of levels.entries())
    for (const box of reader.takeDoubtful?.() ?? [])
      for (const brickZyx of bricksOfBox(box)) yield { level, brickZyx };
}

const readImage =
  (levels: readonly LevelReader[]): ReadBrick =>
  async ({ level, brickZyx }, signal, onFetched) => {
    const reader = levels[level];
    if (!reader) throw new FloodlightError('INTERNAL', { reason: `no level ${level}` });
    const { data } = await reader.readBrick(brickZyx, signal, onFetched);
    // Bricks are assembled into memory of their own, never into a SharedArrayBuffer.
    return imageVoxels(data) as ArrayBufferView<ArrayBuffer>;
  };
