import type { Dtype } from '../core/dtype';
import { FloodlightError } from '../core/errors';
import { type Bounds, boundsOfShape, type LevelGrid, levelReach } from '../core/slice-geometry';
import { add, multiply, type Zyx } from '../core/vec';
import type { AxisSelection, LevelReader, Volume, VolumeInfo } from '../volume/model';
import { relativeTransform } from '../volume/ome-zarr';
import type {
  AxisChoice,
  Layer,
  LayerKind,
  LayerOptions,
  LayerPlacement,
  LayerSeen,
} from './layer';

/** A layer beside the open volume, as it is read: its levels in voxels of the volume's finest level. */
export interface OpenLayer {
  readonly id: string;
  readonly kind: LayerKind;
  readonly levels: readonly LevelReader[];
  readonly bounds: Bounds;
  /** What it is read from: a volume of its own, or labels of this name that are stored with the open one. */
  readonly from: Volume | string;
  readonly chosen: AxisChoice;
  readonly placement: LayerPlacement;
}

/** The same with how it is to be shown at first. */
interface OpenedLayer {
  readonly layer: Layer;
  readonly open: OpenLayer;
}

const IMAGE_OPACITY = 0.5;
const LABELS_OPACITY = 0.35;

/** Labels stored with the open volume are always seen at its time and channel. */
const AS_VOLUME: AxisChoice = { t: null, c: null };

const labelsLayer = (id: string, name: string, origin: Layer['origin']): Layer => ({
  id,
  kind: 'labels',
  name,
  origin,
  visible: true,
  opacity: LABELS_OPACITY,
  blending: 'normal',
});

/** Opens labels that are stored with a volume; rejects as `Volume.openLabels` does. */
export async function openStored(
  id: string,
  volume: Volume,
  stored: string,
  signal: AbortSignal,
): Promise<OpenedLayer> {
  const { levels } = await volume.openLabels(stored, signal);
  return {
    layer: labelsLayer(id, stored, { from: 'stored', stored }),
    open: {
      id,
      kind: 'labels',
      levels,
      bounds: boundsInVolume(finestOf(levels).info, volume.info.shapeZyx),
      from: stored,
      chosen: AS_VOLUME,
      placement: {},
    },
  };
}

/**
 * A volume of its own as a layer beside another. BAD_PARAMETERS for a time or channel that it has not, UNSUPPORTED_DTYPE for
 * labels that are no integers.
 */
export async function openBeside(
  id: string,
  reference: VolumeInfo,
  source: Volume,
  { kind: wanted, voxelSizeNm, originNm, select }: LayerOptions,
  signal: AbortSignal,
): Promise<OpenedLayer> {
  const { url, name, dtype } = source.info;
  const kind = wanted ?? (isWideInteger(dtype) ? 'labels' : 'image');
  if (kind === 'labels' && dtype.startsWith('float'))
    throw new FloodlightError('UNSUPPORTED_DTYPE', {
      url,
      dtype,
      supported: ['integers of up to 64 bits for labels'],
    });
  const placement: LayerPlacement = {
    ...(voxelSizeNm ? { voxelSizeNm } : {}),
    ...(originNm ? { originNm } : {}),
  };
  const chosen: AxisChoice = { ...AS_VOLUME, ...select };
  const from = await selected(source, chosen, reference.selection, signal);
  const levels = placedBeside(from, reference, placement);
  const bounds = boundsOfLevel(finestOf(levels).info);
  const open: OpenLayer = { id, kind, levels, bounds, from, chosen, placement };
  const seen = seenOf(open);
  const labels: Layer = {
    ...labelsLayer(id, name, { from: 'source', url, ...placement }),
    ...(seen ? { axes: seen.axes } : {}),
  };
  if (kind === 'labels') return { layer: labels, open };
  const { contrast } = from.info;
  const look = { opacity: IMAGE_OPACITY, contrast, colourMap: 'grey' } as const;
  return { layer: { ...labels, ...look, kind, dtype }, open };
}

/** A layer at the time and channel that it has chosen, or, where it has chosen none, at those of the volume now. */
export async function readAgain(
  layer: OpenLayer,
  volume: Volume,
  signal: AbortSignal,
): Promise<OpenLayer> {
  const { from, chosen, placement } = layer;
  if (typeof from === 'string') {
    const { levels } = await volume.openLabels(from, signal);
    return { ...layer, levels };
  }
  const again = await selected(from, chosen, volume.info.selection, signal);
  if (again === from) return layer;
  return { ...layer, from: again, levels: placedBeside(again, volume.info, placement) };
}

/** How a layer is seen that has several times or channels of its own; undefined for others. */
export function seenOf({ id, from, chosen }: OpenLayer): LayerSeen | undefined {
  if (typeof from === 'string') return undefined;
  const { times, channels, selection, contrast } = from.info;
  if (times === 1 && channels.length === 1) return undefined;
  return { id, axes: { times, channels, selection, chosen }, contrast };
}

/** A layer's source at what it has chosen, else at what is seen of the volume, or at its last where it has fewer. */
async function selected(
  source: Volume,
  chosen: AxisChoice,
  ofVolume: AxisSelection,
  signal: AbortSignal,
): Promise<Volume> {
  const { times, channels, selection } = source.info;
  const t = chosen.t ?? Math.min(ofVolume.t, times - 1);
  const c = chosen.c ?? Math.min(ofVolume.c, channels.length - 1);
  const isSame = t === selection.t && c === selection.c;
  return isSame ? source : source.select({ t, c }, signal);
}

const isWideInteger = (dtype: Dtype): boolean => /^u?int(32|64)$/.test(dtype);

/**
 * A volume's levels where they lie beside another's. A bare array tells of no lengths: its voxels are taken for the other's,
 * from the same origin on.
 */
function placedBeside(
  { info, levels }: Volume,
  reference: VolumeInfo,
  placement: LayerPlacement,
): readonly LevelReader[] {
  const isBare = info.levels[0]?.path === '';
  const { voxelSizeNm, originNm } = { ...(isBare ? reference : info), ...placement };
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
