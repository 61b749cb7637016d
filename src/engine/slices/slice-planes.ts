import type { BrickVoxels } from '../memory-brick-pool';
import type { AxisMapping, BrickPlacement } from './placement';

/** Voxels of a brick from one step to the next along the horizontal and the vertical axis of a view. */
export interface PlaneStrides {
  readonly horizontal: number;
  readonly vertical: number;
}

/** Offsets, in voxels, of what lies under the centres of pixels `from` up to, not including, `to`. */
function offsetsAlong(
  { scale, offset, last }: AxisMapping,
  from: number,
  to: number,
  stride: number,
): Int32Array {
  const offsets = new Int32Array(to - from);
  for (let i = 0; i < offsets.length; i++) {
    const voxel = Math.floor((from + i + 0.5) * scale + offset);
    offsets[i] = Math.min(Math.max(voxel, 0), last) * stride;
  }
  return offsets;
}

/**
 * The planes of a view's layers, kept from view to view. Bricks are painted into them in painter's order, zeros too; the twins
 * of the brick stages in shaders/slice.
 */
export class SlicePlanes {
  private readonly images: Float32Array<ArrayBuffer>[] = [];
  private readonly labels: Uint32Array<ArrayBuffer>[] = [];

  /** The `index`-th plane of values on which nothing is painted yet. */
  image(index: number, length: number): Float32Array<ArrayBuffer> {
    const kept = this.images[index];
    const plane = kept && kept.length >= length ? kept : new Float32Array(length);
    this.images[index] = plane;
    return plane.fill(Number.NaN, 0, length);
  }

  /** The `index`-th plane of ids on which nothing is painted yet. */
  label(index: number, length: number): Uint32Array<ArrayBuffer> {
    const kept = this.labels[index];
    const plane = kept && kept.length >= length ? kept : new Uint32Array(length);
    this.labels[index] = plane;
    return plane.fill(0, 0, length);
  }
}

/** Paints a brick's values on a plane of `widthPixels`. */
export function paintValues(
  plane: Float32Array,
  widthPixels: number,
  voxels: BrickVoxels,
  placement: BrickPlacement,
  strides: PlaneStrides,
): void {
  eachLine(widthPixels, placement, strides, (at, step, first, offsets) => {
    for (let i = 0; i < offsets.length; i++)
      plane[at + i * step] = voxels[first + (offsets[i] ?? 0)] ?? 0;
  });
}

/** Paints a brick's ids on a plane of `widthPixels`. */
export function paintIds(
  plane: Uint32Array,
  widthPixels: number,
  voxels: BrickVoxels,
  placement: BrickPlacement,
  strides: PlaneStrides,
): void {
  eachLine(widthPixels, placement, strides, (at, step, first, offsets) => {
    for (let i = 0; i < offsets.length; i++)
      plane[at + i * step] = voxels[first + (offsets[i] ?? 0)] ?? 0;
  });
}

/**
 * Calls `paint` for each line of a brick's pixels: its first pixel, the step to the next, its first voxel, and the offsets
 * of its voxels from that. Lines run along the axis whose voxels lie closer together in memory.
 */
function eachLine(
  widthPixels: number,
  { rectangle, horizontal, vertical, firstVoxel }: BrickPlacement,
  strides: PlaneStrides,
  paint: (at: number, step: number, first: number, offsets: Int32Array) => void,
): void {
  const { left, top, right, bottom } = rectangle;
  const columns = offsetsAlong(horizontal, left, right, strides.horizontal);
  const rows = offsetsAlong(vertical, top, bottom, strides.vertical);
  const corner = top * widthPixels + left;
  if (strides.horizontal < strides.vertical)
    for (let y = 0; y < rows.length; y++)
      paint(corner + y * widthPixels, 1, firstVoxel + (rows[y] ?? 0), columns);
  else
    for (let x = 0; x < columns.length; x++)
      paint(corner + x, widthPixels, firstVoxel + (columns[x] ?? 0), rows);
}
