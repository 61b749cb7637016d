import type { ImageArray } from '../core/dtype';
import type { Zyx } from '../core/vec';
import type { ClaheOptions } from './clahe';

const MOST_BINS = 4096;
const WEIGHT = 4096;

/** Where the tiles of an axis begin, and where the last one ends. */
const tileEdges = (size: number, tiles: number): number[] =>
  Array.from({ length: tiles + 1 }, (_, tile) => Math.floor((tile * size) / tiles));

/** The tiles on both sides of a pixel, and the weight of the second in 1/4096. */
function neighbours(at: number, edges: readonly number[]): [number, number, number] {
  const centres = edges.slice(1).map((end, tile) => (end + (edges[tile] ?? 0)) / 2);
  const after = centres.findIndex((centre) => centre > at + 0.5);
  if (after === 0) return [0, 0, 0];
  if (after < 0) return [centres.length - 1, centres.length - 1, 0];
  const before = centres[after - 1] ?? 0;
  const share = (at + 0.5 - before) / ((centres[after] ?? 0) - before);
  return [after - 1, after, Math.floor(share * WEIGHT + 0.5)];
}

/** Heights above the lowest value for each bin of a tile. */
function heightsOf(counts: number[], pixels: number, range: number, limit: number): number[] {
  const most = Math.max(1, Math.floor(limit * pixels));
  const excess = counts.reduce((sum, count) => sum + Math.max(0, count - most), 0);
  const share = Math.floor(excess / counts.length);
  const rest = excess % counts.length;
  const step = rest > 0 ? Math.floor(counts.length / rest) : 1;
  let below = 0;
  return counts.map((count, bin) => {
    const gets = bin % step === 0 && bin / step < rest ? 1 : 0;
    below += Math.min(count, most) + share + gets;
    return Math.floor((Math.floor((2 * below * range) / pixels) + 1) / 2);
  });
}

/** The plain twin of `clahe`. */
export function claheReference(
  voxels: ImageArray,
  [slices, rows, columns]: Zyx,
  { range: [low, high], tilesYx: [tilesY, tilesX] = [8, 8], limit = 0.01 }: ClaheOptions,
): number[] {
  const range = high - low;
  let shift = 0;
  while (range >> shift >= MOST_BINS) shift++;
  const bins = (range >> shift) + 1;
  const binOf = (value: number) => Math.min(range, Math.max(0, value - low)) >> shift;
  const edgesY = tileEdges(rows, Math.min(tilesY, rows));
  const edgesX = tileEdges(columns, Math.min(tilesX, columns));

  const result: number[] = [];
  for (let slice = 0; slice < slices; slice++) {
    const valueAt = (y: number, x: number) => voxels[(slice * rows + y) * columns + x] ?? 0;
    const heights = edgesY.slice(1).map((endY, tileY) =>
      edgesX.slice(1).map((endX, tileX) => {
        const counts = new Array<number>(bins).fill(0);
        let pixels = 0;
        for (let y = edgesY[tileY] ?? 0; y < endY; y++)
          for (let x = edgesX[tileX] ?? 0; x < endX; x++) {
            const bin = binOf(valueAt(y, x));
            counts[bin] = (counts[bin] ?? 0) + 1;
            pixels++;
          }
        return heightsOf(counts, pixels, range, limit);
      }),
    );
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++) {
        const [up, down, weightY] = neighbours(y, edgesY);
        const [left, right, weightX] = neighbours(x, edgesX);
        const bin = binOf(valueAt(y, x));
        const heightIn = (tileY: number, tileX: number) => heights[tileY]?.[tileX]?.[bin] ?? 0;
        const along = (tileY: number) =>
          heightIn(tileY, left) * (WEIGHT - weightX) + heightIn(tileY, right) * weightX;
        const height = along(up) * (WEIGHT - weightY) + along(down) * weightY;
        result.push(low + Math.floor(height / WEIGHT ** 2 + 0.5));
      }
  }
  return result;
}
