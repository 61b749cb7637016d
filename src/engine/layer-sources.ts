import type { Dtype } from '../core/dtype';
import { abortError, FloodlightError } from '../core/errors';
import { type Bounds, boundsOfShape, type LevelGrid, levelReach } from '../core/slice-geometry';
import { add, multiply, type Zyx } from '../core/vec';
import type { LevelReader, Volume, VolumeInfo, VolumeStatistics } from '../volume/model';
import { relativeTransform } from '../volume/ome-zarr';
import type { VolumeSource } from '../volume/open-store';
import type { Layer, LayerKind, LayerOptions, LayerSource } from './layer';

/** A layer beside the open volume, as it is read: its levels in voxels of the volume's finest level. */
export interface OpenLayer {
  readonly id: string;
  readonly kind: LayerKind;
  readonly levels: readonly LevelReader[];
  readonly bounds: Bounds;
  /** What it is read from: a volume of its own, or labels of this name that are stored with the open one. */
  readonly from: Volume | string;
}

type OpenVolume = (
  source: VolumeSource,
  options: LayerOptions,
  signal: AbortSignal,
) => Promise<Volume>;

const IMAGE_OPACITY = 0.5;
const LABELS_OPACITY = 0.35;

/** The layers beside the open volume. */
export class LayerSources {
  private readonly opened = new Map<string, OpenLayer>();
  private opening = new AbortController();
  private nextId = 1;

  constructor(private readonly openVolume: OpenVolume) {}

  get all(): readonly OpenLayer[] {
    return [...this.opened.values()];
  }

  /** The volumes of their own that layers are read from. */
  get volumes(): readonly Volume[] {
    return this.all.flatMap(({ from }) => (typeof from === 'string' ? [] : from));
  }

  get statistics(): readonly VolumeStatistics[] {
    return this.volumes.map(({ statistics }) => statistics);
  }

  /**
   * Opens a layer beside a volume, and has it shown, which may throw; returns it as it is to be shown at first. Rejects as
   * `openVolume` and `openLabels` do, with UNSUPPORTED_DTYPE for labels that are no integers, or with an AbortError once
   * `clear` is called.
   */
  async open(
    volume: Volume,
    source: LayerSource,
    options: LayerOptions,
    show: (layers: readonly OpenLayer[]) => void,
  ): Promise<Layer> {
    const { signal } = this.opening;
    const id = `layer-${this.nextId++}`;
    const { layer, open } = isStored(source)
      ? await openStored(id, volume, source.stored, signal)
      : beside(id, volume.info, await this.openOther(source, options, signal), options);
    signal.throwIfAborted();
    show([...this.all, open]);
    this.opened.set(id, open);
    return options.name === undefined ? layer : { ...layer, name: options.name };
  }

  private async openOther(
    source: VolumeSource,
    options: LayerOptions,
    signal: AbortSignal,
  ): Promise<Volume> {
    const volume = await this.openVolume(source, options, signal);
    return options.select ? volume.select(options.select, signal) : volume;
  }

  /** Lets go of a layer; BAD_PARAMETERS where there is none of this id. */
  close(id: string): void {
    const layer = this.opened.get(id);
    if (!layer)
      throw new FloodlightError('BAD_PARAMETERS', {
        what: `Layer ${id}`,
        reason: 'there is no such layer that could be removed',
      });
    if (typeof layer.from !== 'string') layer.from.setCacheBytes(0);
    this.opened.delete(id);
  }

  /**
   * Reads stored labels at the time and channel at which the volume is seen now, where they have such axes; returns how to put
   * them in the place of what is open.
   */
  async readAgain(volume: Volume, signal: AbortSignal): Promise<() => void> {
    const stored = this.all.filter(({ from }) => typeof from === 'string');
    const read = await Promise.all(
      stored.map(async (layer) => {
        const { levels } = await volume.openLabels(String(layer.from), signal);
        return { ...layer, levels };
      }),
    );
    return () => {
      for (const layer of read) if (this.opened.has(layer.id)) this.opened.set(layer.id, layer);
    };
  }

  /** Lets go of all, and of those that are being opened. */
  clear(): void {
    this.opening.abort(abortError());
    this.opening = new AbortController();
    for (const id of this.opened.keys()) this.close(id);
  }
}

const isStored = (source: LayerSource): source is { readonly stored: string } =>
  typeof source === 'object' && source !== null && 'stored' in source;

interface Opened {
  readonly layer: Layer;
  readonly open: OpenLayer;
}

const labelsLayer = (id: string, name: string, origin: Layer['origin']): Layer => ({
  id,
  kind: 'labels',
  name,
  origin,
  visible: true,
  opacity: LABELS_OPACITY,
  blending: 'normal',
});

async function openStored(
  id: string,
  volume: Volume,
  stored: string,
  signal: AbortSignal,
): Promise<Opened> {
  const { levels } = await volume.openLabels(stored, signal);
  const finest = finestOf(levels);
  return {
    layer: labelsLayer(id, stored, { from: 'stored', stored }),
    open: {
      id,
      kind: 'labels',
      levels,
      bounds: boundsInVolume(finest.info, volume.info.shapeZyx),
      from: stored,
    },
  };
}

function beside(id: string, reference: VolumeInfo, volume: Volume, options: LayerOptions): Opened {
  const { url, name, dtype, contrast } = volume.info;
  const kind = options.kind ?? (isWideInteger(dtype) ? 'labels' : 'image');
  if (kind === 'labels' && dtype.startsWith('float'))
    throw new FloodlightError('UNSUPPORTED_DTYPE', {
      url,
      dtype,
      supported: ['integers of up to 64 bits for labels'],
    });
  const levels = placedBeside(volume, reference, options);
  const bounds = boundsOfLevel(finestOf(levels).info);
  const origin = { from: 'source', url } as const;
  const image: Layer = {
    ...labelsLayer(id, name, origin),
    kind: 'image',
    dtype,
    opacity: IMAGE_OPACITY,
    contrast,
    colourMap: 'grey',
  };
  const layer = kind === 'image' ? image : labelsLayer(id, name, origin);
  return { layer, open: { id, kind, levels, bounds, from: volume } };
}

const isWideInteger = (dtype: Dtype): boolean => /^u?int(32|64)$/.test(dtype);

/**
 * A volume's levels where they lie beside another's. A bare array tells of no lengths: its voxels are taken for the other's,
 * from the same origin on.
 */
function placedBeside(
  { info, levels }: Volume,
  reference: VolumeInfo,
  options: LayerOptions,
): readonly LevelReader[] {
  const isBare = info.levels[0]?.path === '';
  const { voxelSizeNm, originNm } = { ...(isBare ? reference : info), ...options };
  const { scaleZyx, offsetZyx } = relativeTransform({ voxelSizeNm, originNm }, reference);
  return levels.map((reader) => ({
    ...reader,
    info: {
      ...reader.info,
      scaleZyx: multiply(reader.info.scaleZyx, scaleZyx),
      offsetZyx: add(multiply(reader.info.offsetZyx, scaleZyx), offsetZyx),
    },
  }));
}

function finestOf(levels: readonly LevelReader[]): LevelReader {
  const [finest] = levels;
  if (!finest) throw new FloodlightError('INTERNAL', { reason: 'a layer without levels' });
  return finest;
}

/** What a level covers, exactly. */
const boundsOfLevel = ({ shapeZyx, scaleZyx, offsetZyx }: LevelGrid): Bounds => ({
  startZyx: offsetZyx,
  endZyx: add(offsetZyx, multiply(shapeZyx, scaleZyx)),
});

/** What labels stored with a volume cover: to its border where less than one of their voxels is missing, never past it. */
function boundsInVolume(level: LevelGrid, shapeZyx: Zyx): Bounds {
  const volume = boundsOfShape(shapeZyx);
  const [z, y, x] = [
    levelReach(level, 0, volume),
    levelReach(level, 1, volume),
    levelReach(level, 2, volume),
  ];
  return { startZyx: [z[0], y[0], x[0]], endZyx: [z[1], y[1], x[1]] };
}
