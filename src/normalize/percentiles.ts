import type { ImageArray, ImageDtype } from '../core/dtype';
import { binsOf, type CountValues, countPlainly, floatOfOrder, valueOfBin } from './value-counts';

/** Where the voxel of a rank lies: its bin, and its rank among the voxels of that bin. */
interface Found {
  readonly bin: number;
  readonly rank: number;
}

function find(counts: Float64Array, rank: number): Found {
  let rest = rank;
  let bin = 0;
  for (; bin < counts.length - 1; bin++) {
    const count = counts[bin] ?? 0;
    if (rest < count) break;
    rest -= count;
  }
  return { bin, rank: rest };
}

const sum = (counts: Float64Array): number => counts.reduce((total, count) => total + count, 0);

/**
 * Exact percentiles (nearest rank) of the finite voxels of a volume that comes brick by brick, by a histogram. `stride` takes
 * every n-th voxel of all bricks, in the order they come. For float32 the histogram has two levels: the bricks have to come
 * twice, in the same order.
 */
export class Percentiles {
  private readonly totals: Float64Array;
  /** The second level: counts within each bin that holds a wanted voxel. */
  private within: ReadonlyMap<number, Float64Array> | undefined;
  /** Voxels from the start of the next brick to the next sample. */
  private next = 0;

  constructor(
    private readonly dtype: ImageDtype,
    private readonly fractions: readonly number[],
    private readonly stride = 1,
    private readonly count: CountValues = countPlainly,
  ) {
    this.totals = new Float64Array(binsOf(dtype));
  }

  /** Counts a brick. */
  add(voxels: ImageArray): void {
    const samples = { first: this.next, stride: this.stride };
    if (this.within)
      for (const [upper, totals] of this.within) this.count(voxels, samples, totals, upper);
    else this.count(voxels, samples, this.totals);
    const beyond = Math.max(0, voxels.length - this.next);
    this.next += Math.ceil(beyond / this.stride) * this.stride - voxels.length;
  }

  /** Ends the first pass; whether all bricks have to be added once more. */
  refine(): boolean {
    if (this.dtype !== 'float32') return false;
    this.next = 0;
    const bins = this.wanted().map(({ bin }) => bin);
    this.within = new Map(bins.map((bin) => [bin, new Float64Array(this.totals.length)]));
    return bins.length > 0;
  }

  /** The voxels at the fractions (0 to 1), after all passes; undefined where none is finite. */
  values(): number[] | undefined {
    const wanted = this.wanted();
    if (wanted.length === 0) return undefined;
    return wanted.map(({ bin, rank }) => {
      const within = this.within?.get(bin);
      return within ? floatOfOrder(bin, find(within, rank).bin) : valueOfBin(this.dtype, bin);
    });
  }

  private wanted(): Found[] {
    const count = sum(this.totals);
    if (count === 0) return [];
    return this.fractions.map((fraction) => find(this.totals, Math.round(fraction * (count - 1))));
  }
}
