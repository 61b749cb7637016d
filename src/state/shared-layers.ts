import type { Layer, LayerKind, LayerOptions } from '../engine/protocol';
import { type LayerChanges, LOOK_KEYS } from './layer-changes';
import { type Layers, ownAxes, SEGMENTS_LAYER, VOLUME_LAYER } from './layers';

/** Where others are said to lie, and at which time and channel of their own they are seen. */
type Opening = Pick<LayerOptions, 'voxelSizeNm' | 'originNm' | 'select'>;

/** A layer in a shared address: the volume's own by its id, labels stored with it by their name, others by their address. */
export interface SharedLayer extends Opening {
  readonly own?: string;
  readonly stored?: string;
  readonly url?: string;
  readonly kind: LayerKind;
  readonly look: LayerChanges;
}

const OWN: readonly string[] = [VOLUME_LAYER, SEGMENTS_LAYER];
/** More than a page shows, fewer than would keep it busy. */
const MOST = 32;

function placeOf({ id, origin, axes }: Layer): Omit<SharedLayer, 'kind' | 'look'> | undefined {
  if (origin.from === 'stored') return { stored: origin.stored };
  if (origin.from !== 'source') return { own: id };
  const { from: _, ...place } = origin;
  const select = ownAxes(axes?.chosen);
  // What lies on this machine nobody else can open.
  return /^https?:/.test(place.url) ? { ...place, ...(select ? { select } : {}) } : undefined;
}

const lookIn = (record: object): LayerChanges =>
  Object.fromEntries(Object.entries(record).filter(([key]) => LOOK_KEYS.includes(key)));

const OPENING_KEYS: readonly string[] = ['voxelSizeNm', 'originNm', 'select'];

/** As the address has it: the engine refuses what makes no sense. */
const openingIn = (record: object): Opening =>
  Object.fromEntries(Object.entries(record).filter(([key]) => OPENING_KEYS.includes(key)));

/** The layers as an address has them, from the lowest on; null where there are none but the volume's own. */
export function layersText(layers: readonly Layer[]): string | null {
  const shared = layers.flatMap((layer): SharedLayer[] => {
    const place = placeOf(layer);
    return place ? [{ ...place, kind: layer.kind, look: lookIn(layer) }] : [];
  });
  return shared.some(({ own }) => own === undefined) ? JSON.stringify(shared) : null;
}

function sharedLayer(value: unknown): SharedLayer[] {
  if (typeof value !== 'object' || value === null) return [];
  const { own, stored, url, kind, look } = value as Record<string, unknown>;
  if (kind !== 'image' && kind !== 'labels') return [];
  const shown = { kind, look: typeof look === 'object' && look ? lookIn(look) : {} } as const;
  if (typeof own === 'string' && OWN.includes(own)) return [{ own, ...shown }];
  if (typeof stored === 'string') return [{ stored, ...shown }];
  if (typeof url !== 'string' || !/^https?:/.test(url)) return [];
  return [{ url, ...openingIn(value), ...shown }];
}

/** Reads what `layersText` wrote; what makes no sense is left out. */
export function parseLayers(text: string): readonly SharedLayer[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.slice(0, MOST).flatMap(sharedLayer) : [];
  } catch {
    return [];
  }
}

/** Shows shared layers as they were, in their order; those that cannot be shown so are told of and left out. */
export async function restoreLayers(
  layers: Layers,
  shared: readonly SharedLayer[],
  onFailure: (error: unknown) => void,
): Promise<void> {
  let index = 0;
  for (const { own, stored, url, kind, look, ...opening } of shared) {
    try {
      if (own !== undefined) {
        layers.set(own, look);
        layers.move(own, index);
      } else if (stored !== undefined) await layers.add({ stored }, { ...look, index });
      else if (url !== undefined) await layers.add(url, { ...opening, ...look, kind, index });
      index++;
    } catch (error) {
      onFailure(error);
    }
  }
}
