import { stopsOf } from '../../core/colour-map';
import { blend, mix, packed, spanOf } from './colour-row';
import {
  EMPTY,
  isOnEdge,
  OUTSIDE,
  type PaintedImage,
  type PaintedLabels,
  type PaintedLayer,
} from './painted';

/** What most slices show: an image in greys that covers all below, and labels right over it. */
export interface Base {
  readonly image: PaintedImage;
  readonly labels: PaintedLabels | undefined;
}

/** Whether a map goes straight from one grey to another. */
function isGrey({ look }: PaintedImage): boolean {
  const stops = stopsOf(look.colourMap);
  return stops.length === 2 && stops.every(([red, green, blue]) => red === green && red === blue);
}

/** These layers where they are no others than a base has, with nothing hatched; else undefined. */
export function baseOf([image, labels, ...others]: readonly PaintedLayer[]): Base | undefined {
  if (image?.kind !== 'image' || image.look.opacity !== 1 || image.blending !== 'normal') return;
  if (others.length > 0 || image.hatch || labels?.hatch || !isGrey(image)) return;
  return labels?.kind === 'image' ? undefined : { image, labels };
}

/** One row of a picture, and which pixels of it the volume covers. */
interface Row {
  readonly y: number;
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly left: number;
  readonly right: number;
}

/** Colours a row of a base: the same numbers as layer over layer, with nothing between. */
export function paintBase({ image, labels }: Base, row: Row, pixels: Uint32Array): void {
  paintGreys(image, row, pixels);
  if (labels) paintLabels(image, labels, row, pixels);
}

/** The grey of a value by a contrast that begins at `low`, 0 to 255. */
const greyOf = (value: number, low: number, span: number, from: number, to: number): number =>
  mix(from, to, Math.min(Math.max((value - low) / span, 0), 1));

function lookOf({ look }: PaintedImage) {
  const [low, span] = spanOf(look.contrast);
  const [from = 0, to = 0] = stopsOf(look.colourMap).map(([grey]) => grey);
  return { low, span, from, to };
}

const backgroundAt = (x: number, { left, right }: Row) =>
  x >= left && x < right ? EMPTY : OUTSIDE;

function paintGreys(image: PaintedImage, row: Row, pixels: Uint32Array): void {
  const { values } = image;
  const { low, span, from, to } = lookOf(image);
  const { y, widthPixels } = row;
  const start = y * widthPixels;
  for (let x = 0; x < widthPixels; x++) {
    const value = values[start + x] ?? 0;
    if (Number.isNaN(value)) {
      const { red, green, blue } = backgroundAt(x, row);
      pixels[start + x] = packed(red, green, blue);
    } else {
      const grey = greyOf(value, low, span, from, to);
      pixels[start + x] = packed(grey, grey, grey);
    }
  }
}

/** Only where there are labels; what lies below is calculated once more, since pixels hold it rounded. */
function paintLabels(
  image: PaintedImage,
  { ids, inkOf, blending }: PaintedLabels,
  row: Row,
  pixels: Uint32Array,
): void {
  const { values } = image;
  const { low, span, from, to } = lookOf(image);
  const { y, widthPixels, heightPixels } = row;
  const start = y * widthPixels;
  let lastLabel = 0;
  let ink: ReturnType<PaintedLabels['inkOf']>;
  for (let x = 0; x < widthPixels; x++) {
    const label = ids[start + x] ?? 0;
    if (label === 0) continue;
    if (label !== lastLabel) ink = inkOf(label);
    lastLabel = label;
    if (!ink) continue;
    const isEdge = isOnEdge(ids, label, x, y, widthPixels, heightPixels);
    const { red, green, blue, part } = isEdge ? ink.edge : ink.inside;
    const value = values[start + x] ?? 0;
    const grey = greyOf(value, low, span, from, to);
    const none = Number.isNaN(value) ? backgroundAt(x, row) : undefined;
    pixels[start + x] = packed(
      blend(none ? none.red : grey, red, part, blending),
      blend(none ? none.green : grey, green, part, blending),
      blend(none ? none.blue : grey, blue, part, blending),
    );
  }
}
