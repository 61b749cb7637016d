import { mirrored } from '../../../normalize/mirrored';

/** A Gaussian is cut off after so many standard deviations, as SciPy does. */
const TRUNCATE = 4;

/** Half of a Gaussian's weights, from its middle on; all of them add up to 1. */
export function gaussianWeights(sigma: number): Float64Array {
  const radius = Math.floor(TRUNCATE * sigma + 0.5);
  const weights = Float64Array.from({ length: radius + 1 }, (_, at) =>
    Math.exp(-0.5 * (at / sigma) ** 2),
  );
  const sum = weights.reduce((all, weight) => all + 2 * weight, -(weights[0] ?? 0));
  return weights.map((weight) => weight / sum);
}

/**
 * Where a volume's magnitudes exceed their own mean around (a Gaussian's, mirrored at the ends), plane by plane of z, each as
 * soon as all that its mean needs is there. Holds one Gaussian's width of planes.
 */
export class EdgePlanes {
  private readonly weights: Float64Array;
  private readonly radius: number;
  /** By z modulo their number: planes blurred along y and x, and as they came. */
  private readonly blurred: Float32Array[] = [];
  private readonly magnitudes: Float32Array[] = [];
  private readonly padded: Float64Array;
  private readonly sums: Float64Array;
  private pushed = 0;
  private told = 0;

  constructor(
    private readonly sizeZ: number,
    private readonly sizeY: number,
    private readonly sizeX: number,
    sigma: number,
  ) {
    this.weights = gaussianWeights(sigma);
    this.radius = this.weights.length - 1;
    this.padded = new Float64Array(sizeX + 2 * this.radius);
    this.sums = new Float64Array(sizeX);
  }

  /** Takes the next plane in; returns the edges, 1 where there is one, of planes that are known now, in order. */
  push(magnitudes: Float32Array): Uint8Array[] {
    const slot = this.pushed++ % (2 * this.radius + 1);
    this.blurred[slot] = this.blurPlane(magnitudes);
    this.magnitudes[slot] = magnitudes;
    const known =
      this.pushed === this.sizeZ ? this.sizeZ : Math.max(this.pushed - this.radius, this.told);
    const planes: Uint8Array[] = [];
    while (this.told < known) planes.push(this.edges(this.told++));
    return planes;
  }

  private at(planes: readonly Float32Array[], z: number): Float32Array {
    const plane = planes[mirrored(z, this.sizeZ) % (2 * this.radius + 1)];
    if (!plane) throw new RangeError(`plane ${z} is not there yet`);
    return plane;
  }

  private edges(z: number): Uint8Array {
    const { sizeX, sums, radius } = this;
    const magnitudes = this.at(this.magnitudes, z);
    const planes = Array.from({ length: 2 * radius + 1 }, (_, i) =>
      this.at(this.blurred, z + i - radius),
    );
    const edges = new Uint8Array(magnitudes.length);
    for (let row = 0; row < edges.length; row += sizeX) {
      this.weigh(
        (step) => planes[radius + step],
        () => row,
      );
      for (let x = 0; x < sizeX; x++)
        edges[row + x] = (magnitudes[row + x] ?? 0) > Math.fround(sums[x] ?? 0) ? 1 : 0;
    }
    return edges;
  }

  private blurPlane(plane: Float32Array): Float32Array {
    const { sizeY, sizeX, sums } = this;
    const alongX = new Float32Array(plane.length);
    for (let y = 0; y < sizeY; y++) this.blurRow(plane, alongX, y * sizeX);
    const blurred = new Float32Array(plane.length);
    for (let y = 0; y < sizeY; y++) {
      this.weigh(
        () => alongX,
        (step) => mirrored(y + step, sizeY) * sizeX,
      );
      blurred.set(sums, y * sizeX);
    }
    return blurred;
  }

  /** Sums up rows, from minus the radius to it, by their weights. */
  private weigh(
    planeAt: (step: number) => Float32Array | undefined,
    rowAt: (step: number) => number,
  ): void {
    const { sums, weights, radius } = this;
    sums.fill(0);
    for (let step = -radius; step <= radius; step++) {
      const plane = planeAt(step);
      if (plane) addRow(sums, plane, rowAt(step), weights[Math.abs(step)] ?? 0);
    }
  }

  private blurRow(plane: Float32Array, target: Float32Array, row: number): void {
    const { sizeX, padded, weights, radius } = this;
    for (let x = -radius; x < sizeX + radius; x++)
      padded[x + radius] = plane[row + mirrored(x, sizeX)] ?? 0;
    for (let x = 0; x < sizeX; x++) {
      const middle = x + radius;
      let sum = (weights[0] ?? 0) * (padded[middle] ?? 0);
      for (let step = 1; step <= radius; step++)
        sum += (weights[step] ?? 0) * ((padded[middle - step] ?? 0) + (padded[middle + step] ?? 0));
      target[row + x] = sum;
    }
  }
}

/** Adds a row by its weight. */
function addRow(sums: Float64Array, plane: Float32Array, row: number, weight: number): void {
  for (let x = 0; x < sums.length; x++) sums[x] = (sums[x] ?? 0) + weight * (plane[row + x] ?? 0);
}
