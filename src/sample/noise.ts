import type { Random } from './random';

/** Edge of a noise tile in samples; a power of two, so that a mask wraps coordinates. */
export const TILE_EDGE = 128;
const MASK = TILE_EDGE - 1;

/** Smooth noise that repeats every 128 samples: mean 0, standard deviation 1 stored as 32, C-ordered z, y, x. */
export type NoiseTile = Int8Array;

/** White noise under a periodic Gaussian of `sigma` samples. */
export function makeNoiseTile(random: Random, sigma: number): NoiseTile {
  const values = new Float32Array(TILE_EDGE ** 3);
  for (let at = 0; at < values.length; at++) values[at] = random.next() - 0.5;
  const kernel = gaussian(sigma);
  for (const stride of [1, TILE_EDGE, TILE_EDGE ** 2]) blurPeriodic(values, stride, kernel);
  let squares = 0;
  for (let at = 0; at < values.length; at++) squares += (values[at] as number) ** 2;
  const scale = 32 / Math.sqrt(squares / values.length);
  const tile = new Int8Array(values.length);
  for (let at = 0; at < tile.length; at++)
    tile[at] = Math.max(-127, Math.min(127, Math.round((values[at] as number) * scale)));
  return tile;
}

function gaussian(sigma: number): Float32Array {
  const radius = Math.ceil(3 * sigma);
  return Float32Array.from({ length: 2 * radius + 1 }, (_, at) =>
    Math.exp(-((at - radius) ** 2) / (2 * sigma * sigma)),
  );
}

function blurPeriodic(values: Float32Array, stride: number, kernel: Float32Array): void {
  const radius = (kernel.length - 1) / 2;
  const line = new Float32Array(TILE_EDGE + 2 * radius);
  for (let number = 0; number < TILE_EDGE ** 2; number++) {
    const start = (number % stride) + Math.floor(number / stride) * stride * TILE_EDGE;
    for (let at = 0; at < line.length; at++)
      line[at] = values[start + ((at - radius) & MASK) * stride] as number;
    for (let at = 0; at < TILE_EDGE; at++) {
      let sum = 0;
      for (let tap = 0; tap < kernel.length; tap++)
        sum += (kernel[tap] as number) * (line[at + tap] as number);
      values[start + at * stride] = sum;
    }
  }
}

/** The tile's value at integer sample coordinates of any size, in standard deviations. */
export const tileAt = (tile: NoiseTile, z: number, y: number, x: number): number =>
  (tile[((z & MASK) * TILE_EDGE + (y & MASK)) * TILE_EDGE + (x & MASK)] as number) / 32;

/** The tile between its samples, trilinear, in standard deviations. */
export function tileBetween(tile: NoiseTile, z: number, y: number, x: number): number {
  const [iz, iy, ix] = [Math.floor(z), Math.floor(y), Math.floor(x)];
  let sum = 0;
  for (let corner = 0; corner < 8; corner++) {
    const [cz, cy, cx] = [corner >> 2, (corner >> 1) & 1, corner & 1];
    const weight =
      Math.abs(1 - cz - z + iz) * Math.abs(1 - cy - y + iy) * Math.abs(1 - cx - x + ix);
    sum += weight * tileAt(tile, iz + cz, iy + cy, ix + cx);
  }
  return sum;
}
