import type { Blending } from '../layer';
import { ColourRow, type Paint } from './colour-row';
import type { Ink } from './inks';
import type { PixelRectangle } from './placement';
import type { SceneImage } from './scene';

const OUTSIDE: Paint = { red: 12, green: 14, blue: 17, part: 1 };
const EMPTY: Paint = { red: 20, green: 23, blue: 27, part: 1 };

interface AnyPaintedLayer {
  readonly blending: Blending;
  readonly hatched: readonly PixelRectangle[];
}

/** A layer whose bricks are painted, and how it is coloured. */
export type PaintedLayer = AnyPaintedLayer &
  (
    | { readonly kind: 'image'; readonly plane: Float32Array; readonly look: SceneImage<unknown> }
    | {
        readonly kind: 'labels';
        readonly plane: Uint32Array;
        readonly inkOf: (label: number) => Ink | undefined;
      }
  );

/** Lays a row of labels over what lies below, each with an outline: where a pixel beside, above or below is another's. */
function paintLabels(
  row: ColourRow,
  plane: Uint32Array,
  y: number,
  heightPixels: number,
  inkOf: (label: number) => Ink | undefined,
  blending: Blending,
): void {
  const width = row.widthPixels;
  const above = y === 0 ? 0 : width;
  const below = y === heightPixels - 1 ? 0 : width;
  let lastLabel = 0;
  let ink: Ink | undefined;
  for (let x = 0; x < width; x++) {
    const at = y * width + x;
    const label = plane[at] ?? 0;
    if (label === 0) continue;
    if (label !== lastLabel) ink = inkOf(label);
    lastLabel = label;
    if (!ink) continue;
    const isEdge =
      plane[at - above] !== label ||
      plane[at + below] !== label ||
      (x > 0 && plane[at - 1] !== label) ||
      (x < width - 1 && plane[at + 1] !== label);
    row.paint(x, isEdge ? ink.edge : ink.inside, blending);
  }
}

/**
 * Colours a slice: the background, then layer over layer; the twin of the colour stages in shaders/slice. `volume` is the
 * volume's rectangle, if the slice cuts it; `pixels` receives rgba8, red in the lowest byte, rows from the top.
 */
export function compose(
  layers: readonly PaintedLayer[],
  volume: PixelRectangle | undefined,
  widthPixels: number,
  heightPixels: number,
  pixels: Uint32Array,
): void {
  const row = new ColourRow(widthPixels);
  for (let y = 0; y < heightPixels; y++) {
    const isInRow = volume !== undefined && y >= volume.top && y < volume.bottom;
    const [left, right] = isInRow ? [volume.left, volume.right] : [0, 0];
    row.fill(OUTSIDE, 0, left);
    row.fill(EMPTY, left, right);
    row.fill(OUTSIDE, right, widthPixels);
    for (const layer of layers) {
      const { blending } = layer;
      if (layer.kind === 'image')
        row.paintValues(layer.plane, y * widthPixels, layer.look, blending);
      else paintLabels(row, layer.plane, y, heightPixels, layer.inkOf, blending);
      row.hatch(y, layer.hatched);
    }
    row.pack(pixels, y * widthPixels);
  }
}
