import { BRICK_VOXELS } from '../../core/brick';
import type { Axis, SlicePlane } from '../../core/slice-geometry';
import { type BrickPlacement, firstVoxelOf } from './placement';

/** Words of one instance, as shaders/slice/quad.vertex.wgsl takes them. */
const RECTANGLE = 0;
const RIGHT = 4;
const DOWN = 7;
const LOW = 10;
const HIGH = 13;
const CENTRE = 16;
const LAST = 19;
const PLACE = 22;
const WORDS = 24;

/** Bytes of one instance. */
export const INSTANCE_BYTES = WORDS * 4;

/** How instances lie in their buffer. */
export const INSTANCE_ATTRIBUTES: GPUVertexAttribute[] = [
  { shaderLocation: 0, offset: RECTANGLE * 4, format: 'float32x4' },
  { shaderLocation: 1, offset: RIGHT * 4, format: 'float32x3' },
  { shaderLocation: 2, offset: DOWN * 4, format: 'float32x3' },
  { shaderLocation: 3, offset: LOW * 4, format: 'float32x3' },
  { shaderLocation: 4, offset: HIGH * 4, format: 'float32x3' },
  { shaderLocation: 5, offset: CENTRE * 4, format: 'float32x3' },
  { shaderLocation: 6, offset: LAST * 4, format: 'float32x3' },
  { shaderLocation: 7, offset: PLACE * 4, format: 'uint32x2' },
];

/** Instances of bricks as they are written for the vertex stage; grows as it must. */
export class Instances {
  private words = new Uint32Array(64 * WORDS);
  private floats = new Float32Array(this.words.buffer);
  count = 0;

  /** The axes in the order in which vectors have them. */
  private readonly axes: readonly [Axis, Axis, Axis];

  constructor(private readonly plane: SlicePlane) {
    const { axes } = plane;
    this.axes = axes ? [axes.horizontal, axes.vertical, axes.normal] : [2, 1, 0];
  }

  /** Adds a brick in a slot of its buffer, with its stage's own parameter. */
  add({ rectangle, bounds, voxels }: BrickPlacement, slot: number, parameter: number): void {
    const at = this.count++ * WORDS;
    if (at === this.words.length) this.grow();
    const { floats, plane } = this;
    const { left, top, right, bottom } = rectangle;
    const { rightZyx, downZyx, centerZyx, lastZyx, scaleZyx } = voxels;
    floats[at + RECTANGLE] = left;
    floats[at + RECTANGLE + 1] = top;
    floats[at + RECTANGLE + 2] = right;
    floats[at + RECTANGLE + 3] = bottom;
    for (let part = 0; part < 3; part++) {
      const axis = this.axes[part] ?? 0;
      const centre = plane.centerZyx[axis];
      floats[at + RIGHT + part] = rightZyx[axis];
      floats[at + DOWN + part] = downZyx[axis];
      // Counted from the view's centre, not from the brick's, so that bricks agree to the last bit on a side that they share.
      floats[at + LOW + part] = (bounds.startZyx[axis] - centre) / scaleZyx[axis];
      floats[at + HIGH + part] = (bounds.endZyx[axis] - centre) / scaleZyx[axis];
      floats[at + CENTRE + part] = centerZyx[axis];
      floats[at + LAST + part] = lastZyx[axis];
    }
    this.words[at + PLACE] = slot * BRICK_VOXELS + firstVoxelOf(plane, voxels);
    this.words[at + PLACE + 1] = parameter;
  }

  bytes(): ArrayBuffer {
    return this.words.buffer.slice(0, this.count * INSTANCE_BYTES);
  }

  private grow(): void {
    const larger = new Uint32Array(this.words.length * 2);
    larger.set(this.words);
    this.words = larger;
    this.floats = new Float32Array(larger.buffer);
  }
}
