import type { BrickVoxels } from '../memory-brick-pool';
import type { AxisMapping, BrickPlacement, PixelRectangle } from './placement';
import { REFERENCE_BIT } from './scene';

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
 * What one view shows at each pixel, before it is coloured: rows from the top, `widthPixels` to each. Bricks are painted
 * into it in painter's order; the twins of the brick stages in shaders/slice.
 */
export class SlicePlanes {
  widthPixels = 0;
  heightPixels = 0;
  /** Image values, NaN where no brick was painted. */
  values = new Float32Array();
  /** 1 where the brick that should show could not be read. */
  failed = new Uint8Array();
  /** Segment ids, indices of the stored label layer with `REFERENCE_BIT`, 0 for none. */
  labels = new Uint32Array();

  /** Begins a view: nothing is painted yet. */
  reset(widthPixels: number, heightPixels: number): void {
    const length = widthPixels * heightPixels;
    if (this.values.length < length) {
      this.values = new Float32Array(length);
      this.failed = new Uint8Array(length);
      this.labels = new Uint32Array(length);
    }
    this.widthPixels = widthPixels;
    this.heightPixels = heightPixels;
    this.values.fill(Number.NaN, 0, length);
    this.failed.fill(0, 0, length);
    this.labels.fill(0, 0, length);
  }

  /** Paints a brick's values; what was marked failed below it no longer is. */
  paintImage(voxels: BrickVoxels, placement: BrickPlacement, strides: PlaneStrides): void {
    const { values } = this;
    this.mark(placement.rectangle, 0);
    this.eachLine(placement, strides, (at, step, first, offsets) => {
      for (let i = 0; i < offsets.length; i++)
        values[at + i * step] = voxels[first + (offsets[i] ?? 0)] ?? 0;
    });
  }

  paintFailed({ rectangle }: BrickPlacement): void {
    this.mark(rectangle, 1);
  }

  /** Paints a brick of the stored label layer, its zeros too. */
  paintReference(voxels: BrickVoxels, placement: BrickPlacement, strides: PlaneStrides): void {
    const { labels } = this;
    this.eachLine(placement, strides, (at, step, first, offsets) => {
      for (let i = 0; i < offsets.length; i++) {
        const index = voxels[first + (offsets[i] ?? 0)] ?? 0;
        labels[at + i * step] = index === 0 ? 0 : index | REFERENCE_BIT;
      }
    });
  }

  /** Paints a brick of the segmentation; what lies below shows where there is no segment, or a hidden one. */
  paintSegments(
    voxels: BrickVoxels,
    placement: BrickPlacement,
    strides: PlaneStrides,
    hiddenIds: ReadonlySet<number>,
  ): void {
    const { labels } = this;
    this.eachLine(placement, strides, (at, step, first, offsets) => {
      let lastId = 0;
      let isShown = false;
      for (let i = 0; i < offsets.length; i++) {
        const id = voxels[first + (offsets[i] ?? 0)] ?? 0;
        if (id !== lastId) isShown = id !== 0 && !hiddenIds.has(id);
        lastId = id;
        if (isShown) labels[at + i * step] = id;
      }
    });
  }

  /**
   * Calls `paint` for each line of a brick's pixels: its first pixel, the step to the next, its first voxel, and the offsets
   * of its voxels from that. Lines run along the axis whose voxels lie closer together in memory.
   */
  private eachLine(
    { rectangle, horizontal, vertical, firstVoxel }: BrickPlacement,
    strides: PlaneStrides,
    paint: (at: number, step: number, first: number, offsets: Int32Array) => void,
  ): void {
    const { left, top, right, bottom } = rectangle;
    const columns = offsetsAlong(horizontal, left, right, strides.horizontal);
    const rows = offsetsAlong(vertical, top, bottom, strides.vertical);
    const corner = top * this.widthPixels + left;
    if (strides.horizontal < strides.vertical)
      for (let y = 0; y < rows.length; y++)
        paint(corner + y * this.widthPixels, 1, firstVoxel + (rows[y] ?? 0), columns);
    else
      for (let x = 0; x < columns.length; x++)
        paint(corner + x, this.widthPixels, firstVoxel + (columns[x] ?? 0), rows);
  }

  private mark({ left, top, right, bottom }: PixelRectangle, failed: number): void {
    for (let y = top; y < bottom; y++)
      this.failed.fill(failed, y * this.widthPixels + left, y * this.widthPixels + right);
  }
}
