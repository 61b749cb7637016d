import type { ImageArray } from '../../../core/dtype';

/** What a plane gives to the gradients around it: smoothed, its difference along y smoothed along x, and the other way round. */
interface PlaneParts {
  readonly smooth: Float32Array;
  readonly alongY: Float32Array;
  readonly alongX: Float32Array;
}

/** The neighbours of a row's voxel at either end are its own. */
const before = (index: number): number => Math.max(index - 1, 0);
const after = (index: number, length: number): number => Math.min(index + 1, length - 1);

/**
 * Magnitudes of a volume's gradient by Sobel's operator over 3³ voxels, mirrored at the ends, as
 * `scipy.ndimage.generic_gradient_magnitude(image, sobel)` has them; plane by plane of z, each as soon as the next is there.
 */
export class GradientPlanes {
  private readonly rows: { readonly smooth: Float32Array; readonly difference: Float32Array };
  private last: PlaneParts | undefined;
  private current: PlaneParts | undefined;

  constructor(
    private readonly sizeY: number,
    private readonly sizeX: number,
  ) {
    const voxels = sizeY * sizeX;
    this.rows = { smooth: new Float32Array(voxels), difference: new Float32Array(voxels) };
  }

  /** Takes the next plane in; returns the magnitudes of the one before, if there was one. */
  push(plane: ImageArray): Float32Array | undefined {
    const next = this.partsOf(plane);
    const { current } = this;
    const magnitudes = current && this.magnitudes(this.last ?? current, current, next);
    this.last = current;
    this.current = next;
    return magnitudes;
  }

  /** The magnitudes of the last plane. */
  end(): Float32Array | undefined {
    const { current } = this;
    return current && this.magnitudes(this.last ?? current, current, current);
  }

  private partsOf(plane: ImageArray): PlaneParts {
    const { sizeY, sizeX } = this;
    const { smooth, difference } = this.rows;
    for (let y = 0; y < sizeY; y++) {
      const row = y * sizeX;
      for (let x = 0; x < sizeX; x++) {
        const left = plane[row + before(x)] ?? 0;
        const right = plane[row + after(x, sizeX)] ?? 0;
        smooth[row + x] = left + 2 * (plane[row + x] ?? 0) + right;
        difference[row + x] = right - left;
      }
    }
    const voxels = sizeY * sizeX;
    const parts = {
      smooth: new Float32Array(voxels),
      alongY: new Float32Array(voxels),
      alongX: new Float32Array(voxels),
    };
    for (let y = 0; y < sizeY; y++) {
      const [up, row, down] = [before(y) * sizeX, y * sizeX, after(y, sizeY) * sizeX];
      for (let x = 0; x < sizeX; x++) {
        const above = smooth[up + x] ?? 0;
        const below = smooth[down + x] ?? 0;
        parts.smooth[row + x] = above + 2 * (smooth[row + x] ?? 0) + below;
        parts.alongY[row + x] = below - above;
        parts.alongX[row + x] =
          (difference[up + x] ?? 0) + 2 * (difference[row + x] ?? 0) + (difference[down + x] ?? 0);
      }
    }
    return parts;
  }

  private magnitudes(last: PlaneParts, current: PlaneParts, next: PlaneParts): Float32Array {
    const magnitudes = new Float32Array(current.smooth.length);
    for (let i = 0; i < magnitudes.length; i++) {
      const z = (next.smooth[i] ?? 0) - (last.smooth[i] ?? 0);
      const y = (last.alongY[i] ?? 0) + 2 * (current.alongY[i] ?? 0) + (next.alongY[i] ?? 0);
      const x = (last.alongX[i] ?? 0) + 2 * (current.alongX[i] ?? 0) + (next.alongX[i] ?? 0);
      magnitudes[i] = Math.sqrt(z * z + y * y + x * x);
    }
    return magnitudes;
  }
}
