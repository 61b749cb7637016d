import type { SlicePlane } from '../../core/slice-geometry';
import type { BrickVoxels } from '../memory-brick-pool';
import { eachLine } from './brick-lines';
import type { BrickPlacement } from './placement';

type Plane = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** Planes of one type, kept from view to view; the one of an index grows to what was asked of it. */
class KeptPlanes<P extends Plane> {
  private readonly planes: P[] = [];

  constructor(
    private readonly create: (length: number) => P,
    private readonly empty: number,
  ) {}

  /** The `index`-th plane, its first `length` pixels empty. */
  take(index: number, length: number): P {
    const kept = this.planes[index];
    const plane = kept && kept.length >= length ? kept : this.create(length);
    this.planes[index] = plane;
    plane.fill(this.empty, 0, length);
    return plane;
  }
}

/**
 * The planes of a view's layers, on each of which nothing is painted yet when it is taken. Bricks are painted into them in painter's
 * order, zeros too; the twins of the brick stages in shaders/slice.
 */
export class SlicePlanes {
  readonly images = new KeptPlanes((length) => new Float32Array(length), Number.NaN);
  readonly labels = new KeptPlanes((length) => new Uint32Array(length), 0);
  readonly hatches = new KeptPlanes((length) => new Uint8Array(length), 0);
}

/**
 * Paints a brick's values on what a view shows. Not one function with `paintIds`: a loop that writes to planes of two types takes an eighth
 * longer in V8.
 */
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

/** Paints a segment where its bits are set in a brick, and nothing elsewhere. */
export function paintSegment(
  ids: Uint32Array,
  plane: SlicePlane,
  bits: BrickVoxels,
  segment: number,
  placement: BrickPlacement,
): void {
  eachLine(plane, placement, (at, step, first, offsets, count) => {
    for (let i = 0; i < count; i++) {
      const voxel = first + (offsets[i] ?? 0);
      const subBrick = ((voxel >> 15) & 4) | ((voxel >> 10) & 2) | ((voxel >> 5) & 1);
      const row = ((voxel >> 7) & 0x3e0) | ((voxel >> 6) & 0x1f);
      if (((bits[(subBrick << 10) | row] ?? 0) >>> (voxel & 31)) & 1) ids[at + i * step] = segment;
    }
  });
}
