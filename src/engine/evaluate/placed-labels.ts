import { type Box, intersect } from '../../core/box';
import { type Dtype, isFloat, type VoxelArray } from '../../core/dtype';
import { FloodlightError } from '../../core/errors';
import type { Zyx } from '../../core/vec';
import type { LevelReader, Volume } from '../../volume/model';
import type { LabelStore } from '../label-store';
import { SEGMENTS_LAYER } from '../layer';
import type { OpenLayer } from '../open-layer';

/** A label layer on the volume's grid, that can be read until it is released. */
export interface PlacedLabels {
  /** What it covers of the volume, in the volume's voxels. */
  readonly box: Box;
  readonly isSigned: boolean;
  /** The labels of a box inside that. */
  read(box: Box, signal: AbortSignal): VoxelArray | Promise<VoxelArray>;
  release(): void;
}

/** Where label layers are looked for. */
export interface LabelSources {
  readonly volume: Volume;
  readonly layers: readonly OpenLayer[];
  readonly labels: LabelStore;
}

/** Scales and offsets are computed from nanometres. */
const SLACK = 1e-4;

/**
 * The label layer of that id, or that is stored with the volume by that name. UNKNOWN_LABEL_LAYER; BAD_PARAMETERS for an image,
 * and for voxels that are not the volume's own.
 */
export async function placedLabels(
  name: string,
  { volume, layers, labels }: LabelSources,
  signal: AbortSignal,
): Promise<PlacedLabels> {
  const whole: Box = { originZyx: [0, 0, 0], shapeZyx: volume.info.shapeZyx };
  if (name === SEGMENTS_LAYER) return segmentsOf(labels, whole);
  const layer = layers.find(({ id }) => id === name);
  if (!layer && !volume.info.labels.includes(name))
    throw new FloodlightError('UNKNOWN_LABEL_LAYER', {
      layer: name,
      layers: [SEGMENTS_LAYER, ...layers.map(({ id }) => id), ...volume.info.labels],
    });
  const levels = layer?.levels ?? (await volume.openLabels(name, signal)).levels;
  const [finest] = levels;
  if (!finest || layer?.kind === 'image' || isFloat(finest.dtype))
    throw notComparable(name, 'it is an image, and only labels can be compared');
  return levelOf(name, finest, whole);
}

/** The segmentation as it is now. */
function segmentsOf(labels: LabelStore, box: Box): PlacedLabels {
  const snapshot = labels.snapshot();
  return {
    box,
    isSigned: false,
    read: (part) => snapshot.readBox(part),
    release: () => snapshot.release(),
  };
}

function levelOf(name: string, reader: LevelReader, whole: Box): PlacedLabels {
  const { scaleZyx, offsetZyx, shapeZyx } = reader.info;
  const originZyx = offsetZyx.map(Math.round) as unknown as Zyx;
  const isOnGrid =
    scaleZyx.every((scale) => Math.abs(scale - 1) < SLACK) &&
    offsetZyx.every((offset, axis) => Math.abs(offset - (originZyx[axis] ?? 0)) < SLACK);
  if (!isOnGrid)
    throw notComparable(
      name,
      'its voxels are not the volume’s: open it with the volume’s voxel size, at a whole number of voxels from its origin',
    );
  return {
    box: intersect({ originZyx, shapeZyx }, whole),
    isSigned: isSigned(reader.dtype),
    read: (box, signal) =>
      reader.readBox(
        {
          originZyx: box.originZyx.map((at, axis) => at - (originZyx[axis] ?? 0)) as unknown as Zyx,
          shapeZyx: box.shapeZyx,
        },
        signal,
      ),
    release: () => {},
  };
}

const isSigned = (dtype: Dtype): boolean => dtype.startsWith('int');

const notComparable = (name: string, reason: string): FloodlightError =>
  new FloodlightError('BAD_PARAMETERS', { what: `Layer ${name}`, reason });
