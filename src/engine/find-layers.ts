import { isFloat } from '../core/dtype';
import { FloodlightError } from '../core/errors';
import type { LevelReader, Volume } from '../volume/model';
import { VOLUME_LAYER } from './layer';
import type { OpenLayer } from './open-layer';

/** Where layers are looked for. */
export interface LayerPlaces {
  readonly volume: Volume;
  readonly layers: readonly OpenLayer[];
}

const badLayer = (name: string, reason: string): FloodlightError =>
  new FloodlightError('BAD_PARAMETERS', { what: `Layer ${name}`, reason });

/**
 * The levels of the label layer of that id, or, where none has it, of the labels that are stored with the volume by that name.
 * UNKNOWN_LABEL_LAYER, which tells of `others` too; BAD_PARAMETERS for an image.
 */
export async function labelLevels(
  name: string,
  { volume, layers }: LayerPlaces,
  signal?: AbortSignal,
  others: readonly string[] = [],
): Promise<readonly LevelReader[]> {
  const layer = layers.find(({ id }) => id === name);
  if (!layer && !volume.info.labels.includes(name)) {
    const ids = layers.flatMap(({ id, kind }) => (kind === 'labels' ? id : []));
    throw new FloodlightError('UNKNOWN_LABEL_LAYER', {
      layer: name,
      layers: [...others, ...ids, ...volume.info.labels],
    });
  }
  const levels = layer?.levels ?? (await volume.openLabels(name, signal)).levels;
  if (layer?.kind === 'image' || levels.some(({ dtype }) => isFloat(dtype)))
    throw badLayer(name, 'it is an image, and has no labels');
  return levels;
}

/** The levels of the image of that id; BAD_PARAMETERS where there is none. */
export function imageLevels(id: string, { volume, layers }: LayerPlaces): readonly LevelReader[] {
  if (id === VOLUME_LAYER) return volume.levels;
  const images = layers.filter(({ kind }) => kind === 'image');
  const layer = images.find((image) => image.id === id);
  if (layer) return layer.levels;
  const ids = [VOLUME_LAYER, ...images.map((image) => image.id)];
  throw badLayer(id, `it is no image; there are ${ids.join(', ')}`);
}
