import type { Blending } from '../layer';
import type { ImageLook, Paint } from './colour-row';
import type { Ink } from './inks';

/** What is seen beside the volume, and where nothing of it is painted. */
export const OUTSIDE: Paint = { red: 12, green: 14, blue: 17, part: 1 };
export const EMPTY: Paint = { red: 20, green: 23, blue: 27, part: 1 };

interface AnyPaintedLayer {
  readonly blending: Blending;
  /** Ones where it is hatched. */
  readonly hatch: Uint8Array | undefined;
}

export interface PaintedImage extends AnyPaintedLayer {
  readonly kind: 'image';
  readonly values: Float32Array;
  readonly look: ImageLook;
}

export interface PaintedLabels extends AnyPaintedLayer {
  readonly kind: 'labels';
  readonly ids: Uint32Array;
  readonly inkOf: (label: number) => Ink | undefined;
}

/** A layer whose bricks are painted, and how it is coloured. */
export type PaintedLayer = PaintedImage | PaintedLabels;

/** Whether a pixel beside, above or below one of a label is another's. */
export const isOnEdge = (
  ids: Uint32Array,
  label: number,
  x: number,
  y: number,
  widthPixels: number,
  heightPixels: number,
): boolean => {
  const at = y * widthPixels + x;
  return (
    (y > 0 && ids[at - widthPixels] !== label) ||
    (y < heightPixels - 1 && ids[at + widthPixels] !== label) ||
    (x > 0 && ids[at - 1] !== label) ||
    (x < widthPixels - 1 && ids[at + 1] !== label)
  );
};
