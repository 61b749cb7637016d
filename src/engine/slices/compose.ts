import type { Bounds, SlicePlane } from '../../core/slice-geometry';
import type { Blending } from '../layer';
import { ColourRow, type Paint } from './colour-row';
import type { Ink } from './inks';
import type { SceneImage } from './scene';
import { eachSpanOf } from './spans';

const OUTSIDE: Paint = { red: 12, green: 14, blue: 17, part: 1 };
const EMPTY: Paint = { red: 20, green: 23, blue: 27, part: 1 };

interface AnyPaintedLayer {
  readonly blending: Blending;
  /** Ones where it is hatched. */
  readonly hatch: Uint8Array | undefined;
}

/** A layer whose bricks are painted, and how it is coloured. */
export type PaintedLayer = AnyPaintedLayer &
  (
    | { readonly kind: 'image'; readonly values: Float32Array; readonly look: SceneImage<unknown> }
    | {
        readonly kind: 'labels';
        readonly ids: Uint32Array;
        readonly inkOf: (label: number) => Ink | undefined;
      }
  );

/** Lays a row of labels over what lies below, each with an outline: where a pixel beside, above or below is another's. */
function paintLabels(
  row: ColourRow,
  ids: Uint32Array,
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
    const label = ids[at] ?? 0;
    if (label === 0) continue;
    if (label !== lastLabel) ink = inkOf(label);
    lastLabel = label;
    if (!ink) continue;
    const isEdge =
      ids[at - above] !== label ||
      ids[at + below] !== label ||
      (x > 0 && ids[at - 1] !== label) ||
      (x < width - 1 && ids[at + 1] !== label);
    row.paint(x, isEdge ? ink.edge : ink.inside, blending);
  }
}

/**
 * Colours a slice: the background, then layer over layer; the twin of the colour stages in shaders/slice. `volume` is what
 * the volume covers; `pixels` receives rgba8, red in the lowest byte, rows from the top.
 */
export function compose(
  layers: readonly PaintedLayer[],
  plane: SlicePlane,
  volume: Bounds,
  pixels: Uint32Array,
): void {
  const { widthPixels, heightPixels } = plane;
  const row = new ColourRow(widthPixels);
  const inside = new Int32Array(2 * heightPixels);
  eachSpanOf(plane, volume, (y, left, right) => inside.set([left, right], 2 * y));
  for (let y = 0; y < heightPixels; y++) {
    row.fill(OUTSIDE, 0, widthPixels);
    row.fill(EMPTY, inside[2 * y] ?? 0, inside[2 * y + 1] ?? 0);
    for (const layer of layers) {
      const { blending } = layer;
      if (layer.kind === 'image')
        row.paintValues(layer.values, y * widthPixels, layer.look, blending);
      else paintLabels(row, layer.ids, y, heightPixels, layer.inkOf, blending);
      if (layer.hatch) row.hatch(y, layer.hatch);
    }
    row.pack(pixels, y * widthPixels);
  }
}
