import { segmentColour } from '../../core/colour';
import { mix, type Paint } from './colour-row';
import type { SceneLabels, SceneSegments, SliceScene } from './scene';

/** How a label is painted, inside and on its outline; undefined: not at all. */
export interface Ink {
  readonly inside: Paint;
  readonly edge: Paint;
}

/** Factors on a layer's opacity, and how far to white. */
const EDGE_OPACITY = 2;
const SELECTED_OPACITY = 1.6;
const EDGE_LIGHT = 0.1;
const SELECTED_EDGE_LIGHT = 0.5;

function paint(colour: readonly number[], light: number, opacity: number): Paint {
  const [red = 0, green = 0, blue = 0] = colour.map((channel) => mix(channel, 255, light));
  return { red, green, blue, part: Math.min(opacity, 1) };
}

const inkOf = (colour: readonly number[], opacity: number, edgeLight: number): Ink => ({
  inside: paint(colour, 0, opacity),
  edge: paint(colour, edgeLight, opacity * EDGE_OPACITY),
});

function segmentInks(
  { opacity }: SceneSegments<unknown>,
  { selectedIds, hiddenIds }: Pick<SliceScene<unknown>, 'selectedIds' | 'hiddenIds'>,
): (id: number) => Ink | undefined {
  const selected = new Set(selectedIds);
  const hidden = new Set(hiddenIds);
  return (id) => {
    if (hidden.has(id)) return undefined;
    return selected.has(id)
      ? inkOf(segmentColour(id), opacity * SELECTED_OPACITY, SELECTED_EDGE_LIGHT)
      : inkOf(segmentColour(id), opacity, EDGE_LIGHT);
  };
}

const storedInks =
  ({ opacity, colours }: SceneLabels<unknown>) =>
  (index: number): Ink => {
    const packed = colours.words[index] ?? 0;
    const colour = [packed & 255, (packed >> 8) & 255, (packed >> 16) & 255];
    return inkOf(colour, ((packed >>> 24) / 255) * opacity, EDGE_LIGHT);
  };

/** The inks of a layer's labels, each made when it is first asked for; the twin of `label_colour` in shaders/slice/layer.wgsl. */
export function inksOf(
  layer: SceneLabels<unknown> | SceneSegments<unknown>,
  scene: Pick<SliceScene<unknown>, 'selectedIds' | 'hiddenIds'>,
): (label: number) => Ink | undefined {
  const make = layer.kind === 'segments' ? segmentInks(layer, scene) : storedInks(layer);
  const inks = new Map<number, Ink | undefined>();
  return (label) => {
    if (inks.has(label)) return inks.get(label);
    const ink = make(label);
    inks.set(label, ink);
    return ink;
  };
}
