import { BRICK_VOXELS } from '../../core/brick';
import type { ImageDtype } from '../../core/dtype';
import { boundsOfShape, type LevelGrid } from '../../core/slice-geometry';
import type { Zyx } from '../../core/vec';
import type { BrickSlot } from '../../gpu/brick-pool';
import {
  coarseness,
  hatchedRectangles,
  inPaintersOrder,
  type Placed,
  unionOf,
} from './painters-order';
import type { PixelRectangle, SliceFrame } from './placement';
import type { DrawnBrick, SceneLayer, SliceScene } from './scene';

/** The bits of a running fill, drawn as segment `id`; bricks of the finest level's grid. Layout: core/brick-bits. */
export interface FillBits {
  readonly state: GPUBuffer;
  readonly id: number;
  readonly bricks: readonly { readonly brickZyx: Zyx; readonly slot: number }[];
}

/** A scene whose bricks lie on the GPU, and what is being filled there. */
export interface GpuScene extends SliceScene<BrickSlot> {
  readonly fills: readonly FillBits[];
}

/** What draws a run of bricks; images by their dtype. */
export type Stage = `image ${ImageDtype}` | 'labels' | 'fill';

/** Instances that are drawn with one call: one stage, one storage buffer. */
export interface Batch extends InstanceRun {
  readonly stage: Stage;
  readonly source: GPUBuffer;
}

export interface InstanceRun {
  readonly firstInstance: number;
  readonly instances: number;
}

/** What a view draws of one layer: bricks in the order in which they are painted, then the hatch. */
export interface LayerDraw {
  readonly layer: SceneLayer<BrickSlot>;
  readonly batches: readonly Batch[];
  readonly hatch: InstanceRun;
  /** Outside of it the layer shows nothing; undefined: nowhere. */
  readonly area: PixelRectangle | undefined;
}

/** What a view draws, and the instances of all of it, packed for shaders/slice/brick.wgsl. */
export interface DrawList {
  readonly layers: readonly LayerDraw[];
  readonly instances: ArrayBuffer;
}

/** Bytes of one instance: rectangle (4 × f32), mapping (4 × f32), place (4 × u32). */
export const INSTANCE_BYTES = 48;

interface Item {
  readonly stage: Stage;
  readonly source: GPUBuffer;
  readonly slot: number;
  readonly brickZyx: Zyx;
  readonly level: LevelGrid;
  /** The stage's own parameter: the segment that is being filled. */
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

/** Instances as they are written for the vertex stage; grows as it must. */
class Instances {
  private words = new Uint32Array(64 * 12);
  private floats = new Float32Array(this.words.buffer);
  count = 0;

  addBrick({ slot, parameter, placement }: Placed<Item>): void {
    const { rectangle, horizontal, vertical, firstVoxel } = placement;
    const at = this.addRectangle(rectangle);
    this.floats.set([horizontal.scale, horizontal.offset, vertical.scale, vertical.offset], at + 4);
    const first = slot * BRICK_VOXELS + firstVoxel;
    this.words.set([first, horizontal.last, vertical.last, parameter], at + 8);
  }

  /** Returns the instance's first word. */
  addRectangle({ left, top, right, bottom }: PixelRectangle): number {
    const at = (this.count++ * INSTANCE_BYTES) / 4;
    if (at === this.words.length) this.grow();
    this.floats.set([left, top, right, bottom], at);
    return at;
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

const itemOf = (
  { slot: { block, slot }, brickZyx, level }: DrawnBrick<BrickSlot>,
  stage: Stage,
): Item => ({ stage, source: block, slot, brickZyx, level, parameter: 0 });

function fillItems({ fills, hiddenIds, volumeShapeZyx }: GpuScene): Item[] {
  const level = { shapeZyx: volumeShapeZyx, scaleZyx: [1, 1, 1], offsetZyx: [0, 0, 0] } as const;
  return fills
    .filter(({ id }) => !hiddenIds.includes(id))
    .flatMap(({ state, id, bricks }) =>
      bricks.map(
        (brick): Item => ({ ...brick, stage: 'fill', source: state, level, parameter: id }),
      ),
    );
}

/** A layer's bricks in the order in which they are painted; what is being filled over the segments. */
function placedItems(
  frame: SliceFrame,
  scene: GpuScene,
  layer: SceneLayer<BrickSlot>,
): Placed<Item>[] {
  const stage: Stage = layer.kind === 'image' ? `image ${layer.dtype}` : 'labels';
  const ordered = (items: readonly Item[], bounds = layer.bounds) =>
    byBuffer(inPaintersOrder(frame, bounds, items));
  const bricks = ordered(layer.bricks.map((brick) => itemOf(brick, stage)));
  if (layer.kind !== 'segments') return bricks;
  return [...bricks, ...ordered(fillItems(scene), boundsOfShape(scene.volumeShapeZyx))];
}

/** What a view draws of a scene. Pure. */
export function drawList(frame: SliceFrame, scene: GpuScene): DrawList {
  const instances = new Instances();
  const layers = scene.layers.map((layer): LayerDraw => {
    const items = placedItems(frame, scene, layer);
    const batches = batch(items, instances.count);
    for (const item of items) instances.addBrick(item);
    const hatched = hatchedRectangles(frame, layer.bounds, layer.bricks, layer.failed);
    const hatch = { firstInstance: instances.count, instances: hatched.length };
    for (const rectangle of hatched) instances.addRectangle(rectangle);
    const area = unionOf([...items.map(({ placement }) => placement.rectangle), ...hatched]);
    return { layer, batches, hatch, area };
  });
  return { layers, instances: instances.bytes() };
}
