/** The plain CPU twin of the slice renderer: every pixel on its own, from whole arrays. */
import { brickOfVoxel } from '../../core/brick';
import { type Rgb, segmentColour } from '../../core/colour';
import { type ColourMap, stopsOf } from '../../core/colour-map';
import {
  type Axis,
  type Bounds,
  boundsOfShape,
  type LevelGrid,
  levelReach,
  pixelToVoxel,
  type SliceView,
  type ViewId,
} from '../../core/slice-geometry';
import type { Zyx } from '../../core/vec';
import type { Blending } from '../layer';

/** One level as a whole array (C-ordered, of the level's shape), with the bricks of it that are there. */
export interface ReferenceLevel {
  readonly level: LevelGrid;
  readonly voxels: ArrayLike<number>;
  readonly isLoaded: (brickZyx: Zyx) => boolean;
  readonly isFailed?: (brickZyx: Zyx) => boolean;
}

interface AnyReferenceLayer {
  readonly bounds: Bounds;
  /** From the finest on. */
  readonly levels: readonly ReferenceLevel[];
  readonly opacity: number;
  readonly blending: Blending;
}

/** A layer as whole arrays. */
export type ReferenceLayer =
  | (AnyReferenceLayer & {
      readonly kind: 'image';
      readonly contrast: readonly [number, number];
      readonly colourMap: ColourMap;
    })
  /** Colours by index, packed by `packColour`. */
  | (AnyReferenceLayer & { readonly kind: 'labels'; readonly colours: Uint32Array })
  | (AnyReferenceLayer & {
      readonly kind: 'segments';
      /** Ones where segment `id` is being filled. */
      readonly fills: readonly (ReferenceLevel & { readonly id: number })[];
    });

/** A scene as whole arrays: the visible layers, the lowest first. */
export interface ReferenceScene {
  readonly volumeShapeZyx: Zyx;
  readonly voxelSizeNm: Zyx;
  readonly layers: readonly ReferenceLayer[];
  readonly selectedIds: readonly number[];
  readonly hiddenIds: readonly number[];
}

const OUTSIDE: Rgb = [12, 14, 17];
const EMPTY: Rgb = [20, 23, 27];
const HATCH: Rgb = [91, 99, 110];
const WHITE: Rgb = [255, 255, 255];
const AXES = [0, 1, 2] as const;

/** All of `b` where that is the part, to the last bit. */
const mixed = (a: number, b: number, part: number): number => (part === 1 ? b : a + (b - a) * part);

const mix = (a: Rgb, b: Rgb, part: number): Rgb => [
  mixed(a[0], b[0], part),
  mixed(a[1], b[1], part),
  mixed(a[2], b[2], part),
];

/** A colour and how much of it covers what lies below. */
interface Over {
  readonly colour: Rgb;
  readonly part: number;
}

function blend(below: Rgb, { colour, part }: Over, blending: Blending): Rgb {
  if (blending === 'normal') return mix(below, colour, part);
  const channel = (at: Axis) =>
    blending === 'additive'
      ? Math.min(below[at] + colour[at] * part, 255)
      : below[at] * mixed(1, colour[at] / 255, part);
  return [channel(0), channel(1), channel(2)];
}

const isInside = (at: Zyx, { startZyx, endZyx }: Bounds): boolean =>
  AXES.every((axis) => at[axis] >= startZyx[axis] && at[axis] < endZyx[axis]);

/** The level's voxel at a continuous voxel of the volume's finest level; undefined where the level does not reach. */
function levelVoxel(level: LevelGrid, at: Zyx, bounds: Bounds): Zyx | undefined {
  const isReached = (axis: Axis) => {
    const [start, end] = levelReach(level, axis, bounds);
    return at[axis] >= start && at[axis] < end;
  };
  const along = (axis: Axis) => {
    const index = Math.floor((at[axis] - level.offsetZyx[axis]) / level.scaleZyx[axis]);
    return Math.min(Math.max(index, 0), level.shapeZyx[axis] - 1);
  };
  return isInside(at, bounds) && AXES.every(isReached) ? [along(0), along(1), along(2)] : undefined;
}

/** The value in the finest level that is there, and whether a brick of it or of a finer one failed. */
function sample(levels: readonly ReferenceLevel[], at: Zyx, bounds: Bounds) {
  let failed = false;
  for (const { level, voxels, isLoaded, isFailed } of levels) {
    const zyx = levelVoxel(level, at, bounds);
    if (!zyx) continue;
    failed ||= isFailed?.(brickOfVoxel(zyx)) ?? false;
    if (!isLoaded(brickOfVoxel(zyx))) continue;
    const [, height, width] = level.shapeZyx;
    return { value: voxels[(zyx[0] * height + zyx[1]) * width + zyx[2]], failed };
  }
  return { value: undefined, failed };
}

/** What a layer has at a point: a value or an id, if any, and whether it is hatched. */
function valueAt(scene: ReferenceScene, layer: ReferenceLayer, at: Zyx) {
  if (layer.kind === 'segments') {
    const bounds = boundsOfShape(scene.volumeShapeZyx);
    const filling = layer.fills.findLast(
      ({ id, ...level }) => !scene.hiddenIds.includes(id) && sample([level], at, bounds).value,
    );
    if (filling) return { ...sample(layer.levels, at, layer.bounds), value: filling.id };
  }
  return sample(layer.levels, at, layer.bounds);
}

/** An image's colour for a value. */
function imageOver(layer: ReferenceLayer & { kind: 'image' }, value: number): Over {
  const [low, high] = layer.contrast;
  const light = high === low ? Number(value > low) : (value - low) / (high - low);
  const stops = stopsOf(layer.colourMap);
  const along = Math.min(Math.max(light, 0), 1) * (stops.length - 1);
  const first = Math.min(Math.floor(along), stops.length - 2);
  const colour = mix(stops[first] ?? WHITE, stops[first + 1] ?? WHITE, along - first);
  return { colour, part: layer.opacity };
}

/** A label's colour, inside it or on its outline; null where it is not drawn. */
function labelOver(
  { selectedIds, hiddenIds }: ReferenceScene,
  layer: ReferenceLayer & { kind: 'labels' | 'segments' },
  id: number,
  isEdge: boolean,
): Over | null {
  const isSegment = layer.kind === 'segments';
  if (isSegment && hiddenIds.includes(id)) return null;
  const selected = isSegment && selectedIds.includes(id);
  const packed = isSegment ? 0 : (layer.colours[id] ?? 0);
  const colour: Rgb = isSegment
    ? segmentColour(id)
    : [packed & 255, (packed >> 8) & 255, (packed >> 16) & 255];
  const opacity = (isSegment ? 1 : (packed >>> 24) / 255) * layer.opacity;
  const part = Math.min(opacity * (selected ? 1.6 : 1) * (isEdge ? 2 : 1), 1);
  const light = isEdge ? (selected ? 0.5 : 0.1) : 0;
  return { colour: mix(colour, WHITE, light), part };
}

/** The slice as rgba8, rows from the top, as `SliceRenderer.draw` draws it. */
export function renderReference(
  viewId: ViewId,
  state: SliceView,
  scene: ReferenceScene,
): Uint8ClampedArray {
  const { widthPixels: width, heightPixels: height } = state;
  const { volumeShapeZyx, voxelSizeNm } = scene;
  const voxelAt = (x: number, y: number) =>
    pixelToVoxel(viewId, state, voxelSizeNm, x + 0.5, y + 0.5);
  const places = Array.from({ length: width * height }, (_, i) =>
    voxelAt(i % width, Math.floor(i / width)),
  );
  let colours = places.map((at) => (isInside(at, boundsOfShape(volumeShapeZyx)) ? EMPTY : OUTSIDE));
  for (const [index, layer] of scene.layers.entries()) {
    const samples = places.map((at) => valueAt(scene, layer, at));
    const idAt = (x: number, y: number) =>
      samples[Math.min(Math.max(y, 0), height - 1) * width + Math.min(Math.max(x, 0), width - 1)]
        ?.value ?? 0;
    const overAt = (value: number, x: number, y: number): Over | null => {
      if (layer.kind === 'image') return Number.isNaN(value) ? null : imageOver(layer, value);
      const beside = [idAt(x - 1, y), idAt(x + 1, y), idAt(x, y - 1), idAt(x, y + 1)];
      const isEdge = beside.some((other) => other !== value);
      return value === 0 ? null : labelOver(scene, layer, value, isEdge);
    };
    colours = colours.map((below, i) => {
      const { value, failed } = samples[i] ?? { value: undefined, failed: false };
      const [x, y] = [i % width, Math.floor(i / width)];
      const over = value === undefined ? null : overAt(value, x, y);
      const blending = index === 0 ? 'normal' : layer.blending;
      const colour = over ? blend(below, over, blending) : below;
      return failed && (x + y) % 10 < 2 ? mix(colour, HATCH, 0.5) : colour;
    });
  }
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (const [i, colour] of colours.entries()) pixels.set([...colour, 255], i * 4);
  return pixels;
}
