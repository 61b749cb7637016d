import type { Bounds, SlicePlane } from '../../core/slice-geometry';
import { baseOf, paintBase } from './base-row';
import { ColourRow } from './colour-row';
import type { Ink } from './inks';
import { EMPTY, isOnEdge, OUTSIDE, type PaintedLabels, type PaintedLayer } from './painted';
import { eachSpanOf } from './spans';

/** Lays a row of labels over what lies below, each with an outline. */
function paintLabels(
  row: ColourRow,
  { ids, inkOf, blending }: PaintedLabels,
  y: number,
  heightPixels: number,
): void {
  const width = row.widthPixels;
  let lastLabel = 0;
  let ink: Ink | undefined;
  for (let x = 0; x < width; x++) {
    const label = ids[y * width + x] ?? 0;
    if (label === 0) continue;
    if (label !== lastLabel) ink = inkOf(label);
    lastLabel = label;
    if (!ink) continue;
    const isEdge = isOnEdge(ids, label, x, y, width, heightPixels);
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
  const base = baseOf(layers);
  const row = new ColourRow(widthPixels);
  const inside = new Int32Array(2 * heightPixels);
  eachSpanOf(plane, volume, (y, left, right) => inside.set([left, right], 2 * y));
  for (let y = 0; y < heightPixels; y++) {
    const left = inside[2 * y] ?? 0;
    const right = inside[2 * y + 1] ?? 0;
    if (base) {
      paintBase(base, { y, widthPixels, heightPixels, left, right }, pixels);
      continue;
    }
    row.fill(OUTSIDE, 0, widthPixels);
    row.fill(EMPTY, left, right);
    for (const layer of layers) {
      if (layer.kind === 'image')
        row.paintValues(layer.values, y * widthPixels, layer.look, layer.blending);
      else paintLabels(row, layer, y, heightPixels);
      if (layer.hatch) row.hatch(y, layer.hatch);
    }
    row.pack(pixels, y * widthPixels);
  }
}
