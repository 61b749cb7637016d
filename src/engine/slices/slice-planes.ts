import type { SlicePlane } from '../../core/slice-geometry';
import type { BrickVoxels } from '../memory-brick-pool';
import { eachLine } from './brick-lines';
import type { BrickPlacement } from './placement';

/**
 * The planes of a view's layers, kept from view to view. Bricks are painted into them in painter's order, zeros too; the twins
 * of the brick stages in shaders/slice.
 */
export class SlicePlanes {
  private readonly images: Float32Array<ArrayBuffer>[] = [];
  private readonly labels: Uint32Array<ArrayBuffer>[] = [];
  private readonly hatches: Uint8Array<ArrayBuffer>[] = [];

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

  /** The `index`-th plane of hatched pixels, of which there are none yet. */
  hatch(index: number, length: number): Uint8Array<ArrayBuffer> {
    const kept = this.hatches[index];
    const plane = kept && kept.length >= length ? kept : new Uint8Array(length);
    this.hatches[index] = plane;
    return plane.fill(0, 0, length);
  }
}

/** Paints a brick's values on what a view shows. */
export function paintValues(
  values: Float32Array,
  plane: SlicePlane,
  voxels: BrickVoxels,
  placement: BrickPlacement,
): void {
  eachLine(plane, placement, (at, step, first, offsets, count) => {
    for (let i = 0; i < count; i++) values[at + i * step] = voxels[first + (offsets[i] ?? 0)] ?? 0;
  });
}

/** Paints a brick's ids on what a view shows. */
export function paintIds(
  ids: Uint32Array,
  plane: SlicePlane,
  voxels: BrickVoxels,
  placement: BrickPlacement,
): void {
  eachLine(plane, placement, (at, step, first, offsets, count) => {
    for (let i = 0; i < count; i++) ids[at + i * step] = voxels[first + (offsets[i] ?? 0)] ?? 0;
  });
}
