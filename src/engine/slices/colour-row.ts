import type { Rgb } from '../../core/colour';
import { stopsOf } from '../../core/colour-map';
import type { Blending } from '../layer';
import type { SceneImage } from './scene';

const HATCH = { red: 91, green: 99, blue: 110, part: 0.5 };
const HATCH_PERIOD = 10;
const HATCH_WIDTH = 2;

/** A colour, 0 to 255 each, and how much of it covers what lies below, 0 to 1. */
export interface Paint {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  readonly part: number;
}

/** All of `b` where that is the part, to the last bit. */
export const mix = (a: number, b: number, part: number): number =>
  part === 1 ? b : a + (b - a) * part;

/** A channel over what lies below it, 0 to 255 each; the twin of `blend` in shaders/slice/layer.wgsl. */
export function blend(below: number, over: number, part: number, blending: Blending): number {
  if (blending === 'normal') return mix(below, over, part);
  if (blending === 'additive') return Math.min(below + over * part, 255);
  return below * mix(1, over / 255, part);
}

/** One row of pixels while its layers are laid over one another, in full precision. */
export class ColourRow {
  readonly red: Float64Array;
  readonly green: Float64Array;
  readonly blue: Float64Array;

  constructor(readonly widthPixels: number) {
    this.red = new Float64Array(widthPixels);
    this.green = new Float64Array(widthPixels);
    this.blue = new Float64Array(widthPixels);
  }

  fill({ red, green, blue }: Paint, from: number, to: number): void {
    this.red.fill(red, from, to);
    this.green.fill(green, from, to);
    this.blue.fill(blue, from, to);
  }

  paint(x: number, { red, green, blue, part }: Paint, blending: Blending): void {
    this.red[x] = blend(this.red[x] ?? 0, red, part, blending);
    this.green[x] = blend(this.green[x] ?? 0, green, part, blending);
    this.blue[x] = blend(this.blue[x] ?? 0, blue, part, blending);
  }

  /** Lays an image's values over the row, from `at` on in their plane; NaN lets what lies below show. */
  paintValues(plane: Float32Array, at: number, look: ImageLook, blending: Blending): void {
    const { red: reds, green: greens, blue: blues, widthPixels } = this;
    const { opacity } = look;
    const colours = stopsOf(look.colourMap);
    const steps = colours.length - 1;
    const isPlain = opacity === 1 && blending === 'normal';
    const [low, span] = spanOf(look.contrast);
    let step = -1;
    let from: Rgb = BLACK;
    let to: Rgb = BLACK;
    for (let x = 0; x < widthPixels; x++) {
      const value = plane[at + x] ?? 0;
      if (Number.isNaN(value)) continue;
      const along = Math.min(Math.max((value - low) / span, 0), 1) * steps;
      const first = steps === 1 ? 0 : Math.min(Math.floor(along), steps - 1);
      if (first !== step) {
        step = first;
        from = colours[first] ?? BLACK;
        to = colours[first + 1] ?? BLACK;
      }
      const rest = along - first;
      const red = mix(from[0], to[0], rest);
      const green = mix(from[1], to[1], rest);
      const blue = mix(from[2], to[2], rest);
      if (isPlain) {
        reds[x] = red;
        greens[x] = green;
        blues[x] = blue;
      } else {
        reds[x] = blend(reds[x] ?? 0, red, opacity, blending);
        greens[x] = blend(greens[x] ?? 0, green, opacity, blending);
        blues[x] = blend(blues[x] ?? 0, blue, opacity, blending);
      }
    }
  }

  /** Hatches what of row `y` is hatched: ones in a plane of all rows. */
  hatch(y: number, hatch: Uint8Array): void {
    const at = y * this.widthPixels;
    for (let x = 0; x < this.widthPixels; x++)
      if (hatch[at + x] === 1 && (x + y) % HATCH_PERIOD < HATCH_WIDTH)
        this.paint(x, HATCH, 'normal');
  }

  /** Writes the row as rgba8, red in the lowest byte. */
  pack(pixels: Uint32Array, at: number): void {
    const { red, green, blue, widthPixels } = this;
    for (let x = 0; x < widthPixels; x++)
      pixels[at + x] = packed(red[x] ?? 0, green[x] ?? 0, blue[x] ?? 0);
  }
}

const BLACK: Rgb = [0, 0, 0];

/** How values become colours. */
export type ImageLook = Pick<SceneImage<unknown>, 'contrast' | 'colourMap' | 'opacity'>;

/** Where a contrast begins and how far it goes; a span of zero draws a threshold. */
export const spanOf = ([low, high]: ImageLook['contrast']) =>
  [low, high - low || Number.MIN_VALUE] as const;

/** Added to and taken from a number below 2^51, it leaves the nearest integer, the even one of two. */
const ROUNDER = 2 ** 52;
const round = (value: number): number => value + ROUNDER - ROUNDER;

/** A pixel as rgba8, red in the lowest byte. */
export const packed = (red: number, green: number, blue: number): number =>
  round(red) | (round(green) << 8) | (round(blue) << 16) | (255 << 24);
