import type { Zyx } from '../../../core/vec';

interface Plane {
  readonly values: Float64Array;
  /** The greatest value within the distance along y and x, where that lies inside the plane. */
  readonly greatest: Float64Array;
}

/** The greatest of `2 * distance + 1` values around each, along a stride; only where all of them are inside. */
function greatestAlong(
  values: Float64Array,
  target: Float64Array,
  from: number,
  stride: number,
  length: number,
  distance: number,
): void {
  for (let at = distance; at < length - distance; at++) {
    let most = values[from + (at - distance) * stride] ?? 0;
    for (let step = 1 - distance; step <= distance; step++) {
      const value = values[from + (at + step) * stride] ?? 0;
      if (value > most) most = value;
    }
    target[from + at * stride] = most;
  }
}

/**
 * Voxels of positive value that no other exceeds within a cube of `distance` to all sides, none closer than that to the volume's
 * border (as `skimage.feature.peak_local_max` finds them), plane by plane of z; in z, y, x order.
 */
export class PeakPlanes {
  private readonly planes: Plane[] = [];
  private pushed = 0;

  constructor(
    private readonly sizeY: number,
    private readonly sizeX: number,
    private readonly distance: number,
  ) {}

  /** Takes the next plane in; returns the peaks of the plane `distance` before it. */
  push(values: Float64Array): Zyx[] {
    const { sizeY, sizeX, distance } = this;
    const alongX = new Float64Array(values.length);
    for (let y = 0; y < sizeY; y++) greatestAlong(values, alongX, y * sizeX, 1, sizeX, distance);
    const greatest = new Float64Array(values.length);
    for (let x = distance; x < sizeX - distance; x++)
      greatestAlong(alongX, greatest, x, sizeX, sizeY, distance);
    this.planes.push({ values, greatest });
    this.pushed++;
    if (this.planes.length <= 2 * distance) return [];
    const peaks = this.peaks();
    this.planes.shift();
    return peaks;
  }

  /** Those of the plane in the middle of what is held. */
  private peaks(): Zyx[] {
    const { sizeY, sizeX, distance, planes } = this;
    const middle = planes[distance];
    if (!middle) return [];
    const z = this.pushed - 1 - distance;
    const found: Zyx[] = [];
    for (let y = distance; y < sizeY - distance; y++)
      for (let x = distance; x < sizeX - distance; x++) {
        const i = y * sizeX + x;
        const value = middle.values[i] ?? 0;
        // Hardly a voxel is the greatest of its plane: only then the others are looked at.
        if (value <= 0 || value !== middle.greatest[i]) continue;
        if (planes.every(({ greatest }) => (greatest[i] ?? 0) <= value)) found.push([z, y, x]);
      }
    return found;
  }
}
