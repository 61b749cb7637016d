import { FloodlightError } from '../core/errors';
import type { EngineClient } from '../engine/client';
import {
  type Layer,
  type LayerOptions,
  type LayerSource,
  SEGMENTS_LAYER,
  segmentsLayer,
  VOLUME_LAYER,
  volumeLayer,
} from '../engine/protocol';
import type { VolumeInfo } from '../volume/model';
import { changed, type LayerChanges } from './layer-changes';
import type { AppState } from './store';

export {
  BLENDINGS,
  type LayerKind,
  type LayerSource,
  SEGMENTS_LAYER,
  VOLUME_LAYER,
} from '../engine/protocol';

/** How a layer is opened, how it is shown at first, and where: 0 is the lowest place. */
export type AddLayerOptions = LayerOptions & LayerChanges & { readonly index?: number };

/** The layers of a volume that was just opened; the segmentation keeps its look. */
export const layersOf = (volume: VolumeInfo, before: readonly Layer[]): readonly Layer[] => [
  volumeLayer(volume),
  before.find(({ id }) => id === SEGMENTS_LAYER) ?? segmentsLayer,
];

/** Images go over images and below labels; labels go right below the segmentation. */
function placeFor(layer: Layer, layers: readonly Layer[]): number {
  if (layer.kind === 'image') return layers.findLastIndex(({ kind }) => kind === 'image') + 1;
  const segments = layers.findIndex(({ id }) => id === SEGMENTS_LAYER);
  return segments < 0 ? layers.length : segments;
}

const isFixed = (id: string): boolean => id === VOLUME_LAYER || id === SEGMENTS_LAYER;

/** Whether a layer may be removed: all but the image and the segmentation. */
export const isRemovable = ({ id }: Layer): boolean => !isFixed(id);

/** Names of the label layers stored with the volume that are no layer yet. */
export function unshownLabels({ volume, display }: Pick<AppState, 'volume' | 'display'>) {
  const shown = display.layers.map(({ origin }) => origin.from === 'stored' && origin.stored);
  return (volume?.labels ?? []).filter((name) => !shown.includes(name));
}

/** The layers that the slices show, from the lowest to the highest: every change of them. */
export class Layers {
  constructor(
    private readonly engine: EngineClient,
    private readonly read: () => readonly Layer[],
    private readonly write: (layers: readonly Layer[]) => void,
  ) {}

  /**
   * Opens a layer and shows it; returns its id. Rejects as the engine's `openLayer` does, or with BAD_PARAMETERS: then nothing
   * has changed.
   */
  async add(
    source: LayerSource,
    { index, kind, name, headers, voxelSizeNm, originNm, select, ...look }: AddLayerOptions = {},
  ): Promise<string> {
    const place = {
      ...(kind ? { kind } : {}),
      ...(headers ? { headers } : {}),
      ...(voxelSizeNm ? { voxelSizeNm } : {}),
      ...(originNm ? { originNm } : {}),
      ...(select ? { select } : {}),
    };
    const absolute = typeof source === 'string' ? new URL(source, document.baseURI).href : source;
    const opened = await this.engine.openLayer(absolute, place);
    try {
      const layer = changed(opened, { ...look, ...(name === undefined ? {} : { name }) });
      const layers = this.read();
      this.write(layers.toSpliced(index ?? placeFor(layer, layers), 0, layer));
      return layer.id;
    } catch (error) {
      await this.engine.closeLayer(opened.id);
      throw error;
    }
  }

  /** BAD_PARAMETERS for the image, the segmentation, and what is not there. */
  async remove(id: string): Promise<void> {
    this.find(id);
    if (isFixed(id))
      throw new FloodlightError('BAD_PARAMETERS', {
        what: `Layer ${id}`,
        reason: 'every volume has it; it can be hidden',
      });
    this.write(this.read().filter((layer) => layer.id !== id));
    await this.engine.closeLayer(id);
  }

  /** BAD_PARAMETERS for what makes no sense, and for a layer that is not there. */
  set(id: string, changes: LayerChanges): void {
    const layer = changed(this.find(id), changes);
    this.write(this.read().map((other) => (other.id === id ? layer : other)));
  }

  /** Moves a layer to a place, 0 the lowest; places past the ends are the ends. */
  move(id: string, index: number): void {
    const layer = this.find(id);
    const others = this.read().filter((other) => other !== layer);
    this.write(others.toSpliced(Math.min(Math.max(Math.trunc(index), 0), others.length), 0, layer));
  }

  private find(id: string): Layer {
    const layer = this.read().find((other) => other.id === id);
    if (layer) return layer;
    const ids = this.read().map((other) => other.id);
    throw new FloodlightError('BAD_PARAMETERS', {
      what: `Layer ${id}`,
      reason: `there is none; there are ${ids.join(', ') || 'no layers'}`,
    });
  }
}
