import { segmentColour } from '../../core/colour';
import type { DisplayState } from '../protocol';
import type { PixelRectangle } from './placement';
import { REFERENCE_BIT } from './scene';
import type { SlicePlanes } from './slice-planes';

/** A colour, 0 to 255 each, and how much of it covers what lies below, 0 to 1. */
interface Paint {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  readonly part: number;
}

/** How a label is painted, inside and on its outline. */
interface Ink {
  readonly inside: Paint;
  readonly edge: Paint;
}

const OUTSIDE: Paint = { red: 12, green: 14, blue: 17, part: 1 };
const EMPTY: Paint = { red: 20, green: 23, blue: 27, part: 1 };
const HATCH: Paint = { red: 91, green: 99, blue: 110, part: 0.5 };
const HATCH_PERIOD = 10;
const HATCH_WIDTH = 2;
/** Factors on a layer's opacity, and how far to white. */
const EDGE_OPACITY = 2;
const SELECTED_OPACITY = 1.6;
const EDGE_LIGHT = 0.1;
const SELECTED_EDGE_LIGHT = 0.5;

const mix = (a: number, b: number, part: number): number => a + (b - a) * part;

function paint(colour: readonly number[], light: number, opacity: number): Paint {
  const [red = 0, green = 0, blue = 0] = colour.map((channel) => mix(channel, 255, light));
  return { red, green, blue, part: Math.min(opacity, 1) };
}

/** The inks of labels, each made when it is first asked for. */
function inksOf(display: DisplayState, referenceColours: Uint32Array): (label: number) => Ink {
  const selected = new Set(display.selectedIds);
  const inks = new Map<number, Ink>();
  const segmentInk = (id: number): Ink => {
    const isSelected = selected.has(id);
    const opacity = display.labelOpacity * (isSelected ? SELECTED_OPACITY : 1);
    const colour = segmentColour(id);
    const light = isSelected ? SELECTED_EDGE_LIGHT : EDGE_LIGHT;
    return {
      inside: paint(colour, 0, opacity),
      edge: paint(colour, light, opacity * EDGE_OPACITY),
    };
  };
  const referenceInk = (index: number): Ink => {
    const packed = referenceColours[index] ?? 0;
    const colour = [packed & 255, (packed >> 8) & 255, (packed >> 16) & 255];
    const opacity = ((packed >>> 24) / 255) * display.referenceOpacity;
    return {
      inside: paint(colour, 0, opacity),
      edge: paint(colour, EDGE_LIGHT, opacity * EDGE_OPACITY),
    };
  };
  return (label) => {
    const known = inks.get(label);
    if (known) return known;
    const ink = label < REFERENCE_BIT ? segmentInk(label) : referenceInk(label - REFERENCE_BIT);
    inks.set(label, ink);
    return ink;
  };
}

/** Added to and taken from a number below 2^51, it leaves the nearest integer, the even one of two. */
const ROUNDER = 2 ** 52;
const round = (value: number): number => value + ROUNDER - ROUNDER;

const pack = (red: number, green: number, blue: number): number =>
  round(red) | (round(green) << 8) | (round(blue) << 16) | (255 << 24);

/**
 * Colours a slice: grey within the contrast window, labels over it, each with an outline; the twin of
 * shaders/slice/compose.fragment.wgsl. `volume` is the volume's rectangle, if the slice cuts it; `pixels` receives rgba8,
 * red in the lowest byte, rows from the top.
 */
export function compose(
  { values, failed, labels, widthPixels: width, heightPixels: height }: SlicePlanes,
  volume: PixelRectangle | undefined,
  display: DisplayState,
  referenceColours: Uint32Array,
  pixels: Uint32Array,
): void {
  const inkOf = inksOf(display, referenceColours);
  const [low, high] = display.contrast;
  // A span of zero draws a threshold.
  const span = high - low || Number.MIN_VALUE;
  let lastLabel = 0;
  let ink: Ink | undefined;
  for (let y = 0; y < height; y++) {
    const isInRow = volume !== undefined && y >= volume.top && y < volume.bottom;
    const left = isInRow ? volume.left : width;
    const right = isInRow ? volume.right : width;
    const above = y === 0 ? 0 : width;
    const below = y === height - 1 ? 0 : width;
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const value = values[at] ?? 0;
      const label = labels[at] ?? 0;
      let red: number;
      let green: number;
      let blue: number;
      if (!Number.isNaN(value)) {
        red = Math.min(Math.max((value - low) / span, 0), 1) * 255;
        green = red;
        blue = red;
      } else {
        ({ red, green, blue } = x >= left && x < right ? EMPTY : OUTSIDE);
      }
      if (failed[at] === 1 && (x + y) % HATCH_PERIOD < HATCH_WIDTH) {
        red = mix(red, HATCH.red, HATCH.part);
        green = mix(green, HATCH.green, HATCH.part);
        blue = mix(blue, HATCH.blue, HATCH.part);
      }
      if (label !== 0) {
        if (label !== lastLabel || !ink) ink = inkOf(label);
        lastLabel = label;
        const isEdge =
          labels[at - above] !== label ||
          labels[at + below] !== label ||
          (x > 0 && labels[at - 1] !== label) ||
          (x < width - 1 && labels[at + 1] !== label);
        const over = isEdge ? ink.edge : ink.inside;
        red = mix(red, over.red, over.part);
        green = mix(green, over.green, over.part);
        blue = mix(blue, over.blue, over.part);
      }
      pixels[at] = pack(red, green, blue);
    }
  }
}
