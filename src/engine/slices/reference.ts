/** The plain CPU twin of the slice renderer: every pixel on its own, from whole arrays. */
import { brickOfVoxel } from '../../core/brick';
import { type Rgb, segmentColour } from '../../core/colour';
import {
  type Axis,
  type LevelGrid,
  levelReach,
  pixelToVoxel,
  type SliceView,
  type ViewId,
} from '../../core/slice-geometry';
import type { Zyx } from '../../core/vec';
import type { DisplayState } from '../protocol';

/** One level as a whole array (C-ordered, of the level's shape), with the bricks of it that are there. */
export interface ReferenceLevel {
  readonly level: LevelGrid;
  readonly voxels: ArrayLike<number>;
  readonly isLoaded: (brickZyx: Zyx) => boolean;
  readonly isFailed?: (brickZyx: Zyx) => boolean;
}

/** A scene as whole arrays; levels from the finest on. */
export interface ReferenceScene {
  readonly volumeShapeZyx: Zyx;
  readonly voxelSizeNm: Zyx;
  readonly image: readonly ReferenceLevel[];
  readonly reference: readonly ReferenceLevel[];
  /** Packed as for `SliceRenderer.setReferenceColours`. */
  readonly referenceColours: Uint32Array;
  readonly labels: readonly ReferenceLevel[];
  /** Ones where segment `id` is being filled. */
  readonly fills: readonly (ReferenceLevel & { readonly id: number })[];
  readonly display: DisplayState;
}

const OUTSIDE: Rgb = [12, 14, 17];
const EMPTY: Rgb = [20, 23, 27];
const HATCH: Rgb = [91, 99, 110];
const WHITE: Rgb = [255, 255, 255];

const mix = (a: Rgb, b: Rgb, part: number): Rgb => [
  a[0] + (b[0] - a[0]) * part,
  a[1] + (b[1] - a[1]) * part,
  a[2] + (b[2] - a[2]) * part,
];

const isInside = (at: Zyx, shapeZyx: Zyx): boolean =>
  ([0, 1, 2] as const).every((axis) => at[axis] >= 0 && at[axis] < shapeZyx[axis]);

/** The level's voxel at a continuous voxel of the finest level; undefined where the level does not reach. */
function levelVoxel(level: LevelGrid, at: Zyx, shapeZyx: Zyx): Zyx | undefined {
  const isReached = (axis: Axis) => {
    const [start, end] = levelReach(level, axis, shapeZyx[axis]);
    return at[axis] >= start && at[axis] < end;
  };
  const along = (axis: Axis) => {
    const index = Math.floor((at[axis] - level.offsetZyx[axis]) / level.scaleZyx[axis]);
    return Math.min(Math.max(index, 0), level.shapeZyx[axis] - 1);
  };
  const reached = isInside(at, shapeZyx) && isReached(0) && isReached(1) && isReached(2);
  return reached ? [along(0), along(1), along(2)] : undefined;
}

/** The value in the finest level that is there, and whether a brick of it or of a finer one failed. */
function sample(levels: readonly ReferenceLevel[], at: Zyx, shapeZyx: Zyx) {
  let failed = false;
  for (const { level, voxels, isLoaded, isFailed } of levels) {
    const zyx = levelVoxel(level, at, shapeZyx);
    if (!zyx) continue;
    failed ||= isFailed?.(brickOfVoxel(zyx)) ?? false;
    if (!isLoaded(brickOfVoxel(zyx))) continue;
    const [, height, width] = level.shapeZyx;
    return { value: voxels[(zyx[0] * height + zyx[1]) * width + zyx[2]], failed };
  }
  return { value: undefined, failed };
}

interface Label {
  readonly key: string;
  readonly colour: Rgb;
  readonly opacity: number;
  readonly selected: boolean;
}

/** The topmost label at a point; null for none. */
function labelAt(scene: ReferenceScene, at: Zyx): Label | null {
  const { display, volumeShapeZyx } = scene;
  const segment = (id: number): Label => ({
    key: `segment ${id}`,
    colour: segmentColour(id),
    opacity: display.labelOpacity,
    selected: display.selectedIds.includes(id),
  });
  if (display.labelsVisible) {
    const filling = scene.fills.findLast(
      (fill) => !display.hiddenIds.includes(fill.id) && sample([fill], at, volumeShapeZyx).value,
    );
    if (filling) return segment(filling.id);
    const { value: id } = sample(scene.labels, at, volumeShapeZyx);
    if (id && !display.hiddenIds.includes(id)) return segment(id);
  }
  if (display.referenceLayer === null) return null;
  const { value: index } = sample(scene.reference, at, volumeShapeZyx);
  if (!index) return null;
  const packed = scene.referenceColours[index] ?? 0;
  return {
    key: `reference ${index}`,
    colour: [packed & 255, (packed >> 8) & 255, (packed >> 16) & 255],
    opacity: ((packed >>> 24) / 255) * display.referenceOpacity,
    selected: false,
  };
}

function background(scene: ReferenceScene, at: Zyx, x: number, y: number): Rgb {
  const { display, volumeShapeZyx } = scene;
  const [low, high] = display.contrast;
  const levels = display.imageVisible ? scene.image : [];
  const { value = Number.NaN, failed } = sample(levels, at, volumeShapeZyx);
  const light = high === low ? Number(value > low) : (value - low) / (high - low);
  const grey = Math.min(Math.max(light, 0), 1) * 255;
  const empty = isInside(at, volumeShapeZyx) ? EMPTY : OUTSIDE;
  const colour: Rgb = Number.isNaN(value) ? empty : [grey, grey, grey];
  return failed && (x + y) % 10 < 2 ? mix(colour, HATCH, 0.5) : colour;
}

function compose(below: Rgb, label: Label, isEdge: boolean): Rgb {
  const opacity = label.opacity * (label.selected ? 1.6 : 1) * (isEdge ? 2 : 1);
  const light = isEdge ? (label.selected ? 0.5 : 0.1) : 0;
  return mix(below, mix(label.colour, WHITE, light), Math.min(opacity, 1));
}

/** The slice as rgba8, rows from the top, as `SliceRenderer.draw` draws it. */
export function renderReference(
  viewId: ViewId,
  state: SliceView,
  scene: ReferenceScene,
): Uint8ClampedArray {
  const { widthPixels: width, heightPixels: height } = state;
  const voxelAt = (x: number, y: number) =>
    pixelToVoxel(viewId, state, scene.voxelSizeNm, x + 0.5, y + 0.5);
  const labels = Array.from({ length: width * height }, (_, i) =>
    labelAt(scene, voxelAt(i % width, Math.floor(i / width))),
  );
  const keyAt = (x: number, y: number) =>
    labels[Math.min(Math.max(y, 0), height - 1) * width + Math.min(Math.max(x, 0), width - 1)]?.key;
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (const [i, label] of labels.entries()) {
    const x = i % width;
    const y = Math.floor(i / width);
    const below = background(scene, voxelAt(x, y), x, y);
    const isEdge = [keyAt(x - 1, y), keyAt(x + 1, y), keyAt(x, y - 1), keyAt(x, y + 1)].some(
      (key) => key !== label?.key,
    );
    pixels.set([...(label ? compose(below, label, isEdge) : below), 255], i * 4);
  }
  return pixels;
}
