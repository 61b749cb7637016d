import type { Rgb } from './colour';

/** A hexadecimal sRGB colour as bytes. */
const rgb = (hex: string): Rgb =>
  [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;
const stops = (text: string): readonly Rgb[] => text.split(' ').map(rgb);

/**
 * How an image's values become colours: colours at equal steps from the lowest value to the highest, straight lines in sRGB
 * between them. Viridis and magma are matplotlib's, by van der Walt and Smith (CC0), at ten steps.
 */
const STOPS = {
  grey: stops('000000 ffffff'),
  inverted: stops('ffffff 000000'),
  viridis: stops('440154 482878 3e4a89 31688e 26828e 1f9e89 35b779 6dcd59 b4de2c fde725'),
  magma: stops('000004 180f3d 451077 721f81 9f2f7f cd4071 f1605d fd9567 fec98d fcfdbf'),
  red: stops('000000 ff3030'),
  green: stops('000000 30ff50'),
  blue: stops('000000 4080ff'),
  cyan: stops('000000 00e5ff'),
  magenta: stops('000000 ff40ff'),
  yellow: stops('000000 ffe030'),
} as const;

export type ColourMap = keyof typeof STOPS;

/** Every colour map's name, in the order in which lists show them. */
export const COLOUR_MAPS = Object.keys(STOPS) as readonly ColourMap[];

/** Most colours a map has; as in shaders/slice/layer.wgsl. */
export const MOST_STOPS = 10;

/** A map's colours, from that of the lowest value to that of the highest; two at least. */
export const stopsOf = (map: ColourMap): readonly Rgb[] => STOPS[map];
