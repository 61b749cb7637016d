import type { ImageDtype } from '../../core/dtype';
import { boundsOfShape, type LevelGrid, type SlicePlane } from '../../core/slice-geometry';
import type { Zyx } from '../../core/vec';
import type { BrickSlot } from '../../gpu/brick-pool';
import { Instances } from './instances';
import {
  coarseness,
  hatchInPaintersOrder,
  inPaintersOrder,
  type Placed,
  unionOf,
} from './painters-order';
import type { PixelRectangle } from './placement';
import type { DrawnBrick, SceneLayer, SegmentBrick, SliceScene } from './scene';

/** The bits of a running fill, drawn as segment `id`; bricks of the finest level's grid. Layout: core/brick-bits. */
export interface FillBits {
  /** The buffer as it is now. */
  state(): GPUBuffer;
  readonly id: number;
  readonly bricks: readonly { readonly brickZyx: Zyx; readonly slot: number }[];
}

/** A scene whose bricks lie on the GPU, and what is being filled there. */
export interface GpuScene extends SliceScene<BrickSlot> {
  readonly fills: readonly FillBits[];
}

/** What draws a run of bricks; images by their dtype. */
export type Stage = `image ${ImageDtype}` | 'labels' | 'bits';

/** Instances that are drawn with one call: one stage, one storage buffer. */
export interface Batch extends InstanceRun {
  readonly stage: Stage;
  readonly source: GPUBuffer;
}

export interface InstanceRun {
  readonly firstInstance: number;
  readonly instances: number;
}

/** What a view draws of one layer, in the order in which it is painted: its bricks, then those that say what is hatched. */
export interface LayerDraw {
  readonly layer: SceneLayer<BrickSlot>;
  readonly batches: readonly Batch[];
  readonly hatch: InstanceRun;
  /** Outside of it the layer shows nothing; undefined: nowhere. */
  readonly area: PixelRectangle | undefined;
}

/** What a view draws, and the instances of all of it. */
export interface DrawList {
  readonly isOblique: boolean;
  readonly layers: readonly LayerDraw[];
  readonly instances: ArrayBuffer;
}

interface Item {
  readonly stage: Stage;
  readonly source: GPUBuffer;
  readonly slot: number;
  readonly brickZyx: Zyx;
  readonly level: LevelGrid;
  /** The stage's own parameter: the segment whose bits they are. */
  readonly parameter: number;
}

/** Bricks of a level in any order: those of one buffer next to each other. */
function byBuffer(items: readonly Placed<Item>[]): Placed<Item>[] {
  const buffers = new Map<GPUBuffer, number>();
  for (const { source } of items) if (!buffers.has(source)) buffers.set(source, buffers.size);
  const rank = ({ source }: Item) => buffers.get(source) ?? 0;
  return [...items].sort((a, b) => coarseness(b) - coarseness(a) || rank(a) - rank(b));
}

/** Runs of the same stage and buffer, numbered from `firstInstance` on. */
function batch(items: readonly Item[], firstInstance: number): Batch[] {
  const batches: Batch[] = [];
  for (const [index, { stage, source }] of items.entries()) {
    const last = batches.at(-1);
    if (last?.stage === stage && last.source === source) {
      batches[batches.length - 1] = { ...last, instances: last.instances + 1 };
    } else {
      batches.push({ stage, source, firstInstance: firstInstance + index, instances: 1 });
    }
  }
  return batches;
}

const itemOf = (
  { slot: { block, slot }, brickZyx, level }: DrawnBrick<BrickSlot>,
  stage: Stage,
  parameter = 0,
): Item => ({ stage, source: block, slot, brickZyx, level, parameter });

const segmentItem = (brick: SegmentBrick<BrickSlot>): Item =>
  brick.segment === undefined ? itemOf(brick, 'labels') : itemOf(brick, 'bits', brick.segment);

function fillItems({ fills, hiddenIds, volumeShapeZyx }: GpuScene): Item[] {
  const level = { shapeZyx: volumeShapeZyx, scaleZyx: [1, 1, 1], offsetZyx: [0, 0, 0] } as const;
  return fills
    .filter(({ id }) => !hiddenIds.includes(id))
    .flatMap(({ state, id, bricks }) =>
      bricks.map(
        (brick): Item => ({ ...brick, stage: 'bits', source: state(), level, parameter: id }),
      ),
    );
}

/** A layer's bricks in the order in which they are painted; what is being filled over the segments. */
function placedItems(
  plane: SlicePlane,
  scene: GpuScene,
  layer: SceneLayer<BrickSlot>,
): Placed<Item>[] {
  const ordered = (items: readonly Item[], bounds = layer.bounds) =>
    byBuffer(inPaintersOrder(plane, bounds, items));
  if (layer.kind === 'segments')
    return [
      ...ordered(layer.bricks.map(segmentItem)),
      ...ordered(fillItems(scene), boundsOfShape(scene.volumeShapeZyx)),
    ];
  const stage: Stage = layer.kind === 'image' ? `image ${layer.dtype}` : 'labels';
  return ordered(layer.bricks.map((brick) => itemOf(brick, stage)));
}

/** What a view draws of a scene. Pure. */
export function drawList(plane: SlicePlane, scene: GpuScene): DrawList {
  const instances = new Instances(plane);
  const layers = scene.layers.map((layer): LayerDraw => {
    const items = placedItems(plane, scene, layer);
    const batches = batch(items, instances.count);
    for (const { placement, slot, parameter } of items) instances.add(placement, slot, parameter);
    const hatched = hatchInPaintersOrder(plane, layer.bounds, layer.bricks, layer.failed);
    const hatch = { firstInstance: instances.count, instances: hatched.length };
    for (const { placement, isFailed } of hatched) instances.add(placement, 0, isFailed ? 1 : 0);
    const area = unionOf([...items, ...hatched].map(({ placement }) => placement.rectangle));
    return { layer, batches, hatch, area };
  });
  return { isOblique: plane.axes === undefined, layers, instances: instances.bytes() };
}
