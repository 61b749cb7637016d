import { abortError, FloodlightError } from '../core/errors';
import type { EngineClient } from '../engine/client';
import {
  type AxisChoice,
  type AxisSelection,
  type Layer,
  type LayerOptions,
  type LayerSeen,
  type LayerSource,
  SEGMENTS_LAYER,
  segmentsLayer,
  VOLUME_LAYER,
  volumeLayer,
} from '../engine/protocol';
import type { VolumeInfo } from '../volume/model';
import { absoluteAddress } from './absolute-address';
import { ChannelLooks } from './channel-looks';
import { type JobSurroundings, runJob } from './job-slot';
import { changed, type LayerChanges } from './layer-changes';
import { isHandle, type LocalSource, sourceOfHandle } from './source-picker';
import type { AppState } from './store';

export {
  type AxisChoice,
  BLENDINGS,
  type LayerAxes,
  type LayerPlacement,
  type LayerSource,
  SEGMENTS_LAYER,
  VOLUME_LAYER,
} from '../engine/protocol';

/** How a layer is opened, how it is shown at first, and where: 0 is the lowest place. The signal calls it off. */
export type AddLayerOptions = LayerOptions &
  LayerChanges & { readonly index?: number; readonly signal?: AbortSignal };

/** What of a layer's time and channel is its own; undefined where all follows the volume. */
export function ownAxes(chosen: AxisChoice | undefined): Partial<AxisSelection> | undefined {
  if (!chosen || (chosen.t === null && chosen.c === null)) return undefined;
  return {
    ...(chosen.t === null ? {} : { t: chosen.t }),
    ...(chosen.c === null ? {} : { c: chosen.c }),
  };
}

/** What the engine can read: an address relative to the page is a whole one, a handle one that may be read. */
async function readable(source: LayerSource): Promise<LayerSource> {
  if (typeof source === 'string') return absoluteAddress(source);
  return isHandle(source) ? sourceOfHandle(source) : source;
}

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

/** What is known of an added layer beside what is shown. */
interface Added {
  /** The folder or zip that it was opened from, if it was one that the browser hands out. */
  readonly handle: LocalSource | undefined;
  readonly contrasts: ChannelLooks<readonly [low: number, high: number]>;
}

/** The layers that the slices show, from the lowest to the highest: every change of them. */
export class Layers {
  private readonly added = new Map<string, Added>();

  constructor(
    private readonly around: JobSurroundings,
    private readonly read: () => readonly Layer[],
    private readonly write: (layers: readonly Layer[]) => void,
  ) {}

  private get engine(): EngineClient {
    return this.around.engine;
  }

  /**
   * Opens a layer and shows it; returns its id. Rejects as the engine's `openLayer` does, with PERMISSION_DENIED, BAD_PARAMETERS, or
   * an AbortError once the signal fires: then nothing has changed.
   */
  async add(source: LayerSource, options: AddLayerOptions = {}): Promise<string> {
    const { index, signal, kind, name, headers, voxelSizeNm, originNm, select, ...look } = options;
    const opening = {
      ...(kind ? { kind } : {}),
      ...(headers ? { headers } : {}),
      ...(voxelSizeNm ? { voxelSizeNm } : {}),
      ...(originNm ? { originNm } : {}),
      ...(select ? { select } : {}),
    };
    const handle = isHandle(source) ? source : undefined;
    const open = async (job: number) =>
      this.engine.openLayer(await readable(source), opening, { job });
    const opened = await runJob(this.around, open, signal);
    try {
      if (signal?.aborted) throw abortError();
      const layer = changed(opened, { ...look, ...(name === undefined ? {} : { name }) });
      const layers = this.read();
      this.write(layers.toSpliced(index ?? placeFor(layer, layers), 0, layer));
      this.added.set(layer.id, { handle, contrasts: new ChannelLooks() });
      return layer.id;
    } catch (error) {
      await this.engine.closeLayer(opened.id);
      throw error;
    }
  }

  /**
   * Reads the layers anew that were opened from a folder or zip which was just saved over: what they were opened from is there no
   * more. All else about them stays.
   */
  async readAgain(saved: LocalSource): Promise<void> {
    for (const { id, kind, origin, axes } of this.read()) {
      const isSaved = await this.added.get(id)?.handle?.isSameEntry(saved);
      if (!isSaved || origin.from !== 'source') continue;
      const { from: _, url: __, ...placement } = origin;
      const select = ownAxes(axes?.chosen);
      const opening = { kind, ...placement, ...(select ? { select } : {}) };
      const { axes: now } = await this.engine.openLayer(await readable(saved), opening, {
        replacedId: id,
      });
      this.write(
        this.read().map(({ axes: before, ...layer }) => {
          const seen = layer.id === id ? now : before;
          return seen ? { ...layer, axes: seen } : layer;
        }),
      );
    }
  }

  /**
   * Has an added layer seen at a time and channel of its own, or, where these are null, at the volume's; each channel keeps its
   * contrast. Rejects as the engine's `selectLayerAxes` does.
   */
  async selectAxes(id: string, changes: Partial<AxisChoice>): Promise<AxisSelection> {
    const seen = await this.engine.selectLayerAxes(id, changes);
    this.show([seen]);
    return seen.axes.selection;
  }

  /** Shows layers as they are seen now. */
  show(seen: readonly LayerSeen[]): void {
    if (seen.length === 0) return;
    this.write(
      this.read().map((layer) => {
        const now = seen.find(({ id }) => id === layer.id);
        return now ? this.seenAs(layer, now) : layer;
      }),
    );
  }

  private seenAs(layer: Layer, { id, axes, contrast }: LayerSeen): Layer {
    const [before, next] = [layer.axes?.selection.c ?? 0, axes.selection.c];
    const contrasts = this.added.get(id)?.contrasts;
    if (layer.kind !== 'image' || before === next || !contrasts) return { ...layer, axes };
    const look = contrasts.exchange(before, layer.contrast, next, contrast);
    return { ...layer, axes, contrast: look };
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
    this.added.delete(id);
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
