import { type Box, intersect } from '../../core/box';
import type { Dtype, VoxelArray } from '../../core/dtype';
import { FloodlightError } from '../../core/errors';
import { subtract, type Zyx } from '../../core/vec';
import type { LevelReader } from '../../volume/model';
import { type LayerPlaces, labelLevels } from '../find-layers';
import type { LabelStore } from '../label-store';
import { SEGMENTS_LAYER } from '../layer';

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
export interface LabelSources extends LayerPlaces {
  readonly labels: LabelStore;
}

/** Scales and offsets are computed from nanometres. */
const SLACK = 1e-4;

/** Which of the volume's voxels a level's first one is; BAD_PARAMETERS where its voxels are not the volume's own. */
export function originOnGrid(name: string, { info }: LevelReader): Zyx {
  const { scaleZyx, offsetZyx } = info;
  const originZyx = offsetZyx.map(Math.round) as unknown as Zyx;
  const isOnGrid =
    scaleZyx.every((scale) => Math.abs(scale - 1) < SLACK) &&
    offsetZyx.every((offset, axis) => Math.abs(offset - (originZyx[axis] ?? 0)) < SLACK);
  if (isOnGrid) return originZyx;
  throw new FloodlightError('BAD_PARAMETERS', {
    what: `Layer ${name}`,
    reason:
      'its voxels are not the volume’s: open it with the volume’s voxel size, at a whole number of voxels from its origin',
  });
}

/**
 * The label layer of that id, or that is stored with the volume by that name. UNKNOWN_LABEL_LAYER; BAD_PARAMETERS for an image,
 * and for voxels that are not the volume's own.
 */
export async function placedLabels(
  name: string,
  sources: LabelSources,
  signal: AbortSignal,
): Promise<PlacedLabels> {
  const whole: Box = { originZyx: [0, 0, 0], shapeZyx: sources.volume.info.shapeZyx };
  if (name === SEGMENTS_LAYER) return segmentsOf(sources.labels, whole);
  const [finest] = await labelLevels(name, sources, signal, [SEGMENTS_LAYER]);
  if (!finest) throw new FloodlightError('INTERNAL', { reason: 'a layer without levels' });
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
  const { shapeZyx } = reader.info;
  const originZyx = originOnGrid(name, reader);
  return {
    box: intersect({ originZyx, shapeZyx }, whole),
    isSigned: isSigned(reader.dtype),
    read: (box, signal) =>
      reader.readBox(
        {
          originZyx: subtract(box.originZyx, originZyx),
          shapeZyx: box.shapeZyx,
        },
        signal,
      ),
    release: () => {},
  };
}

const isSigned = (dtype: Dtype): boolean => dtype.startsWith('int');
