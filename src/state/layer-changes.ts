import { COLOUR_MAPS, type ColourMap } from '../core/colour-map';
import { FloodlightError } from '../core/errors';
import { BLENDINGS, type Blending, type Layer } from '../engine/protocol';

/** How a layer is shown; a colour map and a contrast are of images alone. */
export interface LayerLook {
  readonly name: string;
  readonly visible: boolean;
  readonly opacity: number;
  readonly blending: Blending;
  readonly colourMap: ColourMap;
  readonly contrast: readonly [low: number, high: number];
}

export type LayerChanges = Partial<LayerLook>;

const isNumber = (value: unknown): value is number => Number.isFinite(value);

/** What is wrong with a value, by what it is of; undefined for nothing. */
const PROBLEMS: Readonly<Record<keyof LayerLook, (value: unknown) => string | undefined>> = {
  name: (value) => (typeof value === 'string' && value !== '' ? undefined : 'a name is a text'),
  visible: (value) => (typeof value === 'boolean' ? undefined : 'visible is true or false'),
  opacity: (value) =>
    isNumber(value) && value >= 0 && value <= 1 ? undefined : 'an opacity is from 0 to 1',
  blending: (value) =>
    BLENDINGS.some((known) => known === value)
      ? undefined
      : `blending is one of ${BLENDINGS.join(', ')}`,
  colourMap: (value) =>
    COLOUR_MAPS.some((known) => known === value)
      ? undefined
      : `a colour map is one of ${COLOUR_MAPS.join(', ')}`,
  contrast: (value) =>
    Array.isArray(value) && value.length === 2 && value.every(isNumber)
      ? undefined
      : 'a contrast is the value of the first colour and that of the last',
};
/** What a look consists of. */
export const LOOK_KEYS: readonly string[] = Object.keys(PROBLEMS);
const OF_IMAGES: readonly string[] = ['colourMap', 'contrast'];

const isLook = (key: string): key is keyof LayerLook => Object.hasOwn(PROBLEMS, key);

function problemOf(kind: Layer['kind'], key: string, value: unknown): string | undefined {
  if (!isLook(key)) return `${key} is nothing that a layer has`;
  if (kind === 'labels' && OF_IMAGES.includes(key)) return `labels have no ${key}`;
  return PROBLEMS[key](value);
}

/** A layer with changes; BAD_PARAMETERS for what makes no sense, or is of images and the layer is none. */
export function changed<L extends Layer>(layer: L, changes: LayerChanges): L {
  const entries = Object.entries(changes).filter(([, value]) => value !== undefined);
  for (const [key, value] of entries) {
    const reason = problemOf(layer.kind, key, value);
    if (reason) throw new FloodlightError('BAD_PARAMETERS', { what: `Layer ${layer.id}`, reason });
  }
  return { ...layer, ...Object.fromEntries(entries) };
}
